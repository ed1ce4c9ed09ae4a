import Screen
import Testing

/// Frames that share their edges.
struct FrameTests {
  private func rows(_ canvas: Canvas) -> [String] {
    (0..<canvas.size.height).map { y in
      String(String.UnicodeScalarView((0..<canvas.size.width).map { canvas[$0, y].scalar }))
    }
  }

  @Test func `frames join where their edges lie on each other`() {
    var canvas = Canvas(Size(width: 7, height: 5))
    canvas.box(Rect(x: 0, y: 0, width: 4, height: 3))
    canvas.box(Rect(x: 3, y: 0, width: 4, height: 3))
    canvas.box(Rect(x: 0, y: 2, width: 7, height: 3))
    #expect(rows(canvas) == ["╭──┬──╮", "│  │  │", "├──┴──┤", "│     │", "╰─────╯"])
  }

  @Test func `in ASCII a corner stands for all that meet`() {
    var canvas = Canvas(Size(width: 7, height: 3), glyphs: .ascii)
    canvas.box(Rect(x: 0, y: 0, width: 4, height: 3))
    canvas.box(Rect(x: 3, y: 0, width: 4, height: 3))
    #expect(rows(canvas) == ["+--+--+", "|  |  |", "+--+--+"])
  }

  @Test func `an active edge stays active, and text on an edge is no line`() {
    var canvas = Canvas(Size(width: 7, height: 3))
    canvas.box(Rect(x: 0, y: 0, width: 4, height: 3), ink: .borderActive)
    canvas.put("-", x: 5, y: 2, ink: .text)
    canvas.box(Rect(x: 3, y: 0, width: 4, height: 3))
    #expect(canvas[3, 1].ink == .borderActive && canvas[6, 1].ink == .border)
    #expect(canvas[5, 2].scalar == "─")
  }

  @Test func `a theme for another paper brings its own`() {
    for ink in Ink.allCases {
      let look = Theme.light.painted.style(ink).resolved(for: .colors256)
      #expect(look.background != nil && look.foreground != nil, "\(ink)")
    }
    #expect(Theme.terminal.painted == Theme.terminal)
    #expect(Theme.dark.painted.style(.text).resolved(for: .colors256).background == 16)
  }
}
