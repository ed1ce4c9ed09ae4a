import Engine
import History
import Keys
import Lanes
import Narration
import Scenarios

extension Model {
  /// Makes the call that a key stands for.
  mutating func callByKey(_ action: Action) {
    if action == .free, lane.source.isMap { return simulate() }
    guard let call = call(of: action) else {
      if notice == nil { say("no name is left for another one; free something first", .failed) }
      return
    }
    make(call)
  }

  /// The call that a key stands for as the screen stands; where there is none, it says why.
  mutating func call(of action: Action) -> Call? {
    let target = lane.target
    switch action {
    case .setMemory(let operation): return .setMemory(operation, target, pages)
    case .write: return .touch(.write, target, pages)
    case .read: return .touch(.read, target, pages)
    case .collapse: return .collapse(target, pages)
    case .allocate:
      guard let name = lane.freeAreaName else {
        say("no name is left for another area", .failed)
        return nil
      }
      return .vmap(name, FrameStride(first: selection, count: pages), at: nil)
    case .free:
      guard let alias = lane.alias else {
        say("no area shows this page; \(keymap.key(.allocate)) makes one", .failed)
        return nil
      }
      return .vunmap(alias.area.name)
    case .load(let kind): return lane.loading(kind, count)
    case .freeNewest:
      let call = lane.newest { _ in true }
      if call == nil {
        say("nothing is loaded; \(keymap.key(.moreCalls)) lists what can be", .failed)
      }
      return call
    case .allocateBlock, .freeBlock, .shrink, .failBlocks, .supply:
      return memoryCall(of: action)
    default: return nil
    }
  }

  /// The call of a key that is about the page allocator and caches.
  private mutating func memoryCall(of action: Action) -> Call? {
    switch action {
    case .allocateBlock:
      let order = Int(clamping: count ?? 9)
      // Under merging on free the block is one whose free merges: larger than what the CPU's lists keep.
      let type: MigrateType =
        machine.policies.contains(where: \.mergesOnFree) ? .unmapped : .unmovable
      return lane.unusedName("p").map { .allocPages($0, order: order, type, node: nil) }
    case .freeBlock:
      if let name = lane.newestHolder { return .freePages(name) }
      say("no block was taken; \(keymap.key(.allocateBlock)) takes one", .failed)
    case .shrink:
      guard let shrunk = lane.shrunk else {
        // What the CPU keeps is a cache as well.
        if machine.physical.hasCPULists { return .drainPages }
        say(
          "no policy is on that has a cache to shrink; \(keymap.key(.choosePolicies)) lists them",
          .failed)
        return nil
      }
      let pages = UInt32(clamping: count ?? 128)
      return .policy(.shrink(shrunk.name, node: shrunk.node, pages: pages, gfp: .kernel))
    case .failBlocks: return .policy(.failBlocks(!machine.failsBlocks))
    case .supply: return .policy(.supply(.block(order: 9, nil)))
    default: break
    }
    return nil
  }

  /// Makes a call. In the past, that begins a branch, and says so.
  mutating func make(_ call: Call) {
    count = nil
    if lanes.areBranches {
      say("\(lanes.countWord) branches are compared; compare off, then call", .failed)
      return
    }
    if lane.source.isMap {
      say(
        "no calls can be made on a map that was read; \(keymap.key(.free)) continues in the simulation",
        .failed)
      return
    }
    if asks(beforeMaking: call) { return }
    let wasInside = timeline.moment.event > 0
    let place = timeline.moment.call + (wasInside ? 1 : 0)
    let before = timeline.machine(after: place)
    let left = timeline.branches[timeline.current].name
    let branch = timeline.current
    let isAtEnd = place == timeline.steps.count
    if timeline.outside != nil { timeline.watched = stops.watched(on: before) }
    do throws(CallError) {
      try timeline.perform(call)
    } catch {
      say(lane.titled(refusal(call, error)), .failed)
      // What is asked of a policy, the other variant alone may have.
      if isAtEnd, case .policyOff = error { mirror(call, after: place, isAlone: true) }
      return
    }
    hasBegun = true
    arrive(from: before)
    // Then all lanes go on as they did before.
    let isRepeated = timeline.current == branch && !isAtEnd
    // The rest of the call that was under way changed the map too.
    if wasInside { lane.readMap() }
    if timeline.current != branch {
      say(
        "Done here, in the past: this is branch \(timeline.branches[timeline.current].name) from "
          + "here on; the calls that came later stay on \(left).")
    } else if isRepeated {
      say("The same call as before: its future is still there.")
    }
    if timeline.steps.summary(place).kinds.contains(.broken),
      let hit = timeline.hits(of: StopList(), after: Moment(call: place), through: timeline.moment)
        .first
    {
      say(hit)
    }
    if !isRepeated { mirror(call, after: place, isAlone: false) }
    hint(about: call)
    stopInCall(place, from: before)
  }

  /// Goes on in the simulation from a map that was read: the machine has its real leaves.
  mutating func simulate() {
    count = nil
    lane.source = .calls
    let lacks =
      machine.physical.isKnown
      ? ""
      : " Which pages are free is not known: calls on pages and what they split, flush and merge are "
        + "as on that kernel, and calls that take pages from the allocator are refused."
    say("From here on simulated, with \(lane.setup.software).\(lacks)")
  }

  /// Makes a call on the other lanes too, and says where it could not be made.
  ///
  /// - Parameters:
  ///   - place: after how many calls of the lane in charge.
  ///   - isAlone: whether the lane in charge cannot make it.
  private mutating func mirror(_ call: Call, after place: Int, isAlone: Bool) {
    guard lanes.isComparing else { return }
    let refused = lanes.mirror(call, after: place, reaching: isAlone ? place : place + 1)
    let makers = lanes.others.filter { index in !refused.contains { $0.lane == index } }
      .map { lanes.list[$0].name }
    if isAlone {
      guard !makers.isEmpty else { return }
      let verb = makers.count == 1 ? "makes" : "make"
      say("\(makers.joined(separator: " and ")) alone \(verb) this call.")
    } else if !refused.isEmpty {
      let words = refused.map { lanes.list[$0.lane].titled(refusal(call, $0.error)) }
      say(words.joined(separator: "; "), .failed)
    }
  }

  /// Why a call cannot be made. A kernel that has stopped is told of in full elsewhere.
  private func refusal(_ call: Call, _ error: CallError) -> String {
    if case .stopped = error {
      return "\(call.scenarioText): the kernel has stopped and makes no call; "
        + "\(keymap.key(.undo)) goes back before the one that did it"
    }
    return "\(call.scenarioText): \(error)"
  }

  /// Turns calls from the direct map to an area and back.
  mutating func toggleTarget() {
    lane.place.aimsAtArea.toggle()
    if !lane.place.aimsAtArea {
      say("calls go to the direct map")
    } else if let alias = lane.alias {
      say(
        "calls go to area \(alias.area.name), page \(alias.page.rawValue); the kernel carries "
          + "them over to the direct map")
    } else {
      say("calls go to the area wherever one shows the page; here none does")
    }
  }
}
