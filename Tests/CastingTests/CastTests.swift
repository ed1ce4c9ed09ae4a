import Casting
import Foundation
import Screen
import TestSupport
import Testing

@Suite struct CastTests {
  /// An event of a cast, read by the JSON of Foundation.
  struct Event {
    var time: Double
    var code: String
    var data: String
  }

  /// The header and the events.
  static func read(_ text: String) throws -> (header: [String: Any], events: [Event]) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.last == "", "the last line ends too")
    let objects = try lines.dropLast().map {
      try JSONSerialization.jsonObject(with: Data($0.utf8))
    }
    let header = try #require(objects.first as? [String: Any])
    let events = try objects.dropFirst().map { object in
      let array = try #require(object as? [Any])
      #expect(array.count == 3)
      return Event(
        time: try #require(array[0] as? NSNumber).doubleValue,
        code: try #require(array[1] as? String), data: try #require(array[2] as? String))
    }
    return (header, events)
  }

  private static let size = Size(width: 24, height: 5)

  /// Characters of every kind, including escape sequences.
  private static let rubbish: [Unicode.Scalar] = [
    "a", "Z", " ", " ", "\u{1b}", "[", "2", "J", "\u{7}", "\u{9b}", "\n", "\r", "\t", "\0",
    "\u{7f}",
    "\"", "\\", "漢", "字", "한", "é", "\u{301}", "\u{20dd}", "█", "▒", "╭", "\u{200b}", "\u{202e}",
    "\u{fe0f}", "\u{2028}", "\u{fffe}", "\u{e0001}", "🙂", "\u{ad}", "<", "&", "]", ">", "'",
  ]

  /// Writes garbage somewhere.
  private static func scribble(_ canvas: inout Canvas, _ random: inout SeededGenerator) {
    for _ in 0...random.next(below: 6) {
      var text = ""
      for _ in 0...random.next(below: 12) { text.unicodeScalars.append(random.pick(rubbish)) }
      let modifiers = Modifiers(rawValue: random.oneIn(3) ? UInt8(random.next(below: 64)) : 0)
      canvas.put(
        text, x: Int(random.next(below: 26)) - 2, y: Int(random.next(below: 6)),
        ink: random.pick(Ink.allCases), modifiers: modifiers)
    }
    if random.oneIn(4) {
      canvas.fill(Rect(x: Int(random.next(below: 24)), y: 0, width: 24, height: 5))
    }
    canvas.cursor = random.oneIn(3) ? Point(x: Int(random.next(below: 24)), y: 2) : nil
  }

  /// What a terminal should show of a canvas.
  private static func expected(
    _ canvas: Canvas, _ theme: Theme, _ depth: ColorDepth,
  ) -> [[MiniTerminal.Cell]] {
    (0..<canvas.size.height).map { y in
      (0..<canvas.size.width).map { x in
        let cell = canvas[x, y]
        var text = cell.isRightHalf ? "" : String(cell.scalar)
        if let mark = cell.combining { text.unicodeScalars.append(mark) }
        let style = theme.style(cell.ink, cell.modifiers).resolved(for: depth)
        return MiniTerminal.Cell(text: text, style: style)
      }
    }
  }

  /// A cell as a reader sees it: the ink of a space is invisible, unless it is underlined or
  /// reversed.
  private static func seen(_ cell: MiniTerminal.Cell) -> MiniTerminal.Cell {
    var cell = cell
    guard cell.text == " ", cell.style.attributes.isDisjoint(with: [.reverse, .underline]) else {
      return cell
    }
    cell.style.attributes = []
    cell.style.foreground = nil
    return cell
  }

  @Test(arguments: 0..<48)
  func `a terminal that knows few orders shows every picture`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var options = FilmSettings()
    options.depth = random.pick(ColorDepth.allCases)
    options.castVersion = random.pick(CastVersion.allCases)
    var recorder = CastRecorder(options)
    var canvas = Canvas(Self.size)
    var terminal = MiniTerminal(Self.size)
    var theme = Theme.dark
    for picture in 0..<12 {
      if random.oneIn(6) { theme = random.pick(Theme.all) }
      if picture > 0, random.oneIn(8) {
        canvas = Canvas(Size(width: 20 + Int(random.next(below: 8)), height: 5))
      }
      Self.scribble(&canvas, &random)
      let piece = recorder.show(canvas, theme: theme, at: picture * 10)
      let events = try Self.read(picture == 0 ? piece : "{}\n" + piece).events
      for event in events where event.code == "r" {
        terminal.resize(try #require(Size(event.data)))
      }
      for event in events where event.code == "o" { try terminal.feed(event.data) }
      let wanted = Self.expected(canvas, theme, options.depth)
      let (seen, meant) = (
        terminal.rows.map { $0.map(Self.seen) }, wanted.map { $0.map(Self.seen) }
      )
      let wrong = (0..<canvas.size.height).first { seen[$0] != meant[$0] }
      let rows = wrong.map { y in
        zip(seen[y], meant[y]).enumerated().filter { $1.0 != $1.1 }.prefix(3).map {
          "column \($0): \($1.0) is not \($1.1)"
        }
      }
      #expect(wrong == nil, "seed \(seed), picture \(picture), \(rows ?? [])")
      #expect(terminal.isPlain)
      #expect(terminal.cursorIsSeen == (canvas.cursor != nil))
      if let cursor = canvas.cursor { #expect(Point(x: terminal.x, y: terminal.y) == cursor) }
      guard wrong == nil else { return }
    }
    try terminal.feed(Self.read("{}\n" + recorder.ending(at: 200)).events[0].data)
    #expect(terminal.cursorIsSeen && terminal.isPlain)
  }

  @Test func `titles and sentences come back as they are, without orders to terminals`() throws {
    let text = "a \"b\" \\ ]]> <c> 漢 e\u{301}\u{1b}[2J\u{9b}5n\u{7}\nnext\u{202e}\u{2028}"
    var options = FilmSettings()
    options.title = text
    options.isRemade = true
    for version in CastVersion.allCases {
      options.castVersion = version
      var recorder = CastRecorder(options)
      let piece = recorder.show(
        Canvas(Self.size), theme: .dark, at: 0, sentences: [text, "second"])
      let (header, events) = try Self.read(piece)
      let plain = "a \"b\" \\ ]]> <c> 漢 e\u{301}?[2J?5n? next??"
      #expect(header["title"] as? String == plain)
      #expect(header["command"] as? String == "directmap record")
      #expect(events.filter { $0.code == "m" }.map(\.data) == [plain, "second"])
      #expect(!piece.dropFirst().contains("\u{1b}"))
    }
  }

  @Test func `version 3 counts from the event before, and does not drift`() throws {
    var options = FilmSettings()
    options.castVersion = .v3
    // A third of the speed: no time is a whole number of milliseconds.
    options.pace.speedPercent = 300
    var recorder = FilmFormat.cast.recorder(options)
    var text = ""
    var canvas = Canvas(Self.size)
    for step in 0...300 {
      canvas.put("\(step)", x: 0, y: 0)
      text += recorder.show(canvas, theme: .dark, at: step * 100)
    }
    let (header, events) = try Self.read(text + recorder.ending(at: 31_000))
    let term = try #require(header["term"] as? [String: Any])
    #expect(term["cols"] as? Int == 24 && term["rows"] as? Int == 5)
    #expect(header["version"] as? Int == 3 && header["width"] == nil)
    let shown = events.filter { $0.code == "o" }.dropLast().reduce(0) { $0 + $1.time }
    #expect(abs(shown - 10) < 0.0005)
    #expect(Set(events.dropFirst().prefix(300).map(\.time)) == [0.033, 0.034])
    #expect(events.last?.code == "x" && events.last?.data == "0")
  }

  @Test func `another size is an event, and the picture is whole again`() throws {
    var recorder = CastRecorder(FilmSettings())
    var canvas = Canvas(Self.size)
    canvas.put("hello", x: 0, y: 0)
    var text = recorder.show(canvas, theme: .dark, at: 0)
    canvas = Canvas(Size(width: 30, height: 6))
    canvas.put("hello", x: 0, y: 0)
    text += recorder.show(canvas, theme: .dark, at: 500)
    let events = try Self.read(text).events
    #expect(events.map(\.code) == ["o", "r", "o"])
    #expect(events[1].data == "30x6" && events[1].time == 0.5)
    #expect(events[2].data.contains("\u{1b}[2J") && events[2].data.contains("hello"))
  }

  @Test func `the header says the idle limit and the time where they are given`() throws {
    var options = FilmSettings()
    options.timestamp = 1_700_000_000
    options.pace.idleLimitMilliseconds = 1500
    var recorder = CastRecorder(options)
    let header = try Self.read(recorder.show(Canvas(Self.size), theme: .light, at: 0)).header
    #expect(header["timestamp"] as? Int == 1_700_000_000)
    #expect(header["idle_time_limit"] as? Double == 1.5)
    #expect((header["env"] as? [String: String])?["TERM"] == "xterm-256color")
    let theme = try #require(header["theme"] as? [String: String])
    #expect(theme["bg"] == "#ffffff")
    #expect(theme["palette"]?.split(separator: ":").count == 16)
  }
}
