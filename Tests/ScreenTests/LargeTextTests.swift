import Testing

@testable import Screen

/// Large letters: every character has one of its own, and lines are measured as they are drawn.
@Suite struct LargeTextTests {
  private static let scales = [
    LargeText.Scale(halfColumns: 1, halfRows: 1), LargeText.Scale(halfColumns: 2, halfRows: 1),
    LargeText.Scale(halfColumns: 4, halfRows: 2), LargeText.Scale(halfColumns: 3, halfRows: 5),
  ]

  @Test func `every printable character of ASCII has a letter of its own`() {
    var seen: [LargeFont.Letter: Unicode.Scalar] = [:]
    for value in 0x21...0x7E {
      let scalar = Unicode.Scalar(UInt8(value))
      guard let letter = LargeFont.letter(scalar) else {
        Issue.record("no letter for \(scalar)")
        continue
      }
      #expect((1...5).contains(letter.columns.count), "\(scalar)")
      #expect(seen[letter] == nil, "\(scalar) looks like \(seen[letter].map(String.init) ?? "")")
      seen[letter] = scalar
    }
    #expect(LargeFont.letters.count == 0x7E - 0x20)
  }

  @Test func `a capital and digits use no row below the line, and reach the top`() {
    for scalar in "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".unicodeScalars {
      let bits = LargeFont.letter(scalar)?.columns.reduce(0, |) ?? 0
      #expect(bits == 0x7F, "\(scalar)")
    }
  }

  @Test(arguments: scales, [Glyphs.unicode, .ascii])
  func `a line is as wide and as high as it says, dot by dot`(
    scale: LargeText.Scale, glyphs: Glyphs,
  ) throws {
    let text = "Why (4K)? 100%"
    let columns = try #require(LargeText.columns(text, scale, glyphs))
    let rows = LargeText.rows(scale, glyphs)
    var canvas = Canvas(Size(width: columns + 4, height: rows + 2), glyphs: glyphs)
    let isPut = canvas.put(large: text, x: 2, y: 1, scale, ink: .title)
    #expect(isPut)
    let shown = scale.shown(with: glyphs)
    var dots: [UInt8] = []
    for column in 0..<(columns * 2 / shown.halfColumns) {
      var bits: UInt8 = 0
      for row in 0..<LargeFont.rows {
        // The upper left quarter of the dot.
        let (x, y) = (column * shown.halfColumns, row * shown.halfRows)
        let scalar = canvas[2 + x / 2, 1 + y / 2].scalar
        let quarters: Quarters = scalar == "#" ? .all : Quarters(scalar) ?? []
        if quarters.contains(Quarters.inOrder[x % 2 + y % 2 * 2]) { bits |= 1 << row }
      }
      dots.append(bits)
    }
    let wanted = try #require(LargeText.dots(text))
    #expect(Array(dots.prefix(wanted.count)) == wanted)
    #expect(dots.dropFirst(wanted.count).allSatisfy { $0 == 0 })
    for y in 0..<canvas.size.height {
      for x in 0..<canvas.size.width where canvas[x, y].scalar != " " {
        #expect((2..<2 + columns).contains(x) && (1..<1 + rows).contains(y), "\(x), \(y)")
        if glyphs == .ascii { #expect(canvas[x, y].scalar == "#") }
      }
    }
  }

  @Test func `lines break at spaces, are even, and hold every word`() throws {
    let text = "One page of kernel code turns read-only. What must change?"
    for width in [30, 40, 60, 100, 200] {
      let lines = try #require(LargeText.lines(text, width: width, Self.scales[0], .unicode))
      let even = try #require(LargeText.evenLines(text, width: width, Self.scales[0], .unicode))
      #expect(even.count == lines.count && even.joined(separator: " ") == text)
      for line in lines + even {
        #expect(try #require(LargeText.columns(line, Self.scales[0], .unicode)) <= width)
      }
    }
  }

  @Test func `what cannot be shown is told`() {
    #expect(LargeText.lines("ein Größer", width: 100, Self.scales[0], .unicode) == nil)
    #expect(LargeText.lines("unbreakable", width: 20, Self.scales[0], .unicode) == nil)
    #expect(LargeText.evenLines("", width: 0, Self.scales[0], .unicode) == [])
    // Typographic quotation marks and dashes are those of ASCII.
    let typographic = LargeText.dots("\u{201C}so\u{201D} \u{2013} it\u{2019}s\u{2026}")
    #expect(typographic == LargeText.dots("\"so\" - it's..."))
    #expect(typographic != nil)
    var canvas = Canvas(Size(width: 40, height: 8))
    let isPut = canvas.put(large: "ö", x: 0, y: 0, Self.scales[0])
    #expect(!isPut)
    #expect(canvas == Canvas(Size(width: 40, height: 8)))
  }

  @Test func `each set of quarters has a block, and each block its set`() {
    for bits in 1...15 {
      let quarters = Quarters(rawValue: UInt8(bits))
      #expect(Quarters(quarters.character) == quarters)
      #expect(TextWidth.columns(quarters.character) == 1)
    }
    #expect(Quarters(" ") == nil && Quarters("x") == nil)
  }
}

extension Quarters {
  fileprivate static let all = Quarters(rawValue: 15)
}
