import Engine
import History
import Interface
import Keys
import Lanes
import Language
import Parsing
import Screen
import TestSupport
import Testing
import Views

@Suite struct KeyScriptTests {
  private static let size = Size(width: 100, height: 30)

  /// Presses keys on a screen and writes them down; the screen, and the file.
  private func session(
    _ model: Model, _ keys: [(key: String, at: Int)],
  ) throws -> (model: Model, file: String) {
    var model = model
    _ = model.update(.input(.resize(Self.size)))
    var script = try KeyScript(model)
    var file = script.head
    for (name, time) in keys {
      let input = try #require(Input(name: name))
      let isTyped = model.isTyping
      _ = model.update(.input(input))
      file += script.press(
        input, at: time, isTyped: isTyped, leavesLineOpen: model.isTyping)
    }
    return (model, file + script.ending)
  }

  /// The last picture of a script, without its first row, which names the file.
  private func lastPicture(_ script: String) throws -> String {
    var director = try performance(script)
    while try director.next() != nil {}
    return picture(director.model)
  }

  private func picture(_ model: Model) -> String {
    let canvas = screen(model, size: Self.size, glyphs: .unicode)
    return (1..<Self.size.height).map { canvas.rowText($0) }.joined(separator: "\n")
  }

  @Test func `keys in a row are one line, a line that is typed another, and waits stand between`()
    throws
  {
    let keys = ["r", ",", ",", ":", "w", "h", "y", " ", "p", "\"", "Esc", "q"]
    let file = try session(
      bootedModel(), keys.enumerated().map { ($1, $0 == keys.count - 1 ? 90_000 : $0 * 100) }
    ).file
    #expect(
      file.split(separator: "\n").suffix(5) == [
        "key \"r , , :\"", "type \"why p\\\"\"", "key \"Esc\"", "wait 87640ms", "key \"q\"",
      ])
  }

  @Test func `a script that stops while a line is typed leaves the line`() throws {
    let file = try session(bootedModel(), [("r", 0), (":", 400), ("w", 500)]).file
    #expect(
      file.split(separator: "\n").suffix(3) == ["key \"r :\"", "type \"w\"", "key \"Esc\""])
    #expect(ScriptCheck(try Scenario(parsing: file, file: "keys").statements).refusal == nil)
  }

  @Test func `a script performs the keys again, to the same picture`() throws {
    var keys: [(String, Int)] = []
    for (index, key) in ["3", "r", ",", ",", ".", "l", "j", "w", "<", "a", "L", "v"].enumerated() {
      keys.append((key, index * 700))
    }
    for (index, letter) in ":why pfn:0x140001 2M".enumerated() {
      keys.append((letter == " " ? "Space" : String(letter), 9000 + index * 80))
    }
    keys.append(("Enter", 12_000))
    let (model, file) = try session(bootedModel(), keys)
    #expect(try lastPicture(file) == picture(model.afterFlash))
  }

  @Test func `a script begins with what was done before`() throws {
    var model = try scenarioModel(
      "set_memory_ro pfn:0x140000\nnote \"Read.\"\nset_memory_rw pfn:0x140000")
    for key in [">", "l"] { _ = model.update(.input(try #require(Input(name: key)))) }
    let (later, file) = try session(model, [("x", 0), ("k", 500)])
    let lines = file.split(separator: "\n")
    #expect(lines.contains("hide") && lines.contains("show"))
    #expect(lines.contains("type \":goto 1\"") && lines.contains("type \"/pfn:0x140001\""))
    #expect(try lastPicture(file) == picture(later.afterFlash))
  }

  @Test(arguments: 0..<12)
  func `what is written can be read, whatever was pressed`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let names =
      Keymap.standard.bindings.flatMap { $0.inputs.map(\.name) }
      .filter { !["Q", "C-c"].contains($0) } + ["\"", "\\", "é", "漢", "#", "5", "F5", "C-]"]
    var time = 0
    let keys = (0..<60).map { _ in
      time += Int(random.next(below: 900))
      return (random.pick(names), time)
    }
    let file = try session(bootedModel(), keys).file
    let scenario = try Scenario(parsing: file, file: "keys.dmap")
    let pressed = scenario.statements.flatMap { located -> [Input] in
      switch located.statement {
      case .direction(.key(let inputs)): inputs
      case .direction(.type(let text)): text.compactMap { Input(typed: $0) }
      default: []
      }
    }
    // A line that is open at the end is left.
    let isLeft = file.hasSuffix("key \"Esc\"\n") && pressed.count == keys.count + 1
    #expect(
      pressed == keys.compactMap { Input(name: $0.0) } + (isLeft ? [.key(.escape)] : []))
  }
}

extension Model {
  /// The screen once what changed stands still.
  fileprivate var afterFlash: Model {
    var model = self
    while model.lane.isFlashing { _ = model.update(.tick) }
    return model
  }
}
