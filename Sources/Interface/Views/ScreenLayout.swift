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
  /// The place of the welcome: what lies beside the panels.
  var side: Rect?
  /// Whether trace and why share one place.
  var sharesSide = false
  /// Where lanes side by side show the panel that has the keys, from left to right.
  var row: [Rect] = []
  /// Where they show the next panel, smaller.
  var minorRow: [Rect] = []
  /// Where their numbers stand.
  var numbers: Rect?
  /// Where the policies or the memory are shown: in place of why, or of all beside the map.
  var page: Rect?
  /// Where the caption stands, if there is one.
  var caption: Rect?

  /// What lies beside the map, with the caption where that stands above the rest.
  var besideMap: Rect? {
    guard var place = side else { return nil }
    if let caption, caption.x == place.x, caption.bottom == place.y {
      place = Rect(
        x: place.x, y: caption.y, width: place.width, height: caption.height + place.height)
    }
    return place
  }

  /// The least width at which three panels stand side by side.
  private static let widthOfThree = 102

  /// The least terminal that shows a panel.
  static let least = Size(width: 36, height: 21)

  /// The least width of a terminal on which three lanes stand side by side.
  private static let widthOfThreeLanes = 200

  /// The layout for a terminal; `nil` where it is too small.
  ///
  /// - Parameter lanes: how many there are; not all of them need to show.
  init?(
    _ size: Size, showing side: SidePanel = .trace, lanes: Int = 1, captioned: Bool = false,
  ) {
    guard size.width >= Self.least.width, size.height >= Self.least.height else { return nil }
    var rest = Rect(size)
    header = rest.cutTop(1)
    let isHigh = size.width >= 118 && size.height >= 34
    let shown = min(lanes, size.width >= Self.widthOfThreeLanes ? 3 : 2)
    bars = rest.cutTop(max(isHigh ? 2 : 1, lanes > 1 ? min(shown, size.height - 22) : 1))
    hints = rest.cutBottom(1)
    if size.height >= 23 { timeline = rest.cutBottom(1) }
    if captioned, rest.width >= Self.widthOfThree + 36 {
      caption = rest.cutRight(min(46, rest.width - Self.widthOfThree))
    }
    let takesCaption = captioned && caption == nil
    if rest.width >= Self.widthOfThree, size.height >= (takesCaption ? 36 : 32) {
      if lanes > 1 { layLanes(&rest, shown) } else { layThree(&rest) }
      layBelow(&rest, isWide: side != .trace, captioned: takesCaption)
      // The batches need the width of trace and why.
      page = side == .gather ? self.side : why
    } else {
      layOne(&rest, captioned: takesCaption)
      page = self.side
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
    if spare >= 46 {
      legend = map.cutRight(18)
      why = map
    } else if spare >= 17 {
      legend = map
    }
  }

  /// Lanes: their panels side by side, as large as goes; beside them the next panel of each where there
  /// is room, and their numbers.
  private mutating func layLanes(_ rest: inout Rect, _ count: Int) {
    let numbersWidth = Self.numbersWidth(count)
    let columns = max(1, min(4, (rest.width - numbersWidth - 2 * count) / (count * 32)))
    let rows = max(1, min(columns, (rest.height - 14) / 16))
    scale = Size(width: columns, height: rows)
    let extent = PanelView.extent(scale)
    var map = rest.cutTop(extent.height)
    row = (0..<count).map { _ in map.cutLeft(extent.width) }
    let minor = PanelView.extent(Size(width: 1, height: 1))
    if map.width >= count * minor.width, map.height >= minor.height + 16 {
      var above = map.cutTop(minor.height)
      minorRow = (0..<count).map { _ in above.cutLeft(minor.width) }
    } else if map.width >= count * minor.width + numbersWidth {
      minorRow = (0..<count).map { _ in map.cutLeft(minor.width) }
    }
    if map.width >= numbersWidth + 18 { legend = map.cutRight(18) }
    numbers = map
  }

  /// The least width of the panel of numbers beside this many lanes.
  private static func numbersWidth(_ lanes: Int) -> Int { 14 + 10 * lanes }

  /// What stands below the panels.
  private mutating func layBelow(_ rest: inout Rect, isWide: Bool, captioned: Bool) {
    sentence = rest.cutTop(rest.height >= 16 ? 3 : 2)
    inspector = rest.cutLeft(min(48, rest.width / 3))
    if captioned {
      caption = rest.cutRight(min(46, max(rest.width / 2, rest.width - 34)))
      side = rest
      trace = rest
      if why == nil {
        why = rest
        sharesSide = true
      }
      return
    }
    if legend == nil, rest.width >= 110 { legend = rest.cutRight(18) }
    side = rest
    if why == nil {
      let usual = min(36, max(26, rest.width / 3))
      why = rest.cutRight(isWide ? max(usual, min(42, rest.width / 2)) : usual)
    }
    trace = rest
  }

  private mutating func layOne(_ rest: inout Rect, captioned: Bool) {
    let rows = max(1, min(3, (rest.height - 6) / 16))
    let columns = max(1, min(2 * rows, (rest.width - 2 - 44) / 32))
    scale = Size(width: columns, height: min(rows, columns))
    let extent = PanelView.extent(scale)
    // Beside the panel things are cut short; below it they need rows.
    guard rest.width >= extent.width + (rest.height >= 36 ? 38 : 22) else {
      layNarrow(&rest, captioned: captioned)
      return
    }
    sentence = rest.cutBottom(max(1, min(3, rest.height - extent.height)))
    var left = rest.cutLeft(extent.width)
    panels = [left.cutTop(extent.height)]
    if captioned {
      // Words need more room than numbers: in a narrow place they take that of the inspector.
      guard rest.width >= 64 else {
        caption = rest.cutTop(max(1, rest.height * 2 / 3, min(13, rest.height - 4)))
        side = rest
        trace = rest
        why = rest
        sharesSide = true
        return
      }
      caption = rest.cutRight(min(40, rest.width - 34))
    }
    side = rest
    inspector = rest.cutTop(min(12, max(10, rest.height / 2)))
    trace = rest
    sharesSide = left.height < 6
    why = sharesSide ? rest : left
  }

  /// One panel, and below it what else there is room for.
  private mutating func layNarrow(_ rest: inout Rect, captioned: Bool) {
    scale = Size(width: 1, height: 1)
    let extent = PanelView.extent(scale)
    panels = [rest.cutTop(extent.height).row(0)]
    panels[0].height = extent.height
    panels[0].width = extent.width
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
