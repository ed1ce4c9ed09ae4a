import Engine
import History
import TestSupport
import Testing

@Suite struct BranchTests {
  /// A history that a random user made: calls, ways through time, branches. Beside it, a plain list
  /// of all that was done on each branch.
  private struct Walk {
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    var random: SeededGenerator
    /// The calls from the beginning to the end of each branch.
    var calls: [[Call]] = [[]]

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func randomCall() -> Call {
      let operations: [SetMemory] = [.ro, .rw, .rox, .np, .p, .split4K, .nx]
      let pfn = Machine.largeLeavesStart + PageCount(random.next(below: 4096))
      return .setMemory(
        random.pick(operations), .frame(pfn), PageCount(1 + random.next(below: 600)))
    }

    mutating func step() {
      switch random.next(below: 10) {
      case 0..<4: act()
      case 4: timeline.stepCallBack()
      case 5: timeline.stepEvent()
      case 6: timeline.stepEventBack()
      case 7:
        timeline.go(to: Moment(call: Int(random.next(below: UInt64(timeline.end.call) + 1))))
      case 8: timeline.go(to: timeline.end)
      default: timeline.switchBranch(to: Int(random.next(below: UInt64(calls.count))))
      }
    }

    private mutating func act() {
      let call = randomCall()
      let place = timeline.moment.call + (timeline.moment.event > 0 ? 1 : 0)
      let old = timeline.current
      guard (try? timeline.perform(call)) != nil else { return }
      if timeline.current == old {
        if place == calls[old].count { calls[old].append(call) }
      } else {
        calls.append(Array(calls[old][..<place]) + [call])
      }
    }

    /// The machine at the cursor, from the beginning.
    func replayed() -> Machine {
      var machine = Machine.ofLargeLeaves(kernel: .linux7_2)
      for call in calls[timeline.current].prefix(timeline.moment.call) {
        _ = try? machine.perform(call)
      }
      if timeline.moment.event > 0 {
        var log = EventLog()
        var whole = machine
        _ = try? whole.perform(calls[timeline.current][timeline.moment.call], into: &log)
        machine.apply(log.events.prefix(timeline.moment.event))
      }
      return machine
    }
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `however one got there, the machine is that of a replay from the start`(seed: UInt64) {
    var walk = Walk(seed: seed)
    for step in 0..<160 {
      walk.step()
      #expect(walk.timeline.branches.count == walk.calls.count)
      #expect(walk.timeline.steps.map(\.call) == walk.calls[walk.timeline.current])
      guard walk.timeline.machine.checksum == walk.replayed().checksum else {
        Issue.record("step \(step), branch \(walk.timeline.current), \(walk.timeline.moment)")
        return
      }
    }
  }

  @Test func `the calls before a fork are shared, those behind it are not`() throws {
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    let start = Machine.largeLeavesStart
    for page in 0..<6 as Range<UInt64> {
      try timeline.perform(.setMemory(.ro, .frame(start + PageCount(page)), 1))
    }
    timeline.go(to: Moment(call: 4))
    try timeline.perform(.setMemory(.rw, .frame(start), 1))
    #expect(timeline.branches.map(\.name) == ["main", "b1"])
    #expect(timeline.sharedCalls(with: 0) == 4)
    timeline.go(to: Moment(call: 2))
    try timeline.perform(.setMemory(.rw, .frame(start), 1))
    #expect(timeline.branches[2].parent == 0)
    #expect(timeline.sharedCalls(with: 1) == 2)
    #expect(timeline.steps.count == 3)
    #expect(timeline.steps(ofBranch: 1).count == 5)
    let other = timeline.machine(ofBranch: 1, after: 5)
    timeline.switchBranch(to: 1)
    timeline.go(to: timeline.end)
    #expect(other.checksum == timeline.machine.checksum)
  }

  @Test func `the same call in the past goes on where it was made before`() throws {
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    let call = Call.setMemory(.ro, .frame(Machine.largeLeavesStart), 1)
    try timeline.perform(call)
    try timeline.perform(.setMemory(.rw, .frame(Machine.largeLeavesStart), 1))
    timeline.go(to: .start)
    try timeline.perform(call)
    #expect(timeline.branches.count == 1)
    #expect(timeline.steps.count == 2)
    #expect(timeline.moment == Moment(call: 1))
  }

  @Test func `a branch is named once, with fit names alone`() throws {
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    try timeline.perform(.setMemory(.ro, .frame(Machine.largeLeavesStart), 1))
    try timeline.beginBranch(named: "try-rw")
    #expect(timeline.branches.map(\.name) == ["main", "try-rw"])
    #expect(throws: Timeline.BranchError.nameTaken("main")) {
      try timeline.rename(1, to: "main")
    }
    for name in ["", "a b", "n\u{e9}e", String(repeating: "x", count: 33), "\u{1b}[2J"] {
      #expect(throws: Timeline.BranchError.nameUnfit(name)) { try timeline.rename(1, to: name) }
    }
    #expect(throws: Timeline.BranchError.unknown("no", known: ["main", "try-rw"])) {
      try timeline.branchIndex(named: "no")
    }
  }

  @Test func `what is said and where a player stops belongs to its branch`() throws {
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    let start = Machine.largeLeavesStart
    try timeline.perform(.setMemory(.ro, .frame(start), 1), notes: ["first"])
    timeline.pauseAtEnd()
    try timeline.perform(.setMemory(.ro, .frame(start + 1), 1), notes: ["second"])
    timeline.closingNotes = ["end"]
    timeline.go(to: Moment(call: 1))
    #expect(timeline.pauses(after: 1))
    try timeline.perform(.setMemory(.rw, .frame(start), 1))
    #expect(timeline.steps.map(\.notes) == [["first"], []])
    #expect(timeline.closingNotes.isEmpty)
    timeline.switchBranch(to: 0)
    #expect(timeline.steps.map(\.notes) == [["first"], ["second"]])
    #expect(timeline.closingNotes == ["end"])
  }
}
