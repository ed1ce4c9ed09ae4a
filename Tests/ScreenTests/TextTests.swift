import Screen
import Testing

struct TextTests {
  private func row(_ text: String, width: Int = 8, glyphs: Glyphs = .unicode) -> Canvas {
    var canvas = Canvas(Size(width: width, height: 1), glyphs: glyphs)
    canvas.put(text, x: 0, y: 0)
    return canvas
  }

  @Test func `a wide character takes two columns`() {
    let canvas = row("a漢b")
    #expect(canvas[1, 0].columns == 2)
    #expect(canvas[2, 0].isRightHalf)
    #expect(canvas[3, 0].scalar == "b")
    #expect(canvas.rowText(0) == "a漢b    ")
    #expect(TextWidth.columns("a漢b") == 4)
  }

  @Test func `a wide character that does not fit becomes a space`() {
    #expect(row("abc漢", width: 4).rowText(0) == "abc ")
    var canvas = Canvas(Size(width: 4, height: 1))
    canvas.put("漢b", x: -1, y: 0)
    #expect(canvas.rowText(0) == " b  ")
  }

  @Test func `a combining mark goes onto the character before it`() {
    let canvas = row("e\u{301}x")
    #expect(canvas[0, 0].scalar == "e")
    #expect(canvas[0, 0].combining == "\u{301}")
    #expect(canvas[1, 0].scalar == "x")
    #expect(row("\u{301}x").rowText(0) == "x       ")
    #expect(row("漢\u{301}x")[0, 0].combining == "\u{301}")
  }

  @Test func `only the first mark of a character is kept`() {
    #expect(row("e\u{301}\u{302}x").rowText(0) == "e\u{301}x      ")
  }

  @Test func `no control character reaches a cell`() {
    let controls = (0...0x9F as ClosedRange<UInt32>).compactMap(Unicode.Scalar.init)
      .filter { $0.value < 0x20 || $0.value >= 0x7F }
    for control in controls + ["\u{2028}", "\u{2029}"] {
      let canvas = row("a\(control)b")
      let isSpace = ["\t", "\n", "\r"].contains(control)
      #expect(canvas.rowText(0) == (isSpace ? "a b     " : "a?b     "))
      #expect(Cell(control, ink: .text).scalar == (isSpace ? " " : "?"))
    }
    #expect(row("\u{1B}[31mX").rowText(0) == "?[31mX  ")
    #expect(row("a\r\nb").rowText(0) == "a  b    ")
  }

  @Test func `what cannot be seen shows as a stand-in, and is never sent`() {
    let hidden: [Unicode.Scalar] = [
      "\u{AD}", "\u{34F}", "\u{61C}", "\u{115F}", "\u{1160}", "\u{200B}", "\u{200D}", "\u{200E}",
      "\u{202E}", "\u{2060}", "\u{2066}", "\u{3164}", "\u{FEFF}", "\u{FFA0}", "\u{E0041}",
    ]
    for scalar in hidden {
      #expect(row("a\(scalar)b").rowText(0) == "a?b     ", "\(scalar.shownCode)")
      #expect(TextWidth.columns("a\(scalar)b") == 3, "\(scalar.shownCode)")
    }
    // A selector of a look belongs to what stands before it.
    #expect(row("a\u{FE0F}b").rowText(0) == "ab      ")
  }

  @Test func `a cell of its own is one column wide`() {
    #expect(Cell("漢", ink: .text).scalar == "?")
    #expect(Cell("\u{301}", ink: .text).scalar == "?")
    #expect(Cell("█", ink: .text).scalar == "█")
  }

  @Test func `text too long for its area ends in an ellipsis`() {
    let texts = [1: "…", 2: "a…", 4: "abc…", 6: "abcdef", 8: "abcdef  "]
    for (width, expected) in texts.sorted(by: { $0.key < $1.key }) {
      var canvas = Canvas(Size(width: width, height: 1))
      canvas.put("abcdef", in: canvas.bounds)
      #expect(canvas.rowText(0) == expected)
    }
    var canvas = Canvas(Size(width: 4, height: 1))
    canvas.put("a漢字", in: canvas.bounds)
    #expect(canvas.rowText(0) == "a漢…")
    canvas = Canvas(Size(width: 4, height: 1), glyphs: .ascii)
    canvas.put("abcdef", in: canvas.bounds)
    #expect(canvas.rowText(0) == "abc~")
  }

  @Test func `text stands where its alignment says`() {
    let rows: [(Alignment, String)] = [
      (.leading, "ab     "), (.center, "  ab   "), (.trailing, "     ab"),
    ]
    for (alignment, expected) in rows {
      var canvas = Canvas(Size(width: 7, height: 1))
      canvas.put("ab", in: canvas.bounds, alignment: alignment)
      #expect(canvas.rowText(0) == expected)
    }
  }

  @Test func `putting text returns the column after it, seen or not`() {
    var canvas = Canvas(Size(width: 4, height: 1))
    #expect(canvas.put("a漢b", x: 1, y: 0) == 5)
    #expect(canvas.put("a漢b", x: -9, y: 0) == -5)
    #expect(canvas.put("a漢b", x: 1, y: 7) == 5)
    #expect(canvas.put("a漢b", x: 90, y: 0) == 94)
  }

  @Test func `an ASCII canvas holds nothing else and keeps its columns`() {
    let canvas = row("é→漢…█x", width: 8, glyphs: .ascii)
    #expect(canvas.cells.allSatisfy { $0.scalar.isASCII && $0.combining == nil })
    #expect(canvas.rowText(0) == "?>? ~#x ")
  }

  @Test func `every glyph is one column wide in both sets`() {
    for glyph in Glyph.allCases {
      #expect(TextWidth.columns(glyph.unicode) == 1)
      #expect(glyph.ascii.isASCII)
      #expect(Glyphs.ascii(for: glyph.unicode) == glyph.ascii)
    }
    #expect(Glyphs.bar(eighths: 0) == nil)
    #expect(
      (1...9).compactMap { Glyphs.bar(eighths: $0)?.unicode }.map(String.init).joined()
        == "▏▎▍▌▋▊▉██")
  }
}
