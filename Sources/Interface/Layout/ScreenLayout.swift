import History
import Screen

/// Where everything stands, worked out from the size of the terminal alone.
package struct ScreenLayout: Equatable {
  /// How much of the map shows at a time.
  enum Panels: Equatable {
    case three
    case one
  }

  package var header = Rect(Size(width: 0, height: 0))
  package var bars = Rect(Size(width: 0, height: 0))
  package var panels: [Rect] = []
  var scale = Size(width: 1, height: 1)
  package var legend: Rect?
  /// Where the legend is a few rows of text, as there is no room for a panel.
  package var legendRows: Rect?
  package var sentence = Rect(Size(width: 0, height: 0))
  package var inspector: Rect?
  package var trace: Rect?
  package var why: Rect?
  package var timeline: Rect?
  package var hints = Rect(Size(width: 0, height: 0))
  /// The place of the welcome: what lies beside the panels.
  package var side: Rect?
  /// Whether trace and why share one place.
  package var sharesSide = false
  /// Where lanes side by side show the panel that has the keys, from left to right.
  package var row: [Rect] = []
  /// Where they show the next panel, smaller.
  var minorRow: [Rect] = []
  /// Where their numbers stand.
  package var numbers: Rect?
  /// Where the policies or the memory are shown: in place of why, or of all beside the map.
  package var page: Rect?
  /// Where the caption stands, if there is one.
  package var caption: Rect?

  /// What lies beside the map, with the caption where that stands above the rest.
  var besideMap: Rect? {
    guard var place = side else { return nil }
    if let caption, caption.x == place.x, caption.bottom == place.y + 1 {
      place = Rect(
        x: place.x, y: caption.y, width: place.width, height: place.bottom - caption.y)
    }
    return place
  }

  /// The first place for words that need some rows, which depend on the width: beside the map, the whole
  /// width below it, the lower part of the panels behind the first, or all between the first and the last
  /// row.
  package func place(forRows rows: (Int) -> Int) -> Rect {
    let whole = Rect(x: 0, y: 1, width: hints.width, height: hints.y - 1)
    var places = [besideMap].compactMap(\.self)
    if let side { places.append(Rect(x: 0, y: side.y, width: hints.width, height: side.height)) }
    if let first = panels.dropFirst().first, let last = panels.last {
      let width = last.right - first.x
      let height = min(rows(width), first.height)
      places.append(Rect(x: first.x, y: first.bottom - height, width: width, height: height))
    }
    return places.first { rows($0.width) <= $0.height } ?? whole
  }

  /// The least width at which three panels stand side by side, one border between two of them.
  private static let widthOfThree = 100

  /// Columns of the legend as a panel, with its frame.
  static let legendWidth = 20

  /// The least width at which they also have the legend beside them, and a caption below.
  private static let widthWithLegend = widthOfThree + legendWidth

  /// The least terminal that shows a panel.
  package static let least = Size(width: 36, height: 21)

  /// The least width of a terminal on which three lanes stand side by side.
  private static let widthOfThreeLanes = 200

  /// The layout for a terminal; `nil` where it is too small.
  ///
  /// - Parameters:
  ///   - lanes: how many there are; not all of them need to show.
  ///   - brief: the caption, if it is a presenter's, which may stand in a few rows below the map.
  init?(
    _ size: Size, showing side: SidePanel = .trace, lanes: Int = 1, captioned: Bool = false,
    brief: CaptionText? = nil,
  ) {
    guard size.width >= Self.least.width, size.height >= Self.least.height else { return nil }
    var rest = Rect(size)
    header = rest.cutTop(1)
    let isHigh = size.width >= Self.widthWithLegend && size.height >= 34
    let shown = min(lanes, size.width >= Self.widthOfThreeLanes ? 3 : 2)
    bars = rest.cutTop(max(isHigh ? 2 : 1, lanes > 1 ? min(shown, size.height - 22) : 1))
    hints = rest.cutBottom(1)
    if size.height >= 23 { timeline = rest.cutBottom(1) }
    if captioned, rest.width >= Self.widthOfThree + 36 {
      caption = rest.shareRight(min(46, rest.width - Self.widthOfThree))
    }
    let takesCaption = captioned && caption == nil
    let least = Size(
      width: takesCaption ? Self.widthWithLegend : Self.widthOfThree,
      height: takesCaption ? 36 : 30)
    if rest.width >= least.width, size.height >= least.height {
      if lanes > 1 { layLanes(&rest, shown) } else { layThree(&rest) }
      layBelow(&rest, isWide: side != .trace, captioned: takesCaption)
      // The batches need the width of trace and why.
      page = side == .gather ? self.side : why
    } else if lanes == 1, rest.width >= Self.widthOfThree, size.height >= 30, let brief,
      layBrief(rest, brief)
    {
      page = self.side
    } else {
      layOne(&rest, captioned: takesCaption)
      page = self.side
    }
  }

  private mutating func layThree(_ rest: inout Rect) {
    let columns = max(1, min(4, (rest.width - 4) / (3 * 32)))
    let rows = max(1, min(columns, (rest.height - 14) / 16))
    scale = Size(width: columns, height: rows)
    let extent = PanelPlace.extent(scale)
    var map = rest.cutTop(extent.height)
    for _ in 0..<3 { panels.append(map.shareLeft(extent.width)) }
    let spare = map.width - 1
    if spare >= Self.legendWidth + 28 {
      legend = map.shareRight(Self.legendWidth)
      why = map
    } else if spare >= Self.legendWidth - 1 {
      legend = map
    }
  }

  /// Lanes: their panels side by side, as large as goes; beside them the next panel of each where there
  /// is room, and their numbers.
  private mutating func layLanes(_ rest: inout Rect, _ count: Int) {
    let numbersWidth = Self.numbersWidth(count)
    let columns = max(1, min(4, (rest.width - numbersWidth - count) / (count * 32)))
    let rows = max(1, min(columns, (rest.height - 14) / 16))
    scale = Size(width: columns, height: rows)
    let extent = PanelPlace.extent(scale)
    var map = rest.cutTop(extent.height)
    row = (0..<count).map { _ in map.shareLeft(extent.width) }
    let minor = PanelPlace.extent(Size(width: 1, height: 1))
    let minorWidth = count * (minor.width - 1) + 1
    if map.width >= minorWidth, map.height >= minor.height + 16 {
      var above = map.cutTop(minor.height)
      minorRow = (0..<count).map { _ in above.shareLeft(minor.width) }
    } else if map.width >= minorWidth + numbersWidth {
      minorRow = (0..<count).map { _ in map.shareLeft(minor.width) }
    }
    if map.width >= numbersWidth + Self.legendWidth { legend = map.shareRight(Self.legendWidth) }
    numbers = map
  }

  /// The least width of the panel of numbers beside this many lanes.
  private static func numbersWidth(_ lanes: Int) -> Int { 14 + 10 * lanes }

  /// What stands below the panels.
  private mutating func layBelow(_ rest: inout Rect, isWide: Bool, captioned: Bool) {
    if legend == nil { legendRows = rest.cutTop(1) }
    // A caption needs every row.
    sentence = rest.cutTop(rest.height >= (captioned ? 20 : 16) ? 3 : 2)
    if captioned {
      inspector = rest.shareLeft(34)
      caption = rest.shareRight(min(46, rest.width / 2))
      side = rest
      trace = rest
      if why == nil {
        why = rest
        sharesSide = true
      }
      return
    }
    // On a narrow screen the trace has the room of why, so that its lines are whole.
    guard rest.width >= 110 else {
      inspector = rest.shareLeft(rest.width * 9 / 20)
      side = rest
      trace = rest
      why = rest
      sharesSide = true
      return
    }
    inspector = rest.shareLeft(min(48, rest.width / 3))
    side = rest
    if why == nil {
      let usual = min(36, max(26, rest.width / 3))
      why = rest.shareRight(isWide ? max(usual, min(42, rest.width / 2)) : usual)
    }
    trace = rest
  }

  /// All three panels, and below them a presenter's caption beside the trace, or across the screen;
  /// whether there is room for that.
  private mutating func layBrief(_ area: Rect, _ text: CaptionText) -> Bool {
    var layout = self
    var rest = area
    layout.layThree(&rest)
    if layout.legend == nil { layout.legendRows = rest.cutTop(1) }
    layout.sentence = rest.cutTop(2)
    let room = max(0, rest.height - 2)
    func fits(_ width: Int) -> Bool { text.rows(width: width - 4) <= room }
    guard fits(rest.width) else { return false }
    let half = rest.width / 2
    if fits(half) {
      layout.caption = rest.shareLeft(half)
      layout.side = rest
      layout.trace = rest
      if layout.why == nil {
        layout.why = rest
        layout.sharesSide = true
      }
    } else {
      layout.caption = rest
    }
    self = layout
    return true
  }

  private mutating func layOne(_ rest: inout Rect, captioned: Bool) {
    let rows = max(1, min(3, (rest.height - 6) / 16))
    let columns = max(1, min(2 * rows, (rest.width - 2 - 44) / 32))
    scale = Size(width: columns, height: min(rows, columns))
    let extent = PanelPlace.extent(scale)
    // Beside the panel things are cut short; below it they need rows.
    guard rest.width >= extent.width + (rest.height >= 36 ? 38 : 22) else {
      layNarrow(&rest, captioned: captioned)
      return
    }
    sentence = rest.cutBottom(max(1, min(3, rest.height - extent.height)))
    var left = rest.shareLeft(extent.width)
    panels = [left.cutTop(extent.height)]
    if captioned {
      legendRows = left.height >= 3 ? left : rest.cutLegendRow()
      layCaption(&rest)
      return
    }
    legendRows = left.height >= 3 && left.height < 6 ? left : rest.cutLegendRow()
    side = rest
    inspector = rest.cutTop(min(12, max(10, rest.height / 2)))
    trace = rest
    sharesSide = left.height < 6
    why = sharesSide ? rest : left
  }

  /// A caption beside one panel, as wide as there is room, and the trace below it; between them the
  /// inspector where both have enough rows. In a narrow place words take the room of numbers.
  private mutating func layCaption(_ rest: inout Rect) {
    let isNarrow = rest.width < 56
    let rows = isNarrow ? min(13, rest.height - 4) : min(12, rest.height / 2)
    caption = rest.shareTop(max(1, rest.height * (isNarrow ? 2 : 1) / 3, rows))
    side = rest
    if !isNarrow, rest.height >= 12 { inspector = rest.cutTop(max(5, rest.height / 2 - 2)) }
    trace = rest
    why = rest
    sharesSide = true
  }

  /// One panel, and below it what else there is room for.
  private mutating func layNarrow(_ rest: inout Rect, captioned: Bool) {
    scale = Size(width: 1, height: 1)
    let extent = PanelPlace.extent(scale)
    panels = [rest.cutTop(extent.height).row(0)]
    panels[0].height = extent.height
    panels[0].width = extent.width
    if rest.height >= 3 { legendRows = rest.cutTop(rest.height >= 12 && rest.width < 70 ? 2 : 1) }
    sentence = rest.cutTop(2)
    guard rest.height >= 4 else { return }
    if captioned { caption = rest.cutTop(max(4, rest.height / 2)) }
    guard rest.height >= 4 else { return }
    side = rest
    if rest.height >= 16 { inspector = rest.cutTop(11) }
    trace = rest
    why = rest
    sharesSide = true
  }
}

// Boxes beside each other: the border of one is also that of the next.
extension Rect {
  /// Cuts columns off the left; the last of them is also the first of what is left.
  fileprivate mutating func shareLeft(_ columns: Int) -> Rect {
    let piece = cutLeft(columns)
    if !isEmpty { (x, width) = (x - 1, width + 1) }
    return piece
  }

  /// Cuts columns off the right; the first of them is also the last of what is left.
  fileprivate mutating func shareRight(_ columns: Int) -> Rect {
    let piece = cutRight(columns)
    if !isEmpty { width += 1 }
    return piece
  }

  /// Cuts the row of the legend off, without the column of the border.
  fileprivate mutating func cutLegendRow() -> Rect {
    var row = cutBottom(1)
    _ = row.cutLeft(1)
    return row
  }

  /// Cuts rows off the top; the last of them is also the first of what is left.
  fileprivate mutating func shareTop(_ rows: Int) -> Rect {
    let piece = cutTop(rows)
    if !isEmpty { (y, height) = (y - 1, height + 1) }
    return piece
  }
}
