import Engine
import History
import TestSupport
import Testing

/// What has happened to pages, however one got to a moment.
@Suite struct PageHistoryTests {
  private static let start = Machine.largeLeavesStart

  /// What the events of a history up to its cursor did, page by page and without any cleverness.
  private struct Plain {
    var calls: [UInt64: Set<Int>] = [:]
    var splits: [UInt64: [Int]] = [:]
    var merges: [UInt64: [Int]] = [:]

    init(_ timeline: Timeline) {
      var copy = timeline
      let moment = timeline.moment
      for call in 0...moment.call where call < timeline.steps.count {
        var events = Array(copy.events(ofCall: call))
        if call == moment.call { events = Array(events.prefix(moment.event)) }
        for event in events { add(event, call) }
      }
    }

    private mutating func add(_ event: Event, _ call: Int) {
      if let leaves = event.facts.resized {
        guard let pfn = AddressLayout.directMapFrame(of: leaves.start), leaves.size == .size2M
        else {
          return
        }
        for index in 0..<leaves.count {
          let slot = pfn.rawValue >> 9 + index
          if leaves.change == .split { splits[slot, default: []].append(call) }
          if leaves.change == .merge { merges[slot, default: []].append(call) }
        }
      } else if let written = event.facts.written, written.size == .size4K,
        let pfn = AddressLayout.directMapFrame(of: written.start)
      {
        for page in 0..<written.pages.rawValue {
          calls[pfn.rawValue + page, default: []].insert(call)
        }
      }
    }
  }

  private static func randomCall(_ random: inout SeededGenerator) -> Call {
    let operations: [SetMemory] = [.ro, .rw, .rox, .np, .p, .split4K, .nx]
    let pfn = start + PageCount(random.next(below: 2048))
    return .setMemory(
      random.pick(operations), .frame(pfn), PageCount(1 + random.next(below: 300)))
  }

  private static func agree(_ history: PageHistory, _ timeline: Timeline) -> Bool {
    let plain = Plain(timeline)
    for slot in start.rawValue >> 9..<start.rawValue >> 9 + 5 {
      let first = PFN(slot << 9)
      let wear = history.wear(.size2M, at: first)
      guard wear.splits == plain.splits[slot, default: []].count,
        wear.merges == plain.merges[slot, default: []].count,
        wear.lastSplit == plain.splits[slot]?.last, wear.firstSplit == plain.splits[slot]?.first
      else { return false }
      let pages = history.pageWear(inSlotAt: first)
      for place in 0..<512 {
        let calls = plain.calls[slot << 9 + UInt64(place), default: []]
        guard pages.calls[place] == calls.count, pages.last[place] == calls.max(),
          pages.first[place] == calls.min()
        else { return false }
      }
    }
    return true
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `what is kept from step to step is what the events say`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    var history = PageHistory()
    for step in 0..<60 {
      switch random.next(below: 8) {
      case 0..<3: _ = try? timeline.perform(Self.randomCall(&random))
      case 3: timeline.stepCallBack()
      case 4: timeline.stepEvent()
      case 5: timeline.stepEventBack()
      case 6:
        timeline.go(to: Moment(call: Int(random.next(below: UInt64(timeline.end.call) + 1))))
      default:
        timeline.switchBranch(to: Int(random.next(below: UInt64(timeline.branches.count))))
      }
      // Not after every step: it has to find its way over several of them too.
      guard random.oneIn(2) else { continue }
      history.follow(&timeline)
      guard Self.agree(history, timeline) else {
        Issue.record("step \(step), branch \(timeline.current), \(timeline.moment)")
        return
      }
    }
  }

  @Test func `of a call with too many events the outcome is known, and it is told`() throws {
    let call = Call.setMemory(.ro, .frame(Self.start + 3), 1300)
    var whole = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    var inParts = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2), partLength: 50)
    try whole.perform(call)
    try inParts.perform(call)
    var (known, outcome) = (PageHistory(), PageHistory())
    known.follow(&whole)
    outcome.follow(&inParts)
    #expect(known.longCalls == 0 && outcome.longCalls == 1)
    #expect(
      outcome.pageWear(inSlotAt: Self.start).calls == known.pageWear(inSlotAt: Self.start).calls)
    #expect(
      outcome.wear(.size2M, at: Self.start).splits == known.wear(.size2M, at: Self.start).splits)
    #expect(outcome.wear(.size1G, at: Self.start).splits == 1)
    inParts.go(to: .start)
    outcome.follow(&inParts)
    #expect(outcome.longCalls == 0)
    #expect(outcome.wear(.size1G, at: Self.start) == Wear())
  }

  @Test func `a page that a cache hands out is known as such until it is freed`() throws {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    let policies = BootOptions(policies: try PolicySet([.edgecombe2021]))
    var timeline = Timeline(
      try Machine(booting: description, kernel: .linux5_11, options: policies))
    var history = PageHistory()
    let name = try #require(Name("code"))
    var options = UserCall.VmallocOptions()
    options.flags = [.group, .resetsPermissions]
    try timeline.perform(.user(.vmalloc(name, 3, options)))
    let pages = timeline.machine.frames(of: name)
    try timeline.perform(.user(.vfree(name)))
    try timeline.perform(.policy(.shrink(.edgecombe2021, node: 0, pages: 600, gfp: .kernel)))
    func out(after calls: Int) -> [Bool] {
      timeline.go(to: Moment(call: calls))
      history.follow(&timeline)
      return pages.map {
        history.handedOut(inPageblockAt: $0).contains(Int($0.rawValue & 511))
      }
    }
    #expect(out(after: 0) == [false, false, false])
    #expect(out(after: 1) == [true, true, true])
    #expect(out(after: 2) == [true, true, true])
    #expect(timeline.machine.cachedPages == 512)
    #expect(out(after: 1) == [true, true, true])
    timeline.go(to: Moment(call: 3))
    let isShrunk = timeline.machine.cachedPages < 512
    #expect(out(after: 3) == (isShrunk ? [false, false, false] : [true, true, true]))
  }
}
