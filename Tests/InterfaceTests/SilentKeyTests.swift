import Engine
import History
import Narration
import Screen
import Testing

@testable import Interface
@testable import Keys
@testable import Lanes
@testable import Views

/// Every key changes the screen, does something outside of it, or says why it does not.
struct SilentKeyTests {
  /// Where keys are pressed, and the keys that lead there.
  enum Situation: String, CaseIterable {
    case start = ""
    case afterCalls = "r w 8 r"
    case insideCall = "r < . . ."
    case atBeginning = "r w ^"
    case atLastPage = "r $ End Tab End Tab End"
    case withCount = "1 6"
    case compared = "$"
    case afterSearch = "r / r o Enter"

    func model() throws -> Model {
      var model =
        self == .compared
        ? try comparedModel("set_memory_ro pfn:0x140000 3", [.aaronLu2022], []) : try bootedModel()
      model.press(rawValue)
      return model
    }
  }

  @Test(arguments: Situation.allCases) func `a key acts or speaks`(situation: Situation) throws {
    try expectAnswers(try situation.model(), "\(situation)")
  }

  @Test func `a key acts or speaks in a recording`() throws {
    let description = MachineDescription(
      name: "three.jsonl", e820: [], cpu: CPUFeatures(), image: nil)
    var model = Model(
      playing: [Observation(asSimulated: .setMemory(.ro, .frame(0x140000), 1))], of: "Linux 7.2",
      on: try bootedModel().machine,
      setup: BootSetup(description, kernel: .linux7_2, file: "three.jsonl"))
    try expectAnswers(model, "recording, start")
    model.press("$")
    try expectAnswers(model, "recording, end")
  }

  private func expectAnswers(_ start: Model, _ place: String) throws {
    var model = start
    model.notice = nil
    model.lane.isFlashing = false
    let size = Size(width: 120, height: 40)
    let before = screen(model, size: size, glyphs: .unicode)
    for input in Keymap.standard.bindings.flatMap(\.inputs) {
      var after = model
      let effects = after.update(.input(input)).filter { ![.bell, .noTick].contains($0) }
      if !effects.isEmpty || after.notice != nil { continue }
      #expect(screen(after, size: size, glyphs: .unicode) != before, "\(place): \(input.name)")
    }
  }

  @Test func `Ctrl-C leaves what is open, and asks at the top`() throws {
    for keys in [":", "/", "g", "i", "y", "D", "?", "B", "m", "5"] {
      var model = try bootedModel()
      model.press("r \(keys)")
      #expect(model.press("C-c") == [], "\(keys)")
      #expect(model.layers.isEmpty && model.pending == nil && model.count == nil, "\(keys)")
    }
    var model = try bootedModel()
    #expect(model.press("C-c").isEmpty)
    #expect(model.layers == [.leaving])
    #expect(model.press("C-c") == [.quit(130)])
  }

  @Test func `a stop stops a call that a key makes`() throws {
    var model = try bootedModel()
    model.enter("break split")
    model.press("r")
    #expect(model.timeline.moment.call == 0 && model.timeline.moment.event > 0)
    #expect(model.notice?.text.hasPrefix("Stop 1") == true)
    model.press(">")
    #expect(model.timeline.moment == Moment(call: 1))
  }

  @Test func `a stop that goes on does not stop a call`() throws {
    var model = try bootedModel()
    model.enter("break split do \"continue\"")
    model.press("r")
    #expect(model.timeline.moment == Moment(call: 1), "\(model.layers)")
  }

  @Test func `a decimal frame is doubted where the screen shows hexadecimal`() throws {
    var model = try bootedModel()
    model.enter("set_memory_ro pfn:140000")
    let editor = try #require(model.openLine, "the line is closed")
    #expect(editor.error?.contains("pfn 0x222e0") == true)
    #expect(editor.text == "set_memory_ro pfn:140000")
    var taken = model
    taken.press("Tab Enter")
    #expect(taken.timeline.steps.deed(0).title == "set_memory_ro pfn:0x140000")
    model.press("Enter")
    #expect(model.timeline.steps.deed(0).title == "set_memory_ro pfn:0x222e0")
    model.enter("140000", at: "/")
    model.press("Tab Enter")
    #expect(model.selection == 0x140000)
  }

  @Test(arguments: [
    ("wq", "save FILE"), ("x", "save FILE"), ("q!", "quit"), ("set letters", "theme"),
    ("theme pink", "dark, light"),
  ])
  func `words of other programs are answered`(line: String, answer: String) throws {
    var model = try bootedModel()
    #expect(model.runCommand(line).error?.contains(answer) == true)
  }

  @Test func `a line does what it says`() throws {
    var model = try bootedModel()
    model.press("r")
    #expect(model.runCommand("undo").error == nil)
    #expect(model.timeline.moment == .start)
    #expect(model.runCommand("redo").error == nil)
    #expect(model.timeline.moment == Moment(call: 1))
    #expect(model.runCommand("theme light").error == nil)
    #expect(model.options.theme == Theme.light.painted)
    #expect(model.runCommand("why").error == nil && model.runCommand("why 2M").error == nil)
    #expect(model.runCommand("exit").effects == [.quit(0)])
  }

  @Test func `no line of the help is cut at 80x24`() throws {
    var model = try bootedModel()
    let size = Size(width: 80, height: 24)
    _ = model.update(.input(.resize(size)))
    model.press("?")
    let lines = HelpPage.lines(model.keymap)
    for _ in 0..<(lines.count / HelpPage.rows(in: size) + 1) {
      let text = screen(model, size: size, glyphs: .unicode).text(planes: [.characters])
      #expect(!text.contains("\u{2026}"), "\(text)")
      model.press("PageDown")
    }
  }

  @Test func `the help goes by pages, and finds words`() throws {
    var model = try bootedModel()
    _ = model.update(.input(.resize(Size(width: 80, height: 24))))
    model.press("? PageDown")
    #expect(model.layers == [.help(HelpPlace(first: 19))])
    model.enter("reduce no line says this", at: "/")
    let editor = try #require(model.openLine, "the line is closed")
    #expect(editor.error?.contains("no line of the help") == true)
    model.enter("UNDO", at: "C-u")
    let place = try #require(model.openHelp, "the help is closed")
    #expect(place.search == "UNDO")
    #expect(HelpPage.lines(model.keymap)[place.first].has("undo"))
    model.press("n")
    let next = try #require(model.openHelp, "the help is closed")
    #expect(next.first != place.first)
  }
}

extension Model {
  /// Types a line behind the key that asks for it, and submits it.
  fileprivate mutating func enter(_ line: String, at key: String = ":") {
    press(key)
    type(line)
    press("Enter")
  }

  /// The line that is open, if one is.
  fileprivate var openLine: LineEditor? {
    if case .line(let editor)? = layers.last { editor } else { nil }
  }

  /// The help that is open, if it is.
  fileprivate var openHelp: HelpPlace? {
    if case .help(let place)? = layers.last { place } else { nil }
  }
}
