import Engine
import History
import Interface
import Keys
import Screen
import TestSupport
import Testing

/// A performance that is taken over, at each moment of it.
@Suite struct TakeoverTests {
  /// Performs a script and takes the screen over after each shot, to press keys there.
  private func takeOver(
    _ text: String, _ check: (inout Model) throws -> Void,
  ) throws {
    var director = try performance(text)
    while let _ = try? director.next() {
      var model = director.model
      model.endPerformance("The screen is yours.")
      try check(&model)
    }
  }

  @Test(arguments: [
    "type \":set_memory_ro pfn:0x140000\"", "key \"m\"\ntype \":set_memory_ro pfn:0x140000\"",
    "type \"/pfn:0x140000\"", "type \"g100%\"", "key \"B a\"\ntype \"split\"", "key \"i j j\"",
    "key \"q\"", "key \"4 0\"", "key \"m\"", "key \"B\"",
    "type \":predict on\"\nkey \"Enter\"\nkey \"r\"",
  ]) func `a key after it sends off nothing that the file has typed`(script: String) throws {
    try takeOver(script) { model in
      #expect(!model.isTyping)
      #expect(model.count == nil)
      let before = model.timeline.steps.count
      let stops = model.stops
      for name in ["Enter", "y"] {
        var pressed = model
        let effects = pressed.update(.input(try #require(Input(name: name))))
        #expect(pressed.timeline.steps.count == before, "\(script) \(name)")
        #expect(pressed.stops == stops, "\(script) \(name)")
        #expect(!effects.contains { if case .quit = $0 { true } else { false } }, "\(name)")
      }
    }
  }

  @Test func `lines that the file has sent off are not in the history of the prompt`() throws {
    let script = """
      type ":set_memory_ro pfn:0x140000"
      key "Enter"
      type "/has G"
      key "Enter"
      """
    try takeOver(script) { model in
      for prompt in [":", "/"] {
        var pressed = model
        pressed.press("\(prompt) Up")
        guard case .line(let editor)? = pressed.layers.last else {
          Issue.record("no prompt is open")
          return
        }
        #expect(editor.text == "")
      }
    }
  }

  @Test func `only keys that end or stop the program keep their meaning`() throws {
    let model = try bootedModel()
    let all = Keymap.standard.bindings.flatMap(\.inputs) + [.key(.enter), .character("~"), .end]
    let passing = all.filter(model.passesTakeover)
    #expect(Set(passing) == [.control("c"), .control("z"), .end])
  }

  @Test(arguments: [
    (
      "key \"?\"\nkey \"x\"\ntype \":why\"", "demo.dmap:3:1: the line that is typed here never ends"
    ),
    ("key \"? x : s a v e Space x Enter\"", "demo.dmap:1:1: a line that saves to x writes a file"),
    ("key \"? C-t\"", "demo.dmap:1:1: a key or a line that records the screen writes a file"),
    ("type \":savex\"\nkey \"Left\"\nkey \"Space\"\nkey \"Enter\"", "demo.dmap:4:1: a line that"),
  ]) func `a performance ends where it would write a file, whatever hid it`(
    script: String, message: String,
  ) throws {
    try expectPerformance(of: script, toFailWith: message)
  }

  @Test(arguments: [
    ("type \":set_memory_ro pfn:0x140000\"", false), ("key \"q\"", false),
    ("key \"B a\"", false), ("type \":save x\"\nkey \"Enter\"", true),
    ("key \"? x : s a v e Space x Enter\"", true),
  ]) func `a lesson leaves nothing that a learner's key sends off`(
    lines: String, fails: Bool,
  ) throws {
    let text = """
      lesson "A" "B."
      part "One"
      caption "C."
      part "Two"
      \(lines)
      part "Three"
      caption "C."
      story "S" "T"
      """
    var model = try lessonModel(text)
    model.press("z")
    #expect(model.layers.isEmpty && model.count == nil)
    #expect((model.notice?.kind == .failed) == fails, "\(model.notice?.text ?? "")")
    let effects = model.update(.input(.key(.enter)))
    #expect(model.timeline.steps.count == 0)
    #expect(!effects.contains { if case .save = $0 { true } else { false } })
  }
}
