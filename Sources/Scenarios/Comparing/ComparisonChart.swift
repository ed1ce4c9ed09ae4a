import Screen

/// A chart of DirectMap4k over the calls, one line a variant, as SVG: no script, no font of its own.
public struct ComparisonChart: Sendable {
  /// A line of the chart.
  public struct Line: Sendable {
    /// Its name in the legend.
    public var name: String
    /// Kilobytes: after boot, and after each call.
    public var values: [Int64]

    /// Creates a line.
    public init(name: String, values: [Int64]) {
      self.name = name
      self.values = values
    }
  }

  private let title: String
  private let lines: [Line]

  /// Okabe and Ito's colours, which colour-blind eyes can tell apart.
  private static let colors = [
    "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8a6d00",
  ]
  private static let dashes = ["", "8 4", "2 3", "10 3 2 3", "4 2", "12 4", "1 3", "6 2 1 2"]

  private let width = 900
  private let height = 480
  private let left = 90
  private let right = 20
  private let top = 50
  private let bottom = 60

  /// Creates a chart.
  public init(title: String, _ lines: [Line]) {
    self.title = title
    self.lines = lines
  }

  /// A chart of a comparison.
  public init(title: String, _ comparison: Comparison) {
    self.init(
      title: title,
      comparison.lanes.map { Line(name: $0.variant.name, values: $0.directMap4k) })
  }

  /// The whole file.
  public var svg: String {
    let steps = max(1, (lines.map(\.values.count).max() ?? 1) - 1)
    let values = lines.flatMap(\.values)
    let axis = Axis(low: values.min() ?? 0, high: values.max() ?? 0)
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(width) \(height)\" "
        + "width=\"\(width)\" height=\"\(height)\" font-family=\"sans-serif\" font-size=\"14\">",
      "<title>\(title.escapedForXML)</title>",
      "<rect width=\"\(width)\" height=\"\(height)\" fill=\"#ffffff\"/>",
      "<text x=\"\(left)\" y=\"28\" font-size=\"18\" fill=\"#222222\">\(title.escapedForXML)</text>",
    ]
    for tick in axis.ticks {
      let y = place(tick, axis)
      parts.append(
        "<path d=\"M\(left) \(y)H\(width - right)\" stroke=\"#dddddd\"/>"
          + "<text x=\"\(left - 8)\" y=\"\(y + 5)\" text-anchor=\"end\" fill=\"#444444\">"
          + "\(Self.megabytes(tick))</text>")
    }
    parts.append(
      "<text x=\"\(left)\" y=\"\(height - 34)\" fill=\"#444444\">0</text>"
        + "<text x=\"\(width - right)\" y=\"\(height - 34)\" text-anchor=\"end\" fill=\"#444444\">"
        + "\(steps) calls</text>"
        + "<text x=\"18\" y=\"\(top - 8)\" fill=\"#444444\">DirectMap4k</text>")
    for (index, line) in lines.enumerated() { parts += drawing(of: line, index, steps, axis) }
    parts.append("</svg>")
    return parts.joined(separator: "\n") + "\n"
  }

  private func drawing(of line: Line, _ index: Int, _ steps: Int, _ axis: Axis) -> [String] {
    let color = Self.colors[index % Self.colors.count]
    let dash = Self.dashes[index % Self.dashes.count]
    let stroke =
      "stroke=\"\(color)\" stroke-width=\"2.5\" fill=\"none\""
      + (dash.isEmpty ? "" : " stroke-dasharray=\"\(dash)\"")
    let legendX = left + index % 4 * 200
    let legendY = height - 14 - (lines.count > 4 && index < 4 ? 16 : 0)
    return [
      "<path d=\"\(path(line.values, steps, axis))\" \(stroke)><title>\(line.name.escapedForXML)"
        + "</title></path>",
      "<path d=\"M\(legendX) \(legendY - 5)h28\" \(stroke)/><text x=\"\(legendX + 34)\" "
        + "y=\"\(legendY)\" fill=\"#222222\">\(Self.clipped(line.name).escapedForXML)</text>",
    ]
  }

  /// A staircase: a value holds until the call that changes it. Only changes are drawn.
  private func path(_ values: [Int64], _ steps: Int, _ axis: Axis) -> String {
    guard let first = values.first else { return "M0 0" }
    var path = "M\(left) \(place(first, axis))"
    var last = first
    for (step, value) in values.enumerated() where value != last {
      path += "H\(x(step, steps))V\(place(value, axis))"
      last = value
    }
    return path + "H\(x(values.count - 1, steps))"
  }

  private func x(_ step: Int, _ steps: Int) -> Int { left + (width - left - right) * step / steps }

  private func place(_ value: Int64, _ axis: Axis) -> Int {
    let room = Int64(height - top - bottom)
    let offset = (value - axis.low).multipliedFullWidth(by: room)
    let (scaled, _) = max(1, axis.high - axis.low).dividingFullWidth(offset)
    return height - bottom - Int(scaled)
  }

  private static func megabytes(_ kilobytes: Int64) -> String {
    kilobytes % 1024 == 0 ? "\(kilobytes / 1024) MB" : "\(kilobytes) kB"
  }

  private static func clipped(_ name: String) -> String {
    name.count <= 20 ? name : name.prefix(19) + "…"
  }

  /// An axis with round numbers.
  private struct Axis {
    let low: Int64
    let high: Int64
    let ticks: [Int64]

    init(low: Int64, high: Int64) {
      var step: Int64 = 1024
      while (high - low) / step > 6 { step *= 2 }
      self.low = low / step * step
      self.high = max(self.low + step, (high + step - 1) / step * step)
      ticks = Array(stride(from: self.low, through: self.high, by: Int(step)))
    }
  }
}
