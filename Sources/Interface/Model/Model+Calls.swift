import Engine
import History
import Scenarios

extension Model {
  /// The area that shows the selected page, and which of its pages does.
  public var alias: AreaPage? {
    machine.areas.live.lazy.compactMap { AreaPage(of: selection, in: $0, machine) }.first
  }

  /// Where a call by key goes.
  public var target: Call.Target {
    if space != .direct {
      guard let area = machine.areas.area(at: elsewhere) else { return .virtual(elsewhere) }
      return .area(area.name, page: elsewhere - area.start)
    }
    if aimsAtArea, let alias { return .area(alias.area.name, page: alias.page) }
    return .frame(selection)
  }

  /// Makes the call that a key stands for.
  mutating func callByKey(_ action: Action) {
    guard let call = call(of: action) else { return }
    make(call)
  }

  private mutating func call(of action: Action) -> Call? {
    switch action {
    case .setMemory(let operation): return .setMemory(operation, target, pages)
    case .write: return .touch(.write, target, pages)
    case .read: return .touch(.read, target, pages)
    case .collapse: return .collapse(target, pages)
    case .allocate:
      guard let name = freeAreaName else {
        say("no name is left for another area", .failed)
        return nil
      }
      return .vmap(name, FrameStride(first: selection, count: pages), at: nil)
    case .free:
      guard let alias else {
        say("no area shows this page; \(keymap.key(.allocate)) makes one", .failed)
        return nil
      }
      return .vunmap(alias.area.name)
    case .load(let kind): return loading(kind)
    case .freeNewest:
      let call = newest { _ in true }
      if call == nil {
        say("nothing is loaded; \(keymap.key(.moreCalls)) lists what can be", .failed)
      }
      return call
    default: return nil
    }
  }

  /// The first of `a1`, `a2` and so on that no area has.
  private var freeAreaName: Name? {
    for number in 1...(machine.areas.live.count + 1) {
      if let name = Name("a\(number)"), machine.areas.area(named: name) == nil { return name }
    }
    return nil
  }

  /// Makes a call. In the past, that begins a branch, and says so.
  mutating func make(_ call: Call) {
    count = nil
    if comparesBranches || isBranch {
      say("two branches are compared; compare off, then call", .failed)
      return
    }
    if asks(beforeMaking: call) { return }
    let wasInside = timeline.moment.event > 0
    let place = timeline.moment.call + (wasInside ? 1 : 0)
    let before = timeline.machine(after: place)
    let left = timeline.branches[timeline.current].name
    let branch = timeline.current
    let isAtEnd = place == timeline.steps.count
    do throws(CallError) {
      try timeline.perform(call)
    } catch {
      say(titled(refusal(call, error)), .failed)
      // What is asked of a policy, the other variant alone may have.
      if isAtEnd, case .policyOff = error { _ = mirror(call, after: place, isAlone: true) }
      return
    }
    hasBegun = true
    arrive(from: before)
    // The rest of the call that was under way changed the map too.
    if wasInside { map = MapPicture(machine, around: page, in: space, changes: changes) }
    if timeline.current != branch {
      say(
        "Done here, in the past: this is branch \(timeline.branches[timeline.current].name) from "
          + "here on; the calls that came later stay on \(left).")
    } else if !isAtEnd {
      say("The same call as before: its future is still there.")
    }
    if timeline.steps.summary(place).kinds.contains(.broken),
      let hit = timeline.hits(of: StopList(), after: Moment(call: place), through: timeline.moment)
        .first
    {
      say(hit)
    }
    if let error = mirror(call, after: place, isAlone: false), let rival {
      say(rival.titled(refusal(call, error)), .failed)
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
    aimsAtArea.toggle()
    if !aimsAtArea {
      say("calls go to the direct map")
    } else if let alias {
      say(
        "calls go to area \(alias.area.name), page \(alias.page.rawValue); the kernel carries "
          + "them over to the direct map")
    } else {
      say("calls go to the area wherever one shows the page; here none does")
    }
  }
}

/// A page of an area that shows a frame.
public struct AreaPage: Equatable, Sendable {
  /// The area.
  public var area: Area
  /// Which of its pages, from 0.
  public var page: PageCount

  /// The page of an area that shows a frame, if one does. Areas show frames at equal distances, but for
  /// those with pages of their own, which are looked through.
  init?(of pfn: PFN, in area: Area, _ machine: Machine) {
    if area.flags.contains(.ownsPages) {
      guard let page = Self.page(of: area, showing: pfn, machine) else { return nil }
      self.area = area
      self.page = page
      return
    }
    guard let first = machine.tables.frame(at: area.start) else { return nil }
    var index: UInt64 = 0
    if pfn != first {
      guard area.pages > 1, let second = machine.tables.frame(at: area.start + 1) else {
        return nil
      }
      let stride = second.rawValue &- first.rawValue
      let distance = pfn.rawValue &- first.rawValue
      guard pfn > first, stride > 0, distance % stride == 0 else { return nil }
      index = distance / stride
    }
    guard index < area.pages.rawValue,
      machine.tables.frame(at: area.start + PageCount(index)) == pfn
    else { return nil }
    self.area = area
    page = PageCount(index)
  }

  /// The page of an area with pages of its own that shows a frame.
  private static func page(
    of area: Area, showing pfn: PFN, _ machine: Machine,
  ) -> PageCount? {
    // Where the page allocator knows the page as another's, there is no need to look.
    if machine.physical.isKnown {
      guard case .allocated(_, let owner) = machine.physical.owner(of: pfn), owner != .pageTables
      else { return nil }
      if let name = machine.physical.name(of: owner), name != area.name,
        machine.areas.area(named: name) != nil
      {
        return nil
      }
    }
    var page: PageCount = 0
    while page < area.pages {
      let address = area.start + page
      guard let leaf = machine.tables.lookup(address) else {
        page += 1
        continue
      }
      let first = leaf.pfn + (address - address.alignedDown(to: leaf.size))
      let length = min(address.pagesToEnd(of: leaf.size), area.pages - page)
      if first <= pfn, pfn - first < length { return page + (pfn - first) }
      page += length
    }
    return nil
  }
}
