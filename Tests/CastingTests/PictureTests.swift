import Casting
import Screen
import TestSupport
import Testing

@Suite struct PictureTests {
  private func picture(_ draw: (inout Canvas) -> Void, title: String = "t") -> String {
    var canvas = Canvas(Size(width: 10, height: 3))
    draw(&canvas)
    var options = FilmSettings()
    options.title = title
    var recorder = SVGRecorder(options)
    return recorder.show(canvas, theme: .dark, at: 0) + recorder.ending(at: 0)
  }

  @Test func `blocks are areas of their colour, joined across and down`() {
    let text = picture { canvas in
      canvas.fill(
        Rect(x: 1, y: 0, width: 4, height: 2), with: Cell("█", ink: .rwNX))
    }
    #expect(text.contains("<path class=\"r\" fill=\"#0087d7\" d=\"M10 0h40v40h-40z\"/>"))
    #expect(!text.contains("█") && !text.contains("@keyframes"))
  }

  @Test func `words stand at their places, as long as their cells`() {
    let text = picture { $0.put("one é漢x", x: 1, y: 1, ink: .text) }
    for element in [
      "<text x=\"10\" y=\"35\" textLength=\"29\">one</text>",
      "<text x=\"50\" y=\"35\">é</text>",
      "<text x=\"60\" y=\"35\" textLength=\"19\">漢</text>", "<text x=\"80\" y=\"35\">x</text>",
    ] {
      #expect(text.contains(element), "\(element)")
    }
  }

  @Test func `what XML cannot hold is shown as a question mark, and quotes are no quotes`() {
    let rubbish = "a]]>b<c>&\"d\u{1b}[2J\u{0}\u{fffe}\u{ffff}"
    let text = picture({ $0.put("]]><&\u{ffff}", x: 0, y: 0) }, title: rubbish)
    #expect(text.contains("<title id=\"t\">a]]&gt;b&lt;c&gt;&amp;&quot;d?[2J???</title>"))
    #expect(text.contains(">]]&gt;&lt;&amp;?</text>"))
    #expect(!text.contains("]]>"))
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
  }

  @Test func `only what differs is drawn again, and its words whole`() {
    var canvas = Canvas(Size(width: 12, height: 1))
    canvas.put("stay changed", x: 0, y: 0)
    var recorder = SVGRecorder(FilmSettings())
    _ = recorder.show(canvas, theme: .dark, at: 0)
    canvas.put("s", x: 11, y: 0)
    let piece = recorder.show(canvas, theme: .dark, at: 400)
    #expect(piece.hasPrefix("<g class=\"f\" style=\"animation-name:f1\">"))
    #expect(piece.contains(">changes</text>") && !piece.contains("stay"))
    #expect(recorder.show(canvas, theme: .dark, at: 500) == "")
    // 400 ms of 2400: the last picture stays two seconds.
    #expect(recorder.ending(at: 500).contains("@keyframes f1{0%{visibility:hidden}16.6667%,to"))
    #expect(recorder.ending(at: 500).contains("animation-duration:2.400s"))
    #expect(recorder.ending(at: 4000).contains("@keyframes f1{0%{visibility:hidden}10.0000%,to"))
  }

  @Test func `another size is made to fit, another theme draws all anew`() {
    var canvas = Canvas(Size(width: 10, height: 2))
    canvas.put("word", x: 0, y: 0)
    var recorder = SVGRecorder(FilmSettings())
    _ = recorder.show(canvas, theme: .dark, at: 0)
    let light = recorder.show(canvas, theme: .light, at: 100)
    #expect(light.contains("fill=\"#ffffff\" d=\"M0 0h100v40h-100z\"") && light.contains(">word<"))
    let small = recorder.show(Canvas(Size(width: 20, height: 2)), theme: .light, at: 200)
    #expect(small.contains("<g transform=\"scale(0.500)\">"))
  }
}
