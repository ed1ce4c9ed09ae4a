import Engine
import History
import TestSupport
import Testing

@Suite struct TimelineTests {
  /// A timeline of so many random calls, and the checksum of the machine after each.
  private static func timeline(
    seed: UInt64, calls: Int,
  ) -> (timeline: Timeline, checksums: [UInt64]) {
    var random = SeededGenerator(seed: seed)
    var cpu = CPUFeatures()
    cpu[.la57] = seed % 2 == 1
    var machine = Machine.ofLargeLeaves(kernel: .linux7_2, cpu: cpu)
    var timeline = Timeline(machine)
    var checksums = [machine.checksum]
    let operations: [SetMemory] = [.ro, .rw, .rox, .np, .p, .split4K, .nx]
    for _ in 0..<calls {
      let pfn = Machine.largeLeavesStart + PageCount(random.next(below: 4096))
      let call = Call.setMemory(
        random.pick(operations), .frame(pfn), PageCount(1 + random.next(below: 900)))
      _ = try? machine.perform(call)
      _ = try? timeline.perform(call)
      checksums.append(machine.checksum)
    }
    return (timeline, checksums)
  }

  @Test(arguments: 0..<12 as Range<UInt64>)
  func `stepping back, going there and replaying lead to the same bytes`(seed: UInt64) {
    var (timeline, checksums) = Self.timeline(seed: seed, calls: 70)
    #expect(timeline.machine.checksum == checksums[70])
    for call in (0..<70).reversed() {
      timeline.stepCallBack()
      #expect(timeline.moment == Moment(call: call))
      #expect(timeline.machine.checksum == checksums[call])
    }
    var random = SeededGenerator(seed: seed)
    for _ in 0..<60 {
      let call = Int(random.next(below: 71))
      timeline.go(to: Moment(call: call))
      #expect(timeline.machine.checksum == checksums[call])
    }
  }

  @Test func `keyframes that were thinned out still lead everywhere`() {
    var (timeline, checksums) = Self.timeline(seed: 3, calls: 1500)
    for call in [1499, 3, 777, 8, 1024, 1023, 0, 1500] {
      timeline.go(to: Moment(call: call))
      #expect(timeline.machine.checksum == checksums[call], "call \(call)")
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `events lead through a call in both directions`(seed: UInt64) {
    var (timeline, checksums) = Self.timeline(seed: seed, calls: 12)
    timeline.go(to: Moment(call: 11))
    let count = timeline.eventCount(ofCall: 11)
    var inside: [UInt64] = []
    for event in 0..<count {
      #expect(timeline.moment == Moment(call: 11, event: event))
      inside.append(timeline.machine.checksum)
      timeline.stepEvent()
    }
    #expect(timeline.moment == Moment(call: 12))
    #expect(timeline.machine.checksum == checksums[12])
    for event in (0..<count).reversed() {
      timeline.stepEventBack()
      #expect(timeline.moment == Moment(call: 11, event: event))
      #expect(timeline.machine.checksum == inside[event])
    }
    #expect(inside.first == checksums[11])
  }

  @Test func `acting in the past begins a branch, and the future stays on the old one`() throws {
    var (timeline, checksums) = Self.timeline(seed: 5, calls: 10)
    timeline.go(to: Moment(call: 4))
    try timeline.perform(.touch(.read, .frame(Machine.largeLeavesStart), 1), notes: ["here"])
    #expect(timeline.steps.count == 5)
    #expect(timeline.steps[4].notes == ["here"])
    #expect(timeline.end == timeline.moment)
    timeline.go(to: Moment(call: 3))
    #expect(timeline.machine.checksum == checksums[3])
    timeline.switchBranch(to: 0)
    #expect(timeline.steps.count == 10)
    timeline.go(to: timeline.end)
    #expect(timeline.machine.checksum == checksums[10])
  }

  @Test func `acting inside a call completes that call first`() throws {
    var (timeline, checksums) = Self.timeline(seed: 6, calls: 3)
    timeline.go(to: Moment(call: 1, event: 2))
    try timeline.perform(.setMemory(.rw, .frame(Machine.largeLeavesStart), 1))
    #expect(timeline.moment == Moment(call: 3))
    timeline.go(to: Moment(call: 2))
    #expect(timeline.machine.checksum == checksums[2])
  }

  @Test func `a call that cannot be made changes nothing`() {
    // With four levels.
    var (timeline, checksums) = Self.timeline(seed: 8, calls: 3)
    timeline.go(to: Moment(call: 1))
    #expect(throws: CallError.notCanonical(0x8000_0000_0000)) {
      try timeline.perform(.setMemory(.ro, .virtual(0x8000_0000_0000), 1))
    }
    #expect(timeline.steps.count == 3)
    #expect(timeline.moment == Moment(call: 1))
    #expect(timeline.machine.checksum == checksums[1])
  }

  @Test func `a moment outside is the nearest there is`() {
    var (timeline, _) = Self.timeline(seed: 8, calls: 2)
    timeline.go(to: Moment(call: 99))
    #expect(timeline.moment == Moment(call: 2))
    timeline.go(to: Moment(call: -4))
    #expect(timeline.moment == .start)
    timeline.go(to: Moment(call: 0, event: 100_000))
    #expect(timeline.moment == Moment(call: 1))
    timeline.go(to: .start)
    timeline.stepCallBack()
    timeline.stepEventBack()
    #expect(timeline.moment == .start)
    #expect(timeline.events(ofCall: 2).isEmpty)
  }
}
