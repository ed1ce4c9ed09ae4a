import Engine
import Recordings
import TestSupport
import Testing

/// What a recording shows is what the kernel did, also where the simulation differs.
@Suite struct ObservedStepTests {
  private static func text(_ name: String) throws -> String {
    try ProjectFiles.text("Assets/recordings/\(name)")
  }

  @Test func `where the simulation agrees, a step has no events of its own`() throws {
    let recording = try Recording(reading: Self.text("linux-7.2.12/rox-1.jsonl").utf8)
    let steps = recording.observed()
    #expect(steps.count == recording.steps.count)
    #expect(steps.allSatisfy { $0.events == nil && $0.difference == nil })
  }

  /// A recording of 7.2 that says it is of 6.12, which collapses nothing: its leaves differ
  /// from step to step.
  private static func foreign() throws -> Recording {
    let own = try text("linux-7.2.12/rox-1.jsonl")
    return try Recording(reading: own.replacing("Linux 7.2.12", with: "Linux 6.12.117").utf8)
  }

  @Test func `where the simulation differs, the events lead to the recorded leaves and counters`()
    throws
  {
    let recording = try Self.foreign()
    var machine = recording.machine
    var differing = 0
    for (step, observed) in zip(recording.steps, recording.observed()) {
      let before = machine
      if let events = observed.events {
        machine.apply(events)
        differing += 1
        #expect(observed.difference?.isEmpty == false)
      } else {
        _ = try machine.perform(step.call)
      }
      let pages = recording.region.upperBound - recording.region.lowerBound
      #expect(machine.tables.runs(from: recording.start, pages: pages) == step.leaves)
      for expected in step.counters {
        switch expected.source {
        case .growth(let counter):
          #expect(machine.counters[counter] - before.counters[counter] == expected.value)
        case .kilobytes(let size): #expect(machine.directMapKilobytes(size) == expected.value)
        case .never: break
        }
      }
    }
    #expect(differing > 0)
    #expect(differing < recording.steps.count)
  }

  @Test(arguments: [LeafSize.size4K, .size2M, .size1G])
  func `events lead from leaves of any size to leaves of any other`(size: LeafSize) throws {
    for target in LeafSize.allCases {
      var machine = Machine.ofLargeLeaves(gibibytes: 1, size: size)
      let goal = Machine.ofLargeLeaves(gibibytes: 1, size: target)
      let leaves = goal.directMapRuns.filter { $0.size != nil }
      machine.apply(machine.events(reaching: leaves))
      #expect(machine.directMapRuns == goal.directMapRuns, "\(size) to \(target)")
      #expect(machine.events(reaching: leaves).isEmpty)
    }
  }

  @Test func `what is mapped no more is unmapped, and what is new is mapped`() throws {
    let start = AddressLayout.directMapAddress(of: Machine.largeLeavesStart)
    var machine = Machine.ofLargeLeaves(gibibytes: 1, size: .size4K)
    let hole = LeafRun(start: start + 8, pages: 4, size: nil, flags: [])
    machine.apply(machine.events(reaching: [hole]))
    #expect((8..<12).allSatisfy { machine.tables.lookup(start + PageCount($0)) == nil })
    #expect(machine.tables.lookup(start + 7) != nil && machine.tables.lookup(start + 12) != nil)
    let back = LeafRun(start: start + 8, pages: 4, size: .size4K, flags: [.present, .nx])
    machine.apply(machine.events(reaching: [back]))
    #expect(machine.tables.lookup(start + 9)?.flags == [.present, .nx])
  }
}
