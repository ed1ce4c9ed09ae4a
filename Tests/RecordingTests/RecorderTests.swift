import Recording
import Screen
import Testing

@Suite struct RecorderTests {
  /// A recorder that keeps the first row of what it is shown.
  private struct FirstRows: Recorder {
    mutating func show(_ canvas: Canvas, theme: Theme, at milliseconds: Int) -> String {
      "\(milliseconds) \(canvas.rowText(0))\n"
    }
    mutating func mark(_ sentence: String, at milliseconds: Int) -> String { "# \(sentence)\n" }
    mutating func finish(at milliseconds: Int) -> String { "\(milliseconds)\n" }
  }

  @Test func `what a recorder returns is the file, piece by piece`() {
    var recorder: any Recorder = FirstRows()
    var canvas = Canvas(Size(width: 5, height: 1))
    var file = recorder.show(canvas, theme: .dark, at: 0)
    canvas.put("hello", x: 0, y: 0)
    file += recorder.show(canvas, theme: .dark, at: 20) + recorder.mark("here", at: 20)
    file += recorder.finish(at: 30)
    #expect(file == "0      \n20 hello\n# here\n30\n")
  }
}
