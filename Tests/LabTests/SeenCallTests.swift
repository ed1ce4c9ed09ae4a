import Engine
import History
import TestSupport
import Testing

@testable import Lab

/// What a kernel was seen doing, among the events of the simulation.
@Suite struct SeenCallTests {
  private let before = Machine.ofLargeLeaves(kernel: .linux7_2)
  private let call = Call.setMemory(.ro, .frame(0x180010), 2)

  private func simulated() throws -> [Event] {
    var log = EventLog()
    var machine = before
    try machine.perform(call, into: &log)
    return log.events
  }

  /// The tables after so many events.
  private func picture(after count: Int, of events: [Event]) -> TablePicture {
    var machine = before
    machine.apply(events.prefix(count))
    return TablePicture(direct: leaves(of: machine))
  }

  private func leaves(of machine: Machine) -> [LeafRun] {
    var runs: [LeafRun] = []
    let start = machine.directMapAddress(of: 0)
    machine.tables.readRuns(from: start, pages: machine.memory.end - 0, into: &runs)
    return runs
  }

  private func functions(_ names: String...) -> [SeenFunction] {
    names.map { SeenFunction(name: $0, depth: 0, arguments: []) }
  }

  @Test func `functions stand where the tables held what they held then`() throws {
    let events = try simulated()
    let split = try #require(
      events.lastIndex { if case .tableInstalled = $0 { true } else { false } })
    let all = events.count
    let seen = SeenCall(
      before: before,
      functions: functions("change_page_attr_set_clr", "my_hook", "cpa_flush.isra.0"),
      moments: [
        SeenMoment(step: .entered(0), tables: picture(after: 0, of: events)),
        SeenMoment(step: .entered(1), tables: picture(after: split + 1, of: events)),
        SeenMoment(step: .left(1), tables: picture(after: all, of: events)),
        SeenMoment(step: .entered(2), tables: picture(after: all, of: events)),
        SeenMoment(step: .left(2), tables: picture(after: all, of: events)),
        SeenMoment(step: .left(0), tables: picture(after: all, of: events)),
      ])
    let woven = try #require(seen.interleaved(events))
    let steps = woven.compactMap { if case .seen(let step) = $0 { step } else { nil } }
    #expect(steps == seen.moments.map(\.step))
    // At each step the machine has the tables that the kernel had.
    var machine = before
    var next = seen.moments[...]
    for event in woven {
      machine.apply(CollectionOfOne(event))
      if case .seen = event, let moment = next.popFirst() {
        #expect(leaves(of: machine) == moment.tables.direct)
      }
    }
    // Nothing else is lost, and nothing of the simulation's own functions is left.
    var plain = before
    plain.apply(events)
    #expect(machine.checksum == plain.checksum)
    #expect(!woven.contains { if case .entered = $0 { true } else { false } })
    // The flush stands inside the kernel's function for it.
    let entered = try #require(woven.firstIndex(of: .seen(.entered(2))))
    let left = try #require(woven.firstIndex(of: .seen(.left(2))))
    #expect(woven[entered..<left].contains { if case .flushed = $0 { true } else { false } })
  }

  @Test func `tables that the simulation never has are observed`() throws {
    let events = try simulated()
    var other = before
    try other.perform(.setMemory(.np, .frame(0x180300), 1))
    let odd = TablePicture(direct: leaves(of: other))
    let end = picture(after: events.count, of: events)
    let seen = SeenCall(
      before: before, functions: functions("odd"),
      moments: [SeenMoment(step: .entered(0), tables: odd)])
    #expect(seen.interleaved(events) == nil)
    let observed = seen.observed(reaching: end, events)
    var machine = before
    for event in observed {
      machine.apply(CollectionOfOne(event))
      if case .seen = event { #expect(leaves(of: machine) == odd.direct) }
    }
    #expect(leaves(of: machine) == end.direct)
    #expect(observed.contains { if case .counted = $0 { true } else { false } })
  }

  @Test func `the simulation's function of a symbol is known by its name`() {
    #expect(KernelFunction(seen: "cpa_flush.isra.0") == .cpaFlush)
    #expect(KernelFunction(seen: "__should_split_large_page") == .shouldSplitLargePage)
    #expect(KernelFunction(seen: "__change_page_attr_set_clr") == .changePageAttrLoop)
    #expect(KernelFunction(seen: "my_merge") == nil)
  }
}
