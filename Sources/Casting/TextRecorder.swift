public import Screen

/// Writes the screens as text: the time, what happens in words, and the characters, one below the
/// other. The only control character is the line feed.
public struct TextRecorder: Recorder {
  private let options: FilmSettings
  private var shown: Canvas?
  private var count = 0

  /// A recorder. Its times are those of the file.
  public init(_ options: FilmSettings) { self.options = options }

  /// A screen under its number and its time.
  public mutating func show(
    _ canvas: Canvas, theme: Theme, at milliseconds: Int, sentences: [String],
  ) -> String {
    guard shown != canvas || !sentences.isEmpty else { return "" }
    var piece = ""
    if shown == nil, options.isRemade || options.title != nil {
      piece += options.isRemade ? "\(FilmFormat.mark): " : ""
      piece += (options.title ?? "").harmlessLine + "\n\n"
    }
    count += 1
    var head = "--- \(count)  \(seconds(milliseconds)) s"
    if shown?.size != canvas.size { head += "  \(canvas.size)" }
    piece += head + " " + String(repeating: "-", count: max(3, 59 - head.utf8.count)) + "\n"
    for sentence in sentences { piece += "* \(sentence.harmlessLine)\n" }
    for y in 0..<canvas.size.height {
      let row = canvas.rowText(y)
      let end = row.lastIndex { $0 != " " }
      piece += (end.map { row[...$0] } ?? "") + "\n"
    }
    shown = canvas
    return piece
  }

  /// The time of the end.
  public func ending(at milliseconds: Int) -> String {
    "--- end  \(seconds(milliseconds)) s ---\n"
  }
}
