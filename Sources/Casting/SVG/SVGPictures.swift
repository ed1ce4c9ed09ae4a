import Screen

/// The pictures of a recording as one growing element `svg`: the first picture, and for each later one
/// a group that paints its differences over those before.
///
/// ```
/// <svg ...> <g first picture> <g class="f" what differs> <g class="f" what differs> ...
/// ```
/// The caller decides which groups are visible, and closes the element with ``ending``.
struct SVGPictures {
  /// How the groups are told apart.
  enum Grouping {
    /// By the name of an animation: `f1`, `f2` and so on.
    case animated
    /// By their order alone.
    case ordered
  }

  /// What ends the pictures; the element `svg` is still open.
  static let ending = "</g>\n"

  /// When each picture after the first appears, in milliseconds of the file.
  private(set) var times: [Int] = []
  /// The size of the first picture; nil before it.
  private(set) var size: Size?
  private let options: FilmSettings
  private let grouping: Grouping
  private var painter: SVGPainter
  private var windowLooks: Looks?

  init(_ options: FilmSettings, _ grouping: Grouping) {
    self.options = options
    self.grouping = grouping
    painter = SVGPainter(options.depth)
  }

  /// The window with the first picture, or a group with the differences from the previous one.
  ///
  /// A canvas of another size than the first is scaled to fit.
  mutating func show(_ canvas: Canvas, theme: Theme, at milliseconds: Int) -> String {
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
    times.append(max(times.last ?? 0, milliseconds))
    let name = grouping == .animated ? " style=\"animation-name:f\(times.count)\"" : ""
    return piece + "<g class=\"f\"\(name)>\(picture.shapes)</g>\n"
  }

  /// The element with the window: its frame, its bar with the title, and the origin of the screen.
  private func head(_ size: Size, _ theme: Theme) -> String {
    let place = SVGGeometry.self
    let (width, height) = place.window(size)
    let isAlone = grouping == .animated
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" \
      height="\(height)" role="img" aria-labelledby="t"\(isAlone ? " aria-describedby=\"d\"" : "") \
      style="font:\(place.fontSize)px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',\
      'Liberation Mono',monospace;font-variant-ligatures:none">
      \(isAlone && options.isRemade ? "<!-- \(FilmFormat.mark) -->" : "")\
      <title id="t">\(options.titleLine.escapedForXML)</title>
      <style>.b{font-weight:bold}.l{fill:none;stroke-width:2}.r{shape-rendering:crispEdges}</style>
      \(window(size, theme))
      <g transform="translate(\(place.margin) \(place.barHeight))">

      """
  }

  /// The frame, the bar with the title, and the paper.
  private func window(_ size: Size, _ theme: Theme) -> String {
    let looks = Looks(theme)
    let place = SVGGeometry.self
    let title = options.titleLine
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

extension FilmSettings {
  /// The title of the recording, in one line.
  var titleLine: String { (title ?? "directmap").harmlessLine }
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
