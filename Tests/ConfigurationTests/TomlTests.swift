import Testing

@testable import Configuration

struct TomlTests {
  private func document(_ text: String) -> TomlDocument { TomlDocument(Array(text.utf8)) }

  private func value(_ text: String) -> TomlValue? { document("a = \(text)").entries.first?.value }

  @Test(arguments: [
    (#""x y""#, TomlValue.string("x y")), ("'a\\n'", .string("a\\n")),
    (#""\t\"\\\u00e9\U0001F600\e""#, .string("\t\"\\\u{e9}\u{1f600}\u{1b}")),
    ("true", .boolean(true)),
    ("false # no", .boolean(false)), ("0", .integer(0)), ("-17", .integer(-17)),
    ("+1_000", .integer(1000)), ("0xff", .integer(255)), ("0o17", .integer(15)),
    ("0b101", .integer(5)), ("[]", .array([])),
    ("[1, \"b\", ]", .array([.integer(1), .string("b")])),
    ("[ # one\n 1\n,\n2 ]", .array([.integer(1), .integer(2)])), ("1.5", .other("1.5")),
    ("1979-05-27T07:32:00Z", .other("1979-05-27T07:32:00Z")), ("inf", .other("inf")),
  ])
  func `values are read as TOML says`(text: String, value: TomlValue) {
    #expect(self.value(text) == value)
    #expect(document("a = \(text)").errors.isEmpty)
  }

  @Test(arguments: [
    "light", "\"open", "'open", "\"\"\"a\"\"\"", "\"\\q\"", "\"\\ud800\"", "\"\\u12\"",
    "\"a\u{1}\"", "01",
    "0x", "0xg", "1__0", "99999999999999999999", "[1 2]", "[1", "{ a }", "{ a = 1", "", "1 2",
    "= 1",
    "[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]", "?",
  ])
  func `what is no value is told with its line, and the rest is read`(text: String) {
    let document = document("# one\na = \(text)\nb = 2\n")
    #expect(document.errors.count == 1)
    #expect(document.errors.first?.line == 2 || text == "[1")
    #expect(
      document.entries.contains { $0.path == ["b"] && $0.value == .integer(2) && $0.line == 3 })
  }

  @Test func `tables, dots, quotes and inline tables make whole names`() {
    let document = document(
      """
      top = 1
      [ a . "b c" ]
      d.e = 2
      'f' = { g = 3, h.i = 4 }
      [a] # again, but not the same
      """)
    #expect(document.errors.isEmpty)
    #expect(
      document.entries.map(\.path) == [
        ["top"], ["a", "b c", "d", "e"], ["a", "b c", "f", "g"], ["a", "b c", "f", "h", "i"],
      ])
    #expect(document.entries.map(\.line) == [1, 3, 4, 4])
    #expect(document.tables.map(\.path) == [["a", "b c"], ["a"]])
  }

  @Test func `what is said twice is told with both lines, and the first counts`() {
    let document = document("[a]\nx = 1\nx = 2\n[b]\n[a]\ny = 3\n")
    #expect(document.entries.map(\.path) == [["a", "x"], ["a", "y"]])
    #expect(document.entries.first?.value == .integer(1))
    #expect(document.errors.map(\.line) == [3, 5])
    #expect(document.errors[0].wayOut.contains("line 2"))
    #expect(document.errors[1].wayOut.contains("line 1"))
  }

  @Test func `a broken list costs its own lines only`() {
    let document = document("a = [\"x\",\n  ??, \"y\",\n]\nb = 1\nc = [\n\"z\"\n[d]\ne = 2\n")
    #expect(document.errors.map(\.line) == [2, 7])
    #expect(document.entries.map(\.path) == [["b"], ["d", "e"]])
  }

  @Test func `lines that are no UTF-8 are left out`() {
    let bytes = Array("a = 1\nb = \"".utf8) + [0xff, 0xc0] + Array("\"\nc = 3\n".utf8)
    let document = TomlDocument(bytes)
    #expect(document.errors.map(\.line) == [2])
    #expect(document.entries.map(\.path) == [["a"], ["c"]])
  }

  @Test func `lines may end as on other systems, and the last one need not`() {
    let document = document("a = 1\r\n[b]\r\nc = [1,\r\n2]\r\n# end")
    #expect(document.errors.isEmpty)
    #expect(document.entries.count == 2)
  }

  @Test func `every text reads as it was quoted`() {
    for text in ["", "a", "\"\\\"", "\u{1}\u{7f}\t\n\r", "é😀", "#[]{}=,'"] {
      #expect(value(TomlValue.quoted(text)) == .string(text))
    }
  }
}
