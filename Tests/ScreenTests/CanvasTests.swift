import Screen
import TestSupport
import Testing

struct CanvasTests {
  /// Draws everything that can be drawn, around and across the edges.
  private func scribble(_ canvas: inout Canvas, x: Int, y: Int) {
    canvas.put("ab漢字e\u{301}z", x: x, y: y, ink: .title)
    canvas.put("far too long a text", in: Rect(x: x, y: y + 1, width: 7, height: 2), row: 1)
    canvas.fill(Rect(x: x - 1, y: y, width: 5, height: 3), with: Cell("%", ink: .dim))
    canvas.box(Rect(x: x, y: y, width: 6, height: 4), title: "漢")
    canvas.horizontalRun(x: x, y: y, count: 9)
    canvas.bar(x: x, y: y, width: 5, part: 1, of: 3, ink: .bar4K)
    canvas.restyle(Rect(x: x, y: y, width: 3, height: 3), ink: .error, adding: .flash)
    canvas.draw(Canvas(Size(width: 3, height: 2)), x: x, y: y)
    canvas.put("漢", x: x, y: y)
  }

  /// Every right half follows a wide character, and every wide character has its half.
  private func hasWholeCharacters(_ canvas: Canvas) -> Bool {
    for y in 0..<canvas.size.height {
      for x in 0..<canvas.size.width {
        let isWide = canvas[x, y].columns == 2
        guard isWide == canvas[x + 1, y].isRightHalf else { return false }
      }
      guard !canvas[0, y].isRightHalf else { return false }
    }
    return true
  }

  @Test func `drawing outside a clip changes nothing there`() {
    let clip = Rect(x: 3, y: 2, width: 4, height: 3)
    for y in -6...9 {
      for x in -12...14 {
        var canvas = Canvas(Size(width: 11, height: 7))
        canvas.clipped(to: clip) { scribble(&$0, x: x, y: y) }
        for row in 0..<7 {
          for column in 0..<11 where !clip.contains(Point(x: column, y: row)) {
            #expect(canvas[column, row].isBlank)
          }
        }
      }
    }
  }

  @Test func `nothing drawn anywhere leaves half a wide character`() {
    for y in -4...6 {
      for x in -12...14 {
        var canvas = Canvas(Size(width: 11, height: 5))
        for row in 0..<5 { canvas.put("漢字漢字漢", x: row % 2, y: row) }
        scribble(&canvas, x: x, y: y)
        #expect(hasWholeCharacters(canvas), "at \(x), \(y)")
      }
    }
  }

  @Test func `a canvas of any size can be drawn on`() {
    for height in 0...3 {
      for width in 0...8 {
        var canvas = Canvas(Size(width: width, height: height))
        scribble(&canvas, x: 0, y: 0)
        canvas.box(canvas.bounds, title: "title")
        #expect(canvas.cells.count == width * height)
      }
    }
  }

  @Test func `clips nest and end with their closures`() {
    var canvas = Canvas(Size(width: 6, height: 1))
    canvas.clipped(to: Rect(x: 1, y: 0, width: 4, height: 1)) { canvas in
      canvas.clipped(to: Rect(x: 0, y: 0, width: 3, height: 1)) { canvas in
        _ = canvas.put("abcdef", x: 0, y: 0)
      }
    }
    #expect(canvas.rowText(0) == " bc   ")
    canvas.put("abcdef", x: 0, y: 0)
    #expect(canvas.rowText(0) == "abcdef")
  }

  @Test func `a copy keeps what was on it`() {
    var canvas = Canvas(Size(width: 3, height: 1))
    canvas.put("abc", x: 0, y: 0)
    let copy = canvas
    canvas.put("xyz", x: 0, y: 0)
    #expect(copy.rowText(0) == "abc")
    #expect(!canvas.rowEquals(copy, 0))
  }

  @Test func `a canvas laid over another covers what is below`() {
    var below = Canvas(Size(width: 6, height: 2))
    below.put("漢字漢", x: 0, y: 0)
    var above = Canvas(Size(width: 4, height: 1))
    above.put("漢字", x: 0, y: 0)
    below.draw(above, x: 1, y: 0)
    #expect(below.rowText(0) == " 漢字 ")
    below.clipped(to: Rect(x: 2, y: 1, width: 2, height: 1)) { $0.draw(above, x: 1, y: 1) }
    #expect(below.rowText(1) == "      ")
  }

  @Test func `a cell is twelve bytes`() {
    #expect(MemoryLayout<Cell>.size == 12)
    #expect(MemoryLayout<Cell>.stride == 12)
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `boxes, runs and bars look as recorded`(_ glyphs: Glyphs) {
    var canvas = Canvas(Size(width: 40, height: 9), glyphs: glyphs)
    let inside = canvas.box(Rect(x: 0, y: 0, width: 24, height: 9), title: "1G  slots 0-511")
    #expect(inside == Rect(x: 1, y: 1, width: 22, height: 7))
    canvas.box(Rect(x: 25, y: 0, width: 8, height: 4), title: "far too long", ink: .borderActive)
    canvas.box(Rect(x: 34, y: 0, width: 4, height: 4), title: "x")
    canvas.box(Rect(x: 38, y: 0, width: 2, height: 2))
    for (row, part) in [0, 1, 3, 50, 99, 100, 900].enumerated() {
      canvas.bar(
        x: inside.x, y: inside.y + row, width: 22, part: UInt64(part), of: 100, ink: .bar2M)
    }
    for (index, ink) in Ink.permissionClasses.enumerated() {
      canvas.put(.full, x: 25 + index, y: 5, ink: ink)
      canvas.put(.dark, x: 25 + index, y: 6, ink: ink, modifiers: .changed)
      canvas.put(.medium, x: 25 + index, y: 7, ink: ink, modifiers: .selected)
    }
    canvas.put(.dot, x: 33, y: 5, ink: .hole)
    canvas.put(.right, x: 34, y: 5, ink: .key, modifiers: [.flash, .selected])
    canvas.put("→ … 漢 é", x: 33, y: 8)
    expectScreen(canvas, named: "shapes \(glyphs)")
  }
}
