import Engine
import Lanes
import Screen

/// The kernel's own sums: DirectMap lines as bars and numbers; splits, merges, flushes.
///
/// All stand in one row, or in two where there is room.
struct BarsView: View {
  let lane: Lane

  func draw(on canvas: inout Canvas, in area: Rect) {
    if lane.machine.architecture == .arm64 {
      LinearMapBarsView(lane: lane).draw(on: &canvas, in: area)
      return
    }
    guard area.height < 2 else {
      drawBars(on: &canvas, in: area.row(0), gap: 3, namesLines: true)
      canvas.put(counts, in: area.row(1).inset(horizontally: 1, vertically: 0))
      return
    }
    let brief = briefCounts
    var bars = area
    let sizes = MapPicture.sizes
    let amounts = sizes.map {
      5 + TextWidth.columns(Self.amount(lane.machine.directMapKilobytes($0)))
    }
    let width = TextWidth.columns(brief) + 1
    if amounts.reduce(width, +) <= area.width { canvas.put(brief, in: bars.cutRight(width)) }
    drawBars(on: &canvas, in: bars, gap: 2)
  }

  // MARK: - Counts

  private typealias Pieces = [(String, Ink)]

  private var counts: Pieces {
    let counters = lane.machine.counters
    func number(_ counter: Counter, and other: Counter? = nil, _ unit: String) -> Pieces {
      let value = counters[counter] + (other.map { counters[$0] } ?? 0)
      return [(NumberText.grouped(value), .text), (unit, .dim)]
    }
    return [("splits ", .dim)] + number(.level3Splits, " x 1G, ")
      + number(.level2Splits, " x 2M    ") + [("merges ", .dim)]
      + number(.level3Collapses, and: .level2Merges, " x 1G, ")
      + number(.level2Collapses, and: .level1Merges, " x 2M    ")
      + [("TLB flushes ", .dim)] + number(.flushTLBAll, " full, ")
      + number(.flushTLBOneKernel, " pages    ") + [("cache flushes ", .dim)]
      + number(.wbinvd, " full, ") + number(.cacheLineFlushedPages, " pages")
  }

  private var briefCounts: String {
    let counters = lane.machine.counters
    return "splits \(counters.splits) merges \(counters.merges) flushes \(counters[.flushTLBAll])"
      + "+\(counters[.flushTLBOneKernel])"
  }

  // MARK: - Bars

  /// - Parameter namesLines: whether each bar has the full name of its line in `/proc/meminfo`.
  private func drawBars(
    on canvas: inout Canvas, in area: Rect, gap: Int, namesLines: Bool = false,
  ) {
    let sizes = MapPicture.sizes
    let kilobytes = sizes.map { max(0, lane.machine.directMapKilobytes($0)) }
    let whole = kilobytes.reduce(0, +)
    let texts = kilobytes.map(Self.amount)
    let width = max(10, texts.map(TextWidth.columns).max() ?? 0)
    let labels = sizes.map { namesLines ? $0.meminfoName : $0.name }
    let label = (labels.map(TextWidth.columns).max() ?? 2) + 1
    var bar = min(40, (area.width - 1) / 3 - width - label - 1 - gap)
    if bar < 2 { bar = 0 }
    var x = area.x + 1
    canvas.clipped(to: area) { canvas in
      for index in sizes.indices {
        canvas.put(labels[index], x: x, y: area.y, ink: .title)
        if bar == 0 {
          x = canvas.put(texts[index], x: x + label, y: area.y) + gap
          continue
        }
        let text = Rect(x: x + label, y: area.y, width: width, height: 1)
        canvas.put(texts[index], in: text, alignment: .trailing)
        canvas.bar(
          x: text.right + 1, y: area.y, width: bar, part: UInt64(kilobytes[index]),
          of: UInt64(max(1, whole)), ink: sizes[index].barInk)
        x = text.right + 1 + bar + gap
      }
    }
  }

  /// Kilobytes as `/proc/meminfo` counts them, in megabytes where that leaves no remainder.
  static func amount(_ kilobytes: Int64) -> String {
    kilobytes % 1024 == 0
      ? "\(NumberText.grouped(kilobytes / 1024)) MB" : "\(NumberText.grouped(kilobytes)) kB"
  }
}

/// The same for several lanes: a row each, that in charge with a mark.
struct LaneBarsView: View {
  let lanes: Lanes

  func draw(on canvas: inout Canvas, in area: Rect) {
    let window = lanes.window(area.height)
    let names = lanes.list[window].map { TextWidth.columns($0.name) }
    let width = min(24, (names.max() ?? 0) + 3)
    for (row, index) in window.enumerated() {
      var rest = area.row(row)
      let isInCharge = index == lanes.charge
      let label = rest.cutLeft(width)
      if isInCharge { canvas.put(.right, x: label.x, y: label.y, ink: .borderActive) }
      canvas.put(
        lanes.list[index].name, in: Rect(x: label.x + 1, y: label.y, width: width - 2, height: 1),
        ink: isInCharge ? .borderActive : .title)
      BarsView(lane: lanes.list[index]).draw(on: &canvas, in: rest)
    }
  }
}

extension LeafSize {
  /// The line of `/proc/meminfo` that counts memory mapped by leaves of this size.
  fileprivate var meminfoName: String {
    switch self {
    case .size4K: "DirectMap4k"
    case .size2M: "DirectMap2M"
    case .size1G: "DirectMap1G"
    }
  }

  /// The ink of the bar of leaves of this size.
  var barInk: Ink {
    switch self {
    case .size4K: .bar4K
    case .size2M: .bar2M
    case .size1G: .bar1G
    }
  }
}
