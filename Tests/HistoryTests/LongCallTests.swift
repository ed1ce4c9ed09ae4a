import Engine
import History
import TestSupport
import Testing

/// Calls with more events than are kept at a time.
@Suite struct LongCallTests {
  private static let calls: [Call] = [
    .setMemory(.ro, .frame(Machine.largeLeavesStart + 3), 1300),
    .setMemory(.rox, .frame(Machine.largeLeavesStart), 1024),
    .setPagesArray(.wc, FrameStride(first: Machine.largeLeavesStart, stride: 2, count: 300)),
    .setMemory(.split4K, .frame(Machine.largeLeavesStart), 2048),
  ]

  private static func timelines(partLength: Int) throws -> (whole: Timeline, inParts: Timeline) {
    let machine = Machine.ofLargeLeaves(kernel: .linux7_2)
    var whole = Timeline(machine)
    var inParts = Timeline(machine, partLength: partLength)
    for call in calls {
      try whole.perform(call)
      try inParts.perform(call)
    }
    return (whole, inParts)
  }

  @Test(arguments: [1, 7, 100, 1000])
  func `the parts of a call in a row are its events`(partLength: Int) throws {
    var (whole, inParts) = try Self.timelines(partLength: partLength)
    for index in Self.calls.indices {
      let all = whole.events(ofCall: index)
      #expect(all.isWhole && all.total == inParts.eventCount(ofCall: index))
      var place = 0
      var parts = 0
      while place < all.total {
        let part = inParts.events(ofCall: index, around: place)
        #expect(part.startIndex == place && part.total == all.total)
        #expect(part.elementsEqual(all[part.startIndex..<part.endIndex]))
        #expect(part.count <= 2 * partLength + 40)
        let open = all[..<part.startIndex].reduce(into: 0) { depth, event in
          if case .entered = event { depth += 1 }
          if case .left = event { depth -= 1 }
        }
        #expect(
          part.underWay.count { if case .entered = $0 { true } else { false } } == open)
        place = part.endIndex
        parts += 1
      }
      #expect(parts > 1)
      let last = inParts.events(ofCall: index, around: .max)
      #expect(last.endIndex == all.total && last.sums == all.sums)
    }
  }

  @Test(arguments: [7, 100])
  func `every way into a part leads to the same bytes`(partLength: Int) throws {
    var (whole, inParts) = try Self.timelines(partLength: partLength)
    var random = SeededGenerator(seed: UInt64(partLength))
    func agree(at moment: Moment) {
      whole.go(to: moment)
      inParts.go(to: moment)
      #expect(inParts.moment == whole.moment)
      #expect(inParts.machine.checksum == whole.machine.checksum, "\(moment)")
    }
    for _ in 0..<60 {
      let call = Int(random.next(below: UInt64(Self.calls.count)))
      let count = whole.eventCount(ofCall: call)
      agree(at: Moment(call: call, event: Int(random.next(below: UInt64(count + 1)))))
      // From there some steps on and back, over the borders of parts.
      for step in [1, 1, 2, 5, -1, -3, -6, 40, -40] {
        let moment = inParts.moment
        agree(at: Moment(call: moment.call, event: moment.event + step))
      }
    }
    agree(at: whole.end)
  }

  @Test func `a call that is stopped changes nothing`() throws {
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    try timeline.perform(.setMemory(.ro, .frame(Machine.largeLeavesStart), 3))
    timeline.go(to: Moment(call: 0, event: 2))
    let before = timeline.machine.checksum
    let progress = WorkProgress()
    progress.stop()
    timeline.progress = progress
    #expect(throws: CallError.interrupted) {
      try timeline.perform(.setMemory(.rox, .frame(Machine.largeLeavesStart), 200_000))
    }
    timeline.progress = nil
    #expect(timeline.steps.count == 1)
    timeline.go(to: Moment(call: 0, event: 2))
    #expect(timeline.machine.checksum == before)
  }

  @Test(arguments: [
    Call.setMemory(.split4K, .frame(Machine.largeLeavesStart), 200_000),
    .setPagesArray(.uc, FrameStride(first: Machine.largeLeavesStart, stride: 2, count: 60_000)),
    .setPagesArray(.wb, FrameStride(first: Machine.largeLeavesStart, stride: 1, count: 60_000)),
  ])
  func `a call stops soon after it is told to`(call: Call) throws {
    var machine = Machine.ofLargeLeaves(kernel: .linux7_2)
    let copy = machine
    let progress = WorkProgress()
    var seen = 0
    var percentages: Set<Int> = []
    #expect(throws: CallError.interrupted) {
      try machine.perform(call, progress) { place, _ in
        seen = place
        if let percentage = progress.percentage { percentages.insert(percentage) }
        if place == 100_000 { progress.stop() }
      }
    }
    #expect(seen < 150_000)
    #expect(percentages.count > 3)
    #expect(copy.checksum == Machine.ofLargeLeaves(kernel: .linux7_2).checksum)
  }

  @Test func `with progress a call gives the same as without`() throws {
    let machine = Machine.ofLargeLeaves(kernel: .linux7_2)
    for call in Self.calls + [.setMemory(.ro, .frame(Machine.largeLeavesStart), 100_000)] {
      var plain = Timeline(machine)
      var watched = Timeline(machine)
      watched.progress = WorkProgress()
      #expect(try plain.perform(call) == watched.perform(call))
      #expect(plain.machine.checksum == watched.machine.checksum)
      #expect(plain.steps.summary(0) == watched.steps.summary(0))
      watched.progress = WorkProgress()
      let half = Moment(call: 0, event: plain.eventCount(ofCall: 0) / 2)
      plain.go(to: half)
      watched.go(to: half)
      #expect(plain.machine.checksum == watched.machine.checksum)
      watched.go(to: watched.end)
      watched.go(to: .start)
      #expect(watched.machine.checksum == machine.checksum)
    }
  }
}
