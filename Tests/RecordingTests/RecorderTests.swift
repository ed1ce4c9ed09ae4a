import Recording
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
    _ format: RecordingFormat, _ rows: [String], options: RecordingOptions = RecordingOptions(),
  ) -> String {
    var recorder = format.recorder(options)
    var file = ""
    for (index, text) in rows.enumerated() {
      file += recorder.show(row(text), theme: .dark, at: index * 1000)
    }
    return file + recorder.ending(at: rows.count * 1000)
  }

  @Test func `a cast has what differs, and ends with the cursor seen`() {
    let lines = file(.cast, ["one two", "one six"]).split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("{\"version\": 2, \"width\": 12, \"height\": 1, \"env\""))
    let clear = "\\u001b[0m\\u001b[?25l\\u001b[H\\u001b[2J"
    #expect(lines[1] == "[0.000, \"o\", \"\(clear)\\u001b[1;1Hone two\"]")
    #expect(lines[2] == "[1.000, \"o\", \"\\u001b[1;5Hsix\"]")
    #expect(lines[3] == "[2.000, \"o\", \"\\u001b[0m\\u001b[1;1H\\u001b[?25h\"]")
  }
}
