import Engine
import History
import Interface
import KernelText
import Lanes
import Maps
import Testing

/// A map that was read from a real machine, on the screen.
struct ReadMapLaneTests {
  private func machine() throws -> Machine {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    let booted = try Machine(booting: description, kernel: .linux7_2)
    return try ReadMap(leaves: BytesInMemory(booted.leavesText.utf8)).machine(kernel: .linux7_2)
  }

  @Test func `no call is made on it before f goes on in the simulation`() throws {
    var model = Model(
      MapReading(name: "leaves.txt", summary: ["2 leaves"]), [], on: try machine())
    let before = model.machine.checksum
    model.press("r")
    #expect(model.machine.checksum == before)
    #expect(
      model.notice?.text.hasPrefix("no calls can be made on a map that was read; f") == true)
    model.press("f")
    #expect(model.notice?.text.contains("From here on simulated, with linux-7.2.") == true)
    #expect(model.notice?.text.contains("Which pages are free is not known") == true)
    model.press("r")
    #expect(model.machine.checksum != before)
    #expect(model.timeline.steps.count == 1)
    // And back.
    model.press("u")
    #expect(model.machine.checksum == before)
  }

  @Test func `what asks works on it`() throws {
    var model = Model(
      MapReading(name: "leaves.txt", summary: ["2 leaves"]), [], on: try machine())
    let before = model.machine.checksum
    for keys in ["/ r o Enter", "v", "v", "O", "O", "n", "Tab", "Enter", "L", "?", "Escape"] {
      model.press(keys)
    }
    #expect(model.machine.checksum == before)
  }

  @Test func `a later reading is a step`() throws {
    let first = try machine()
    var second = first
    try second.perform(.setMemory(.ro, .frame(0x140000), 1))
    let events = first.events(reaching: second.directMapLeaves)
    var model = Model(
      MapReading(name: "a", summary: []), [Observation(events, title: "b")], on: first)
    #expect(model.machine.checksum == first.checksum)
    model.press(">")
    #expect(model.machine.directMapLeaves == second.directMapLeaves)
  }
}
