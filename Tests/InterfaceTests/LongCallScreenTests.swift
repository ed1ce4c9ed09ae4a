import Engine
import History
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// Screens on calls of which a part is kept at a time.
@Suite struct LongCallScreenTests {
  private static func model(partLength: Int) throws -> Model {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    let machine = try Machine(booting: description, kernel: .linux7_2)
    var timeline = Timeline(machine, partLength: partLength)
    try timeline.perform(.setMemory(.ro, .frame(0x140000), 700))
    try timeline.perform(.setMemory(.rox, .frame(0x140000), 1024))
    return Model(timeline, setup: BootSetup(description, kernel: .linux7_2))
  }

  /// The moments that a step leads through, to either end.
  private static func way(_ step: CallTree.Step, _ start: Model) -> [Moment] {
    var model = start
    model.go(to: step.isBack ? model.timeline.end : .start)
    var moments = [model.timeline.moment]
    while true {
      model.take(step)
      if model.timeline.moment == moments.last { return moments }
      moments.append(model.timeline.moment)
      _ = screen(model, size: Size(width: 120, height: 40), glyphs: .unicode)
    }
  }

  @Test(arguments: [60, 500], CallTree.Step.allCases)
  func `steps lead through parts as through the whole`(
    partLength: Int, step: CallTree.Step,
  ) throws {
    let whole = Self.way(step, try Self.model(partLength: PartLog.usualLength))
    let inParts = Self.way(step, try Self.model(partLength: partLength))
    #expect(inParts.first == whole.first && inParts.last == whole.last)
    // At the border of two parts a line may stand that is folded in the whole.
    let missed = Set(whole).subtracting(inParts)
    let added = Set(inParts).subtracting(whole)
    #expect(missed.count * 20 <= whole.count, "\(missed.sorted())")
    #expect(added.count * 20 <= whole.count, "\(added.sorted())")
  }

  @Test func `the panel says which events of how many it tells of`() throws {
    var model = try Self.model(partLength: 300)
    model.go(to: Moment(call: 1, event: 700))
    let canvas = screen(model, size: Size(width: 120, height: 40), glyphs: .unicode)
    let total = model.trace.events.total
    #expect(canvas.text(planes: [.characters]).contains("of \(NumberText.grouped(Int64(total)))"))
  }

  @Test func `what changed is the same whether all events are kept or not`() throws {
    for call in [0, 1] {
      var whole = try Self.model(partLength: PartLog.usualLength)
      var inParts = try Self.model(partLength: 100)
      whole.go(to: Moment(call: call))
      inParts.go(to: Moment(call: call))
      whole.take(.over)
      inParts.take(.over)
      for pfn in stride(from: UInt64(0x140000) - 600, to: 0x140000 + 2000, by: 7) {
        let pfn = PFN(pfn)
        #expect(inParts.lane.changes.contains(pfn) == whole.lane.changes.contains(pfn))
      }
    }
  }
}
