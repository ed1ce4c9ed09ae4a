public import Screen

/// Writes an animated picture: SVG with CSS, without scripts and without its own fonts, so that it
/// also plays inside `<img>`.
///
/// Each picture is a group that paints its differences over the ones before. It is hidden until its
/// time, and all are hidden again when the animation restarts. The times come last, in the ending:
/// each one is a fraction of the total.
/// ```
/// <svg ...> <g first picture> <g class="f" ... what differs> ... <style>times</style> </svg>
/// ```
public struct SVGRecorder: Recorder {
  private let options: FilmSettings
  private var painter: SVGPainter
  private var size: Size?
  private var windowLooks: Looks?
  private var times: [Int] = []
  private var sentences: [String] = []

  /// The shortest time that the last picture stays before the first one returns.
  public static let lastPictureMilliseconds = 2000

  /// A recorder. Its times are those of the file.
  public init(_ options: FilmSettings) {
    self.options = options
    painter = SVGPainter(options.depth)
  }

  /// The window with the first picture, or a group with the differences from the previous one.
  ///
  /// A canvas of another size than the first is scaled to fit.
  public mutating func show(
    _ canvas: Canvas, theme: Theme, at milliseconds: Int, sentences: [String],
  ) -> String {
    self.sentences += sentences
    let isFirst = size == nil
    var piece = ""
    if isFirst { piece += head(canvas.size, theme) }
    let first = size ?? canvas.size
    size = first
    var picture = painter.paint(canvas, theme: theme, fitting: first)
    let looks = Looks(theme)
    if !isFirst, looks != windowLooks {
      let (left, top) = (SVGGeometry.margin, SVGGeometry.barHeight)
      picture.shapes =
        "<g transform=\"translate(-\(left) -\(top))\">\(window(first, theme))</g>"
        + picture.shapes
    }
    windowLooks = looks
    guard !picture.shapes.isEmpty || isFirst else { return piece }
    piece += picture.definitions
    if isFirst {
      return piece + "<g>\(picture.shapes)</g>\n"
    }
    let time = max(times.last ?? 0, milliseconds)
    times.append(time)
    return piece + "<g class=\"f\" style=\"animation-name:f\(times.count)\">\(picture.shapes)</g>\n"
  }

  /// The times of all pictures, and a description of the events for screen readers.
  public func ending(at milliseconds: Int) -> String {
    guard size != nil else { return "" }
    let length = max(milliseconds, (times.last ?? 0) + Self.lastPictureMilliseconds)
    var ending = "</g>\n"
    if !sentences.isEmpty {
      ending +=
        "<desc id=\"d\">\(sentences.joined(separator: "\n").escapedForXML)</desc>\n"
    }
    guard !times.isEmpty else { return ending + "</svg>\n" }
    ending += """
      <style>.f{visibility:hidden;animation-duration:\(seconds(length))s;\
      animation-timing-function:step-end;animation-iteration-count:infinite}
      @media(prefers-reduced-motion:reduce){.f{animation:none;visibility:visible}}

      """
    for (index, time) in times.enumerated() {
      // A picture at the very start is never hidden.
      let part = Self.percentage(of: max(time, 1), in: length)
      ending += "@keyframes f\(index + 1){0%{visibility:hidden}\(part)%,to{visibility:visible}}\n"
    }
    return ending + "</style>\n</svg>\n"
  }

  /// A fraction in percent, to a millionth: a time to the millisecond within a quarter of an hour.
  private static func percentage(of part: Int, in whole: Int) -> String {
    let millionths = (part * 1_000_000 + whole / 2) / max(1, whole)
    let rest = String(millionths % 10_000)
    return "\(millionths / 10_000)." + String(repeating: "0", count: 4 - rest.count) + rest
  }

  /// The window: its frame, its bar with the title, and the origin of the screen.
  private func head(_ size: Size, _ theme: Theme) -> String {
    let place = SVGGeometry.self
    let (width, height) = place.window(size)
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
      height="\(height)" role="img" aria-labelledby="t" aria-describedby="d" \
      style="font:\(place.fontSize)px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',\
      'Liberation Mono',monospace;font-variant-ligatures:none">
      \(options.isRemade ? "<!-- \(FilmFormat.mark) -->" : "")<title id="t">\(title.escapedForXML)</title>
      <style>.b{font-weight:bold}.l{fill:none;stroke-width:2}.r{shape-rendering:crispEdges}</style>
      \(window(size, theme))
      <g transform="translate(\(place.margin) \(place.barHeight))">

      """
  }
}

extension SVGRecorder {
  /// The title of the picture, in one line.
  private var title: String { (options.title ?? "directmap").harmlessLine }

  /// The frame, the bar with the title, and the paper.
  private func window(_ size: Size, _ theme: Theme) -> String {
    let looks = Looks(theme)
    let place = SVGGeometry.self
    let (width, height) = place.window(size)
    let (columns, rows) = (size.width * place.cellWidth, size.height * place.cellHeight)
    let isLong = TextWidth.columns(title) > max(8, size.width - 16)
    let shown = isLong ? title.prefix(max(7, size.width - 17)) + "\u{2026}" : title
    return """
      <rect width="\(width)" height="\(height)" rx="9" fill="\(looks.frame.hexadecimal)"/>\
      <g fill="\(looks.ink.hexadecimal)"><g fill-opacity=".35"><circle cx="20" cy="14" r="5"/>\
      <circle cx="38" cy="14" r="5"/><circle cx="56" cy="14" r="5"/></g>\
      <text x="\(width / 2)" y="19" text-anchor="middle">\(shown.escapedForXML)</text></g>\
      <path class="r" fill="\(looks.paper.hexadecimal)" d="M\(place.margin) \(place.barHeight)\
      h\(columns)v\(rows)h-\(columns)z"/>
      """
  }
}

/// The dimensions of a picture, in its own units.
enum SVGGeometry {
  static let cellWidth = 10
  static let cellHeight = 20
  static let margin = 8
  static let barHeight = 28
  /// A letter of the usual fonts is 0.6 of this wide: a little less than a cell, so that none
  /// reaches into the next.
  static let fontSize = 15
  /// From the top of a cell to the baseline.
  static let baseline = 15

  /// Width and height of a window around a screen.
  static func window(_ size: Size) -> (width: Int, height: Int) {
    (
      size.width * cellWidth + 2 * margin, size.height * cellHeight + barHeight + margin
    )
  }
}
