import Configuration
import Keys
import Screen
import TestSupport
import Testing

struct RoundTripTests {
  private func withoutOrigins(_ configuration: Configuration) -> String {
    configuration.text.split(separator: "\n").map { line in
      String(line.prefix { $0 != "#" }).reversed().drop { $0 == " " }.reversed()
    }.map { String($0) }.joined(separator: "\n")
  }

  private func expectRoundTrip(_ configuration: Configuration) {
    let (again, problems) = Configuration.read(Array(configuration.text.utf8), file: "again.toml")
    #expect(problems.isEmpty, "\(problems)")
    #expect(again.keymap == configuration.keymap)
    #expect(again.viewOptions == configuration.viewOptions)
    #expect(again.colors.value == configuration.colors.value)
    #expect(again.glyphs.value == configuration.glyphs.value)
    #expect(again.letters.value == configuration.letters.value)
    #expect(again.speed.value == configuration.speed.value)
    #expect(again.themes.map(\.changes) == configuration.themes.map(\.changes))
    #expect(withoutOrigins(again) == withoutOrigins(configuration))
  }

  @Test func `what is printed reads as it was`() {
    expectRoundTrip(Configuration())
    let text = """
      [screen]
      theme = "my own"
      letters = false
      mouse = true
      [keys]
      next-event = ["\\"", "\\\\", "é", "Space", "C-]"]
      leave = []
      set_memory_ro = "w"
      [themes."my own"]
      base = "terminal"
      text = "#808080"
      hole = { ink = "default", paper8 = 3, dim = true, bold = false }
      """
    let (configuration, problems) = Configuration.read(Array(text.utf8), file: "a\n#b.toml")
    #expect(problems.isEmpty, "\(problems)")
    expectRoundTrip(configuration)
  }

  @Test(arguments: 1...20)
  func `a damaged file never stops the reader, and what is left can be printed`(seed: Int) {
    var random = SeededGenerator(seed: UInt64(seed))
    let whole = Array(Configuration().text.utf8)
    for _ in 0..<15 {
      var bytes = whole
      for _ in 0...Int.random(in: 0...6, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2:
          let sign = Array("\"'[]{}=,#\\\n.".utf8).randomElement(using: &random) ?? 0x22
          bytes.insert(sign, at: place)
        default: bytes.removeLast(min(bytes.count - 1, Int.random(in: 0...900, using: &random)))
        }
      }
      let (configuration, problems) = Configuration.read(bytes, file: "c.toml")
      for problem in problems {
        #expect((problem.line ?? 0) >= 1)
        #expect(!problem.reason.isEmpty && !problem.wayOut.isEmpty)
      }
      #expect(configuration.keymap.hasWayOut)
      expectRoundTrip(configuration)
    }
  }

  @Test func `a long file of openings is read in one pass`() {
    for piece in ["a = [\n", "[a\n", "x = [[[[[[[[\n", "\"\n", "a = {b = [\n", "[t.a.b]\n"] {
      let text = String(repeating: piece, count: 20_000)
      #expect(!Configuration.read(Array(text.utf8), file: "c").problems.isEmpty)
    }
  }
}
