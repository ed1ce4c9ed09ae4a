import Engine
import History
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// A running kernel on the screen: what is seen of it comes while keys are read.
@Suite struct WatchingTests {
  private func model() throws -> (Model, Machine) {
    let machine = Machine.ofLargeLeaves()
    return (
      Model(MapReading(name: "/proc/kcore", summary: ["all is well"]), [], on: machine), machine
    )
  }

  private func shown(_ model: Model) -> String {
    screen(model, size: Size(width: 80, height: 24), glyphs: .unicode).text(planes: [.characters])
  }

  /// What making a page read-only shows.
  private func sighting(_ number: UInt64, _ pfn: PFN, on machine: inout Machine) throws -> Sighting
  {
    var log = EventLog()
    try machine.perform(.setMemory(.ro, .frame(pfn), 1), into: &log)
    return Sighting(
      number: number, observation: Observation(log.events, title: "\(number).000 s: insmod"),
      causes: ["   1G    2M", "    1     1  insmod-\(number)"])
  }

  @Test func `who stands at the end sees it happen, with a flash`() throws {
    var (model, machine) = try self.model()
    _ = model.update(.seen(try sighting(1, 0x180000, on: &machine)))
    #expect(model.timeline.moment == model.timeline.end && model.timeline.end.call == 1)
    #expect(model.lane.isFlashing && model.machine.checksum == machine.checksum)
    #expect(model.selection == 0x180000)
  }

  @Test func `who has gone back stays there, and nothing is lost`() throws {
    var (model, machine) = try self.model()
    let start = machine.checksum
    _ = model.update(.seen(try sighting(1, 0x180000, on: &machine)))
    model.press("<")
    #expect(model.machine.checksum == start)
    _ = model.update(.seen(try sighting(2, 0x1c0000, on: &machine)))
    #expect(model.machine.checksum == start && model.timeline.end.call == 2)
    model.press("$")
    #expect(model.machine.checksum == machine.checksum)
  }

  @Test func `the list of causes opens, and keeps up to date while it is read`() throws {
    var (model, machine) = try self.model()
    model.press("C-w")
    #expect(model.notice?.kind == .failed)
    _ = model.update(.seen(try sighting(1, 0x180000, on: &machine)))
    model.press("C-w")
    #expect(shown(model).contains("insmod-1"))
    _ = model.update(.seen(try sighting(2, 0x1c0000, on: &machine)))
    #expect(shown(model).contains("insmod-2"))
  }

  @Test func `in the simulation that goes on from the map nothing is added`() throws {
    var (model, machine) = try self.model()
    model.press("f")
    let count = model.timeline.end.call
    _ = model.update(.seen(try sighting(1, 0x180000, on: &machine)))
    #expect(model.timeline.end.call == count)
  }
}
