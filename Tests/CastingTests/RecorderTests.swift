import Casting
import Screen
import Testing

@Suite struct RecorderTests {
  /// A canvas of one row.
  private func row(_ text: String, width: Int = 12) -> Canvas {
    var canvas = Canvas(Size(width: width, height: 1))
    canvas.put(text, x: 0, y: 0)
    return canvas
  }

  /// The file that a recorder makes of rows, each a second later.
  private func file(
    _ format: FilmFormat, _ rows: [String], _ options: FilmSettings = FilmSettings(),
    every milliseconds: Int = 1000,
  ) -> String {
    var recorder = format.recorder(options)
    var file = ""
    for (index, text) in rows.enumerated() {
      file += recorder.show(row(text), theme: .dark, at: index * milliseconds)
    }
    return file + recorder.ending(at: rows.count * milliseconds)
  }

  @Test func `a cast has what differs, and ends with the cursor seen`() {
    let lines = file(.cast, ["one two", "one six", "one six"]).split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("{\"version\": 2, \"width\": 12, \"height\": 1, \"env\""))
    let clear = "\\u001b[0m\\u001b[?25l\\u001b[H\\u001b[2J"
    #expect(lines[1] == "[0.000, \"o\", \"\(clear)\\u001b[1;1Hone two\"]")
    #expect(lines[2] == "[1.000, \"o\", \"\\u001b[1;5Hsix\"]")
    #expect(lines[3] == "[3.000, \"o\", \"\\u001b[0m\\u001b[1;1H\\u001b[?25h\"]")
  }

  @Test func `a text has numbers, times, sentences and what is seen`() {
    var options = FilmSettings()
    options.title = "A title\u{1b}[2J"
    var recorder = FilmFormat.txt.recorder(options)
    var text = recorder.show(row("one  "), theme: .dark, at: 0)
    text += recorder.show(row("one"), theme: .dark, at: 10)
    text += recorder.show(row("漢 é"), theme: .dark, at: 1500, sentences: ["It\nsplits.\u{7}"])
    text += recorder.ending(at: 2000)
    #expect(
      text == """
        A title?[2J

        --- 1  0.000 s  12x1 ---------------------------------------
        one
        --- 2  1.500 s ---------------------------------------------
        * It splits.?
        漢 é
        --- end  2.000 s ---

        """)
  }

  @Test(arguments: FilmFormat.allCases)
  func `the same pictures give the same bytes, and each piece leaves a whole file`(
    format: FilmFormat,
  ) {
    let rows = ["a", "ab", "abc", "x"]
    #expect(file(format, rows) == file(format, rows))
    var recorder = format.recorder(FilmSettings())
    var pieces = ""
    for (index, text) in rows.enumerated() {
      pieces += recorder.show(row(text), theme: .dark, at: index * 1000)
      let whole = pieces + recorder.ending(at: index * 1000 + 1000)
      #expect(whole == file(format, Array(rows.prefix(index + 1))))
    }
  }

  @Test func `the format is the ending of the name`() {
    #expect(FilmFormat(endingOf: "a/b.cast") == .cast)
    #expect(FilmFormat(endingOf: "b.x.SVG") == .svg)
    #expect(FilmFormat(endingOf: "b.txt") == .txt)
    for name in ["cast", "b.gif", "", "b.", "svg/b"] {
      #expect(FilmFormat(endingOf: name) == nil)
    }
  }

  @Test func `speed and idle limit count in the time of the file`() {
    var options = FilmSettings()
    options.pace.speedPercent = 200
    options.pace.idleLimitMilliseconds = 300
    let times = file(.txt, ["a", "b", "c"], options).split(separator: "\n").filter {
      $0.hasPrefix("---")
    }.map { $0.split(separator: " ").dropFirst(2).first ?? "" }
    #expect(times == ["0.000", "0.300", "0.600", "0.900"])
    options.pace.idleLimitMilliseconds = nil
    #expect(file(.txt, ["a", "b"], options).contains("--- 2  0.500 s"))
    // Time that goes back stands still.
    var recorder = FilmFormat.txt.recorder(FilmSettings())
    _ = recorder.show(row("a"), theme: .dark, at: 1000)
    #expect(recorder.show(row("b"), theme: .dark, at: 10).contains("--- 2  1.000 s"))
  }

  @Test func `of pictures that are seen too short the last is kept, with all sentences`() {
    var options = FilmSettings()
    options.pace.frameMinMilliseconds = 20
    var recorder = FilmFormat.txt.recorder(options)
    var text = ""
    for (time, word) in [(0, "a"), (5, "b"), (19, "c"), (20, "d"), (100, "e")] {
      text += recorder.show(row(word), theme: .dark, at: time, sentences: [word])
    }
    text += recorder.ending(at: 100)
    let lines = text.split(separator: "\n").filter { !$0.hasPrefix("---") }
    #expect(lines == ["* a", "* b", "* c", "c", "* d", "d", "* e", "e"])
    #expect(text.contains("--- end  0.120 s"))
  }

  @Test(arguments: FilmFormat.allCases)
  func `a file tells whether it can be made again, whatever its title`(format: FilmFormat) {
    for title in ["demo", String(repeating: "<!-- ", count: 400), "directmap record", ""] {
      var options = FilmSettings()
      options.title = title
      // What somebody recorded live says nothing.
      let live = file(format, ["a", "b"], options)
      #expect(!FilmFormat.isRemade(beginning: Array(live.utf8)))
      options.isRemade = true
      let made = file(format, ["a", "b"], options)
      #expect(FilmFormat.isRemade(beginning: Array(made.utf8).prefix(FilmFormat.markLength)))
      #expect(!FilmFormat.isRemade(beginning: Array(" \(made)".utf8)))
    }
    #expect(!FilmFormat.isRemade(beginning: []))
  }

  @Test func `a still is one picture, by number, by time, or the last`() {
    let rows = ["a", "b", "c"]
    func still(_ choice: StillChoice?) -> String {
      var options = FilmSettings()
      options.still = choice
      return file(.txt, rows, options)
    }
    #expect(still(.number(2)).hasPrefix("--- 1  0.000 s  12x1"))
    #expect(still(.number(2)).contains("\nb\n"))
    #expect(still(.time(1999)) == still(.number(2)))
    #expect(still(.last) == still(.number(3)))
    #expect(still(.number(4)) == "")
    #expect(StillChoice("12") == .number(12) && StillChoice("4.5s") == .time(4500))
    #expect(StillChoice("last") == .last)
    for text in ["", "0", "-1", "s", "nans", "1e9s", "x", "4.5"] {
      #expect(StillChoice(text) == nil, "\(text)")
    }
  }
}
