import Screen

/// The shapes of one picture, grouped by colour.
struct SVGDrawing {
  private let looks: Looks
  private let paintsPaper: Bool
  private var areas: [Layer] = []
  private var dots: [(pattern: SVGPattern, area: SVGArea)] = []
  private var bars: [(ink: RGB, String)] = []
  private var lines: [LineLayer] = []
  /// Slanted and round shapes, each its own element: how a browser smooths an edge depends on
  /// everything in the same path.
  private var figures: [(ink: RGB, String)] = []
  private var corners: [(ink: RGB, String)] = []
  private var words: [(look: WordLook, elements: String)] = []

  /// Rectangles of one colour.
  private struct Layer {
    var color: RGB
    var area: SVGArea
  }

  /// Straight lines of one colour; lines that continue each other, end to end, become one.
  private struct LineLayer {
    var ink: RGB
    var path = ""
    var run = Run()

    /// A line from left to right that may still grow.
    struct Run {
      var start = 0
      var end = 0
      var y = 0

      var path: String { end > start ? "M\(start) \(y)h\(end - start)" : "" }
    }
  }

  private struct WordLook: Equatable {
    var ink: RGB
    var isBold: Bool
  }

  /// An empty drawing.
  ///
  /// - Parameter paintsPaper: whether there is something below that must be covered.
  init(looks: Looks, paintsPaper: Bool) {
    self.looks = looks
    self.paintsPaper = paintsPaper
  }

  /// The patterns that are in use.
  var patterns: [SVGPattern] { dots.map(\.pattern) }

  /// Adds a piece of a row: a word, or a single cell.
  mutating func add(
    _ cell: SVGRow.Cell, _ shape: SVGShape?, x: Int, columns: Int, y: Int, text: String,
  ) {
    let (ink, paper) = looks.colors(of: cell.style)
    let (left, top) = (x * SVGGeometry.cellWidth, y * SVGGeometry.cellHeight)
    let width = columns * SVGGeometry.cellWidth
    if shape == .full {
      fill(ink, left, width, top)
      return
    }
    if paintsPaper || paper != looks.paper { fill(paper, left, width, top) }
    switch shape {
    case .shade(let quarters): shade(SVGPattern(quarters: quarters, ink: ink), left, width, top)
    case .eighths(let eighths):
      // Whole units, so that no edge is smoothed.
      let part = (eighths * SVGGeometry.cellWidth + 4) / 8
      Self.append("M\(left) \(top)h\(part)v20h-\(part)z", ink, to: &bars)
    case .quarters(let quarters):
      Self.append(quarters.path(x: left, y: top), ink, to: &bars)
    case .figure(let path):
      Self.append("<path d=\"M\(left) \(top)\(path)\"/>", ink, to: &figures)
    case .line(let line):
      let path = line.path(x: left, y: top)
      if line.isCorner {
        Self.append("<path d=\"\(path)\"/>", ink, to: &corners)
      } else {
        draw(line, path, ink, left, top)
      }
    case .full: break
    case nil: if cell.isText { write(text, cell, ink, left, width, top) }
    }
    if cell.style.attributes.contains(.underline) {
      Self.append("M\(left) \(top + 18)h\(width)v1h-\(width)z", ink, to: &bars)
    }
  }

  /// Ends a row: areas of the next row may extend those of this one.
  mutating func finishRow() {
    for index in areas.indices { areas[index].area.finishRow() }
    for index in dots.indices { dots[index].area.finishRow() }
  }

  private mutating func fill(_ color: RGB, _ left: Int, _ width: Int, _ top: Int) {
    let index = areas.firstIndex { $0.color == color } ?? areas.count
    if index == areas.count { areas.append(Layer(color: color, area: SVGArea())) }
    areas[index].area.add(left, width, top)
  }

  private mutating func shade(_ pattern: SVGPattern, _ left: Int, _ width: Int, _ top: Int) {
    let index = dots.firstIndex { $0.pattern == pattern } ?? dots.count
    if index == dots.count { dots.append((pattern, SVGArea())) }
    dots[index].area.add(left, width, top)
  }

  private mutating func draw(
    _ line: SVGLine, _ path: String, _ ink: RGB, _ left: Int, _ top: Int,
  ) {
    let index = lines.firstIndex { $0.ink == ink } ?? lines.count
    if index == lines.count { lines.append(LineLayer(ink: ink)) }
    guard line == [.left, .right] else {
      lines[index].path += path
      return
    }
    let y = top + SVGGeometry.cellHeight / 2
    if lines[index].run.y != y || lines[index].run.end != left {
      lines[index].path += lines[index].run.path
      lines[index].run = LineLayer.Run(start: left, end: left, y: y)
    }
    lines[index].run.end = left + SVGGeometry.cellWidth
  }

  private static func append(
    _ text: String, _ ink: RGB, to list: inout [(ink: RGB, String)],
  ) {
    let index = list.firstIndex { $0.ink == ink } ?? list.count
    if index == list.count { list.append((ink, "")) }
    list[index].1 += text
  }

  private mutating func write(
    _ text: String, _ cell: SVGRow.Cell, _ ink: RGB, _ left: Int, _ width: Int, _ top: Int,
  ) {
    let look = WordLook(ink: ink, isBold: cell.style.attributes.contains(.bold))
    let index = words.firstIndex { $0.look == look } ?? words.count
    if index == words.count { words.append((look, "")) }
    var element = "<text x=\"\(left)\" y=\"\(top + SVGGeometry.baseline)\""
    // The last letter ends where a letter of the usual fonts does, so that all letters are in their
    // cells.
    if width > SVGGeometry.cellWidth { element += " textLength=\"\(width - 1)\"" }
    element += ">\(text.escapedForXML)</text>"
    words[index].elements += element
  }

  /// The shapes as elements, from the lowest up: areas, dots, bars, figures, lines, text.
  var text: String {
    var text = ""
    for layer in areas {
      text += "<path class=\"r\" fill=\"\(layer.color.hexadecimal)\" d=\"\(layer.area.path)\"/>"
    }
    for (pattern, area) in dots {
      text += "<path class=\"r\" fill=\"url(#\(pattern.name))\" d=\"\(area.path)\"/>"
    }
    for (ink, path) in bars {
      text += "<path class=\"r\" fill=\"\(ink.hexadecimal)\" d=\"\(path)\"/>"
    }
    for (ink, elements) in figures {
      text += "<g fill=\"\(ink.hexadecimal)\">\(elements)</g>"
    }
    for line in lines {
      text += "<path class=\"l\" stroke=\"\(line.ink.hexadecimal)\" "
      text += "d=\"\(line.path)\(line.run.path)\"/>"
    }
    for (ink, elements) in corners {
      text += "<g class=\"l\" stroke=\"\(ink.hexadecimal)\">\(elements)</g>"
    }
    for (look, elements) in words {
      let bold = look.isBold ? " class=\"b\"" : ""
      text += "<g fill=\"\(look.ink.hexadecimal)\"\(bold)>\(elements)</g>"
    }
    return text
  }
}

/// Cells of one colour as rectangles: neighbours in a row are joined, and equal rows extend
/// downwards.
struct SVGArea {
  private struct Part {
    var x: Int
    var width: Int
    var y: Int
    var height: Int
  }

  private var done: [Part] = []
  private var above: [Part] = []
  private var current: [Part] = []

  /// Adds a piece of the current row, from left to right.
  mutating func add(_ x: Int, _ width: Int, _ y: Int) {
    if let last = current.last, last.x + last.width == x {
      current[current.count - 1].width += width
    } else {
      current.append(Part(x: x, width: width, y: y, height: SVGGeometry.cellHeight))
    }
  }

  /// Ends a row.
  mutating func finishRow() {
    for part in above {
      let place = current.firstIndex { $0.x == part.x && $0.width == part.width }
      if let place {
        current[place].y = part.y
        current[place].height += part.height
      } else {
        done.append(part)
      }
    }
    above = current
    current = []
  }

  /// The outline of all.
  var path: String {
    var path = ""
    for part in done + above + current {
      path += "M\(part.x) \(part.y)h\(part.width)v\(part.height)h-\(part.width)z"
    }
    return path
  }
}
