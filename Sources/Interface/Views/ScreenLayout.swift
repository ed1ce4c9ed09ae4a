import History
import Screen

/// Where everything stands, worked out from the size of the terminal alone.
struct ScreenLayout: Equatable {
  /// How much of the map shows at a time.
  enum Panels: Equatable {
    case three
    case one
  }

  var header = Rect(Size(width: 0, height: 0))
  var bars = Rect(Size(width: 0, height: 0))
  var panels: [Rect] = []
  var scale = Size(width: 1, height: 1)
  var legend: Rect?
  var sentence = Rect(Size(width: 0, height: 0))
  var inspector: Rect?
  var trace: Rect?
  var why: Rect?
  var timeline: Rect?
  var hints = Rect(Size(width: 0, height: 0))
  /// Whether trace and why share one place.
  var sharesSide = false

  /// The least terminal that shows a panel.
  static let least = Size(width: 36, height: 21)

  /// The layout for a terminal; `nil` where it is too small.
  init?(_ size: Size) {
    guard size.width >= Self.least.width, size.height >= Self.least.height else { return nil }
    var rest = Rect(size)
    header = rest.cutTop(1)
    bars = rest.cutTop(size.width >= 100 && size.height >= 34 ? 2 : 1)
    hints = rest.cutBottom(1)
    if size.height >= 23 { timeline = rest.cutBottom(1) }
    if size.width >= 102, size.height >= 32 {
      layThree(&rest)
    } else {
      layOne(&rest)
    }
  }

  private mutating func layThree(_ rest: inout Rect) {
    let columns = max(1, min(4, (rest.width - 6) / (3 * 32)))
    let rows = max(1, min(columns, (rest.height - 14) / 16))
    scale = Size(width: columns, height: rows)
    let extent = PanelView.extent(scale)
    var map = rest.cutTop(extent.height)
    let spare = map.width - 3 * extent.width
    for _ in 0..<3 { panels.append(map.cutLeft(extent.width)) }
    if spare >= 17 { legend = map.cutRight(min(spare, 24)) }
    sentence = rest.cutTop(rest.height >= 16 ? 3 : 2)
    inspector = rest.cutLeft(min(48, rest.width / 3))
    if legend == nil, rest.width >= 110 { legend = rest.cutRight(18) }
    why = rest.cutRight(min(36, max(26, rest.width / 3)))
    trace = rest
  }

  private mutating func layOne(_ rest: inout Rect) {
    let rows = max(1, min(3, (rest.height - 5) / 16))
    var columns = max(1, min(2 * rows, (rest.width - 2 - 40) / 32))
    if rest.width < 74 { columns = 1 }
    scale = Size(width: columns, height: min(rows, columns))
    let extent = PanelView.extent(scale)
    var map = rest.cutTop(extent.height)
    panels = [map.cutLeft(extent.width)]
    sharesSide = true
    if map.width >= 22 {
      inspector = map.cutTop(min(11, max(9, map.height / 2)))
      trace = map
      why = map
    } else if rest.height >= 8 {
      sentence = rest.cutTop(2)
      inspector = rest.cutTop(rest.height / 2)
      trace = rest
      why = rest
      return
    }
    sentence = rest.cutTop(3)
    if rest.height >= 5 {
      legend = rest.width >= 60 ? rest.cutRight(18) : nil
      trace = rest
      if legend == nil || map.isEmpty { why = rest } else { why = map }
      sharesSide = why == trace
    }
  }
}
