import Engine
import Language
import Narration
import Parsing
import Screen
import TestSupport
import Testing

/// A line that reads as a direction or as a line of a lesson.
private struct RightLine: Sendable, CustomTestStringConvertible {
  var text: String
  var statement: Statement
  var testDescription: String { text }

  init(_ text: String, _ direction: Direction) {
    self.text = text
    statement = .direction(direction)
  }

  init(_ text: String, lesson line: LessonLine) {
    self.text = text
    statement = .lesson(line)
  }
}

private let right = [
  RightLine(
    #"key "r > C-o Enter""#,
    .key([.character("r"), .character(">"), .control("o"), .key(.enter)])),
  RightLine(
    #"key "16 r Space""#,
    .key([.character("1"), .character("6"), .character("r"), .character(" ")])),
  RightLine(#"type ":why pfn:1""#, .type(":why pfn:1")),
  RightLine("wait 2s", .wait(milliseconds: 2000)),
  RightLine("wait 1500ms", .wait(milliseconds: 1500)),
  RightLine("wait 0ms", .wait(milliseconds: 0)),
  RightLine(#"caption "a \"b\" ]]> c""#, .caption("a \"b\" ]]> c")),
  RightLine(#"presenter "ask ]]>""#, .presenter("ask ]]>")),
  RightLine("highlight pfn:0x10 8", .highlight(.frame(0x10), 8)),
  RightLine("highlight pfn:0x10", .highlight(.frame(0x10), 1)),
  RightLine("spotlight trace", .spotlight(.panel(.trace))),
  RightLine("spotlight off", .spotlight(.panel(.off))),
  RightLine("spotlight pfn:0x10 8", .spotlight(.pages(.frame(0x10), 8))),
  RightLine("hide", .hide), RightLine("show", .show),
  RightLine(#"lesson "T" "about""#, lesson: .title("T", about: "about")),
  RightLine(#"part "one""#, lesson: .part("one")),
  RightLine(#"task "do""#, lesson: .task("do", until: nil)),
  RightLine(
    #"task "do" until cpa_flush == 1"#,
    lesson: .task(
      "do", until: .binary(.equal, .reading(.counter(.cpaFlush)), .number(1)))),
  RightLine(#"story "t" "commit 1""#, lesson: .story("t", source: "commit 1")),
]

/// What is wrong with a line, or with the lesson that a text is.
private func trouble(_ text: String) -> String? {
  do throws(ParseError) {
    _ = try Lesson(try Scenario(parsing: text, file: "t"))
    return nil
  } catch {
    return error.description
  }
}

@Suite struct DirectionTests {
  @Test func `an area with the name of a panel is written so that it reads as an area`() throws {
    let name = try #require(Name("trace"))
    let direction = Direction.spotlight(.pages(.area(name, page: 0), 2))
    #expect(direction.scenarioText == "spotlight trace+0 2")
    #expect(
      try Parser(file: "t").statement(ofLine: direction.scenarioText)?.statement
        == .direction(direction))
  }

  @Test(arguments: right) private func `reads a line, and writes it so that it reads the same`(
    line: RightLine,
  ) throws {
    let parser = Parser(file: "t")
    #expect(try parser.statement(ofLine: line.text)?.statement == line.statement)
    let written = line.statement.scenarioText
    #expect(try parser.statement(ofLine: written)?.statement == line.statement)
  }

  @Test(arguments: [
    (
      #"key "r Bogus""#,
      "t:1:5: 'Bogus' is no key; write a character such as r, or a name such as Enter, Space, Esc, "
        + "Left, PageUp, F5 or C-o"
    ),
    (
      #"key "Resize:1x1""#,
      "t:1:5: 'Resize:1x1' is no key; write a character such as r, or a name such as Enter, Space, "
        + "Esc, Left, PageUp, F5 or C-o"
    ),
    (
      #"key """#,
      "t:1:5: expected keys between quotation marks, such as \"r > C-o Enter\", found '\"\"'"
    ),
    ("wait 5", "t:1:6: expected a time such as 2s or 1500ms, found '5'"),
    ("wait 5m", "t:1:6: expected a time such as 2s or 1500ms, found '5m'"),
    ("wait 601s", "t:1:6: '601s' is too large; the limit here is 600s"),
    (
      "wait 99999999999999999999s",
      "t:1:6: '99999999999999999999s' is too large; the limit here is 600s"
    ),
    (
      #"task "x" util 3"#,
      "t:1:10: expected until and an expression or the end of the line, found 'util'; did you mean "
        + "'until'?"
    ),
    (
      #"part "x""#,
      "t:1:1: the lesson has no title; begin with lesson \"TITLE\" \"WHAT IT IS ABOUT\""
    ),
    (
      "lesson \"x\" \"y\"\nstory \"a\" \"b\"",
      "t:1:1: the lesson has no part; write part \"HEADING\""
    ),
    (
      "lesson \"x\" \"y\"\npart \"a\"",
      "t:1:1: the lesson ends nowhere; add story \"TITLE\" \"ADDRESS OR COMMIT\""
    ),
    (
      "lesson \"x\" \"y\"\nlesson \"x\" \"y\"",
      "t:2:1: the lesson has a title already; say it once"
    ),
    (
      "lesson \"x\" \"y\"\nnote \"a\"\npart \"a\"",
      "t:2:1: a lesson does nothing before its first part; move this line after it"
    ),
    (
      "lesson \"x\" \"y\"\npart \"a\"\ntask \"b\"\ntask \"c\"",
      "t:4:1: the part has a task already; begin another part"
    ),
    (
      "lesson \"x\" \"y\"\npart \"a\"\ncaption \"b\"\nset_memory_ro pfn:1\ncaption \"c\"",
      "t:5:1: captions come first in a part; begin another part for this one"
    ),
  ]) func `says what is wrong, where, and the way out`(text: String, message: String) {
    #expect(trouble(text) == message)
  }

  @Test func `puts a lesson together`() throws {
    let text = """
      lesson "Title" "About it."
      machine teaching-4g
      part "One"
      caption "Look."
      part "Two"
      set_memory_ro pfn:0x140000
      task "Undo it." until cpa_flush > 1
      set_memory_rw pfn:0x140000
      story "Thread" "address"
      """
    let lesson = try #require(try Lesson(try Scenario(parsing: text, file: "t")))
    #expect(lesson.title == "Title" && lesson.about == "About it.")
    #expect(lesson.parts.map(\.heading) == ["One", "Two"])
    #expect(lesson.parts.map(\.statements.count) == [1, 1])
    #expect(lesson.parts.map(\.solution.count) == [0, 1])
    #expect(lesson.parts[1].task?.text == "Undo it.")
    #expect(lesson.stories.map(\.title) == ["Thread"])
    #expect(lesson.stories.map(\.source) == ["address"])
  }

  @Test func `a scenario without such lines is no lesson`() throws {
    #expect(try Lesson(try Scenario(parsing: "note \"x\"", file: "t")) == nil)
  }
}
