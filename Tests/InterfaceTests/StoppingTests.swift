import Engine
import History
import Language
import Parsing
import Scenarios
import Testing

@testable import Interface
@testable import Lanes

@Suite struct StoppingTests {
  /// A model with some calls made, back at the beginning.
  private static func model(_ keys: String) throws -> Model {
    var model = try bootedModel()
    model.press(keys + " ^")
    return model
  }

  @Test func `continue goes to each hit, then to the end, and back the same way`() throws {
    var model = try Self.model("r Right r Down r w")
    _ = model.runCommand("break split")
    var forwards: [Moment] = []
    for _ in 0..<8 where model.timeline.moment != model.timeline.end {
      model.press("c")
      forwards.append(model.timeline.moment)
    }
    #expect(forwards.last == model.timeline.end)
    #expect(model.notice?.text.contains("No stop is hit") == true)
    var back: [Moment] = []
    for _ in 0..<8 where model.timeline.moment != .start {
      model.press("C")
      back.append(model.timeline.moment)
    }
    #expect(back.last == .start)
    #expect(Array(back.dropLast().reversed()) == Array(forwards.dropLast()))
    #expect(!back.dropLast().isEmpty)
  }

  @Test func `a stop says what it found, and its lines are carried out`() throws {
    var model = try Self.model("r")
    #expect(model.runCommand("break split 2M do \"expect DirectMap1G >= 0\"").error == nil)
    model.press("c")
    #expect(model.notice?.text.hasPrefix("Stop 1, break split 2M: The 2M leaf") == true)
    #expect(model.notice?.text.contains("holds") == true)
    #expect(model.stops.items[0].hits == 1)
  }

  @Test func `a line of a stop goes on, and one that fails is told`() throws {
    var model = try Self.model("r Right r")
    _ = model.runCommand("break call set_memory_ro do \"continue\"")
    model.press("c")
    #expect(model.timeline.moment == model.timeline.end)
    #expect(model.stops.items[0].hits == 1)
    model.press("^")
    _ = model.runCommand("break split once do \"expect 1 == 2; continue\"")
    model.press("c")
    #expect(model.notice?.text.hasPrefix("Stop 2, break split: ") == true)
    #expect(model.notice?.text.contains("Then expect 1 == 2: does not hold") == true)
    #expect(model.stops.items.count == 1)
    #expect(model.timeline.moment != model.timeline.end)
  }

  @Test func `a stop has the commands of the screen but those that write, open or leave`() {
    let without =
      ["save", "script", "record", "report"].flatMap { [$0, $0 + "!"] } + [
        "open", "quit", "q", "exit",
      ]
    let all = ScreenCommand.names.filter { !without.contains($0) }
    #expect(Set(StopLine.screenWords) == Set(all))
    #expect(StopLine.screenWords.count == all.count)
  }

  @Test(arguments: [
    "expect 1 == 2", "why no-area", "goto 99", "next nonsense", "continue; find zzz",
  ])
  func `without a screen too, a hit is told although a line of the stop fails`(
    line: String,
  ) throws {
    let model = try scenarioModel(
      "break call set_memory_ro do \"\(line); continue\"\nset_memory_rw pfn:0x140000\n"
        + "set_memory_ro pfn:0x140000")
    var session = PlainSession(model)
    let lines = session.answers(to: "continue")
    #expect(lines.contains { $0.hasPrefix("Stop 1, break call set_memory_ro: ") }, "\(lines)")
    #expect(
      lines.contains { $0.contains("Then \(line.split(separator: "; ").last ?? ""): ") }, "\(lines)"
    )
    #expect(!lines.contains { $0.contains("unknown word") }, "\(lines)")
    #expect(session.model.timeline.moment != session.model.timeline.end)
  }

  @Test func `the list of stops adds, changes, turns off and deletes`() throws {
    var model = try bootedModel()
    model.press("B a")
    model.type("split 1G")
    model.press("Enter")
    #expect(model.stops.items.map(\.stop.scenarioText) == ["break split 1G"])
    model.press("Space")
    #expect(model.stops.items[0].stop.isEnabled == false)
    model.press("Enter")
    model.press("C-u")
    model.type("watch cpa_flush")
    model.press("Enter")
    #expect(model.stops.items.map(\.stop.scenarioText) == ["watch cpa_flush"])
    model.press("a")
    model.type("nonsense")
    model.press("Enter")
    guard case .line(let editor) = model.layers.last else {
      Issue.record("the line is closed")
      return
    }
    #expect(editor.error != nil)
    model.press("Esc d")
    #expect(model.stops.isEmpty)
    model.press("Esc")
    #expect(model.layers.isEmpty)
  }

  @Test func `a player stops where a stop is hit`() throws {
    var model = try Self.model("r Right r Right r")
    _ = model.runCommand("break call set_memory_ro ignore 1")
    model.press("Space")
    for _ in 0..<20 where model.playback.isPlaying { _ = model.update(.tick) }
    #expect(model.timeline.moment == Moment(call: 2))
    #expect(model.notice?.text.hasPrefix("Stop 1, break call set_memory_ro") == true)
  }

  @Test func `a broken invariant stops without being asked, and is written down`() throws {
    var machine = try bootedModel().machine
    let pfn: PFN = 0x140005
    try machine.perform(.setMemory(.ro, .frame(pfn), 1))
    let address = AddressLayout.directMapAddress(of: pfn)
    let old = try #require(machine.tables.lookup(address)).entry
    machine.apply([
      .entryWritten(address, .size4K, old: old, new: Entry(pfn + 1, old.flags(.size4K)))
    ])
    let teaching = try #require(MachineDescription(builtIn: "teaching-4g"))
    var model = Model(machine, setup: BootSetup(teaching, kernel: .linux7_2))
    #expect(model.runCommand("report bug.dmap").error == nil)
    _ = model.runCommand("set_memory_rw pfn:0x140004 2")
    #expect(model.notice?.kind == .failed)
    #expect(model.notice?.text.contains("The engine is wrong: wrongFrame") == true)
    model.press("^ c")
    #expect(model.timeline.moment == Moment(call: 1))
    #expect(model.notice?.text.contains("report FILE") == true)
    guard
      case .save("bug.dmap", let text, .nothing, "report") = model.runCommand("report bug.dmap")
        .effects.first
    else {
      Issue.record("nothing is saved")
      return
    }
    #expect(text.contains("wrongFrame") && text.contains("set_memory_rw pfn:0x140004 2"))
    #expect(try bootedModel().copyRunning("report bug.dmap")?.contains("nothing is wrong") == true)
  }

  @Test func `branches are listed, switched, renamed and compared`() throws {
    var model = try bootedModel()
    model.press("r Right r u w")
    #expect(model.timeline.branches.map(\.name) == ["main", "b1"])
    let mine = model.machine.checksum
    #expect(model.runCommand("branch switch main").error == nil)
    #expect(model.timeline.steps.count == 2)
    #expect(model.runCommand("branch rename first").error == nil)
    #expect(model.runCommand("branch switch nowhere").error?.contains("first, b1") == true)
    #expect(model.runCommand("branch compare b1").error == nil)
    #expect(model.lanes.beside?.name == "b1")
    model.press("$")
    #expect(model.lanes.beside?.machine.checksum == mine)
    #expect(model.press("r").contains(.bell))
    #expect(model.timeline.steps.count == 2)
    #expect(model.runCommand("compare off").error == nil)
    #expect(model.runCommand("branch").error == nil)
    guard case .report(let report) = model.layers.last else {
      Issue.record("no list")
      return
    }
    #expect(report.lines.count == 2)
    #expect(report.lines[1].contains("leaves first after call 1"))
  }

  @Test func `who goes back to the last change, and to the one before`() throws {
    var model = try bootedModel()
    model.press("r w Right r Left")
    model.press("W")
    #expect(model.timeline.moment.call <= 2)
    #expect(model.notice?.text.hasPrefix("Call 2, set_memory_rw") == true)
    model.press("W")
    #expect(model.notice?.text.hasPrefix("Call 1, set_memory_ro") == true)
    for _ in 0..<4 { model.press("W") }
    #expect(model.notice?.text.contains("No call before it") == true)
  }

  @Test func `what if shows the changes and keeps nothing`() throws {
    var model = try bootedModel()
    let before = model.machine.checksum
    #expect(model.runCommand("what-if set_memory_ro pfn:0x140000").error == nil)
    guard case .report(let report) = model.layers.last else {
      Issue.record("no report")
      return
    }
    #expect(report.lines.contains { $0.contains("is replaced by a table") })
    #expect(report.lines.last == "Nothing of this is kept.")
    #expect(model.machine.checksum == before && model.timeline.steps.isEmpty)
    #expect(model.runCommand("what-if note \"x\"").error == "only calls can be tried")
    #expect(model.runCommand("what-if vunmap nothing").error != nil)
  }

  @Test func `a count and a percent sign go to that part of all calls`() throws {
    var model = try Self.model("r Right r Right r Right r")
    model.press("5 0 %")
    #expect(model.timeline.moment == Moment(call: 2))
    model.press("1 0 0 %")
    #expect(model.timeline.moment == Moment(call: 4))
    #expect(model.press("%").contains(.bell))
    #expect(model.notice?.text == "a number first: 50%")
    #expect(model.press("1 0 1 %").contains(.bell))
    #expect(model.count == nil)
  }

  @Test func `the next event of a kind is found both ways`() throws {
    var model = try Self.model("r Right r Down w r")
    #expect(model.runCommand("next split").error == nil)
    let first = model.timeline.moment
    #expect(model.runCommand("next split").error == nil)
    #expect(model.timeline.moment > first)
    #expect(model.runCommand("previous split").error == nil)
    #expect(model.timeline.moment == first)
    #expect(model.runCommand("next merge").error == "no merge comes")
    #expect(model.runCommand("next nonsense").error?.contains("split, merge") == true)
  }
}

extension Model {
  /// What a line on a copy says is wrong.
  fileprivate func copyRunning(_ line: String) -> String? {
    var copy = self
    return copy.runCommand(line).error
  }
}
