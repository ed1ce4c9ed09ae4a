public import Screen

/// Writes a page that stands alone: HTML with the pictures as SVG, the markers as a list, and a player
/// as a script; nothing is fetched.
///
/// The pictures are those of ``SVGRecorder``: a group for what differs from the one before. The script
/// makes the groups visible up to its time. Without scripts the page is the last picture with the list
/// of markers below it.
/// ```
/// <html> <svg> <g first picture> <g class="f" what differs> ... </svg> controls, markers, script </html>
/// ```
public struct HTMLRecorder: Recorder {
  private let options: FilmSettings
  private var pictures: SVGPictures
  private var markers: [(time: Int, sentence: String)] = []
  private var notes: [(time: Int, text: String)] = []

  /// A recorder. Its times are those of the file.
  public init(_ options: FilmSettings) {
    self.options = options
    pictures = SVGPictures(options, .ordered)
  }

  /// The head of the page with the first picture, or a group with the differences from the previous one.
  public mutating func show(
    _ canvas: Canvas, theme: Theme, at milliseconds: Int, sentences: [String],
  ) -> String {
    let isFirst = pictures.size == nil
    let piece = pictures.show(canvas, theme: theme, at: milliseconds)
    markers += sentences.map { (max(0, milliseconds), $0.harmlessLine) }
    return (isFirst ? head(Looks(theme)) : "") + piece
  }

  /// Keeps words that only the presenter sees.
  public mutating func note(_ text: String, at milliseconds: Int) {
    notes.append((max(0, milliseconds), text.harmlessLine))
  }

  /// The controls, the markers and the player.
  public func ending(at milliseconds: Int) -> String {
    guard pictures.size != nil else { return "" }
    let times = [0] + pictures.times
    let length = max(milliseconds, times[times.count - 1])
    return SVGPictures.ending + """
      </svg>
      </main>
      <p id="caption" aria-live="polite"\(markers.isEmpty ? " hidden" : "")></p>
      <aside id="notes" hidden><h2>Presenter notes</h2>
      \(notes.map { "<p data-t=\"\($0.time)\">\($0.text.escapedForXML)</p>\n" }.joined())</aside>
      \(Self.controls)
      \(list)
      \(Self.help(hasNotes: !notes.isEmpty))
      <script>
      var times=[\(times.map(String.init).joined(separator: ","))],length=\(length);
      \(Self.script)
      </script>
      </body>
      </html>

      """
  }

  private func head(_ looks: Looks) -> String {
    """
    <!doctype html>
    \(options.isRemade ? "<!-- \(FilmFormat.mark) -->\n" : "")<html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
    style-src 'unsafe-inline'; script-src 'unsafe-inline'">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(options.titleLine.escapedForXML)</title>
    <style>
    :root{--ink:\(looks.ink.hexadecimal);--paper:\(looks.paper.hexadecimal);\
    --frame:\(looks.frame.hexadecimal)}
    \(Self.style)
    </style>
    <script>document.documentElement.className="js"</script>
    </head>
    <body>
    <main id="stage">

    """
  }

  /// The markers, each with its time.
  private var list: String {
    guard !markers.isEmpty else { return "" }
    let items = markers.map { marker in
      let time = marker.time / 1000
      let (minutes, rest) = (time / 60, time % 60)
      return "<li data-t=\"\(marker.time)\"><button type=\"button\">"
        + "<span class=\"time\">\(minutes):\(rest < 10 ? "0" : "")\(rest)</span> "
        + "<span>\(marker.sentence.escapedForXML)</span></button></li>\n"
    }
    return """
      <nav id="list" aria-label="Markers"><h2>Markers</h2>
      <ol>
      \(items.joined())</ol></nav>
      """
  }
}
