import Engine
import History
import Keys
import Lanes
import Screen

/// The numbers of the lanes that are shown, in the order of their panels, and what the signs on the map
/// say.
struct ComparisonView: View {
  let lanes: Lanes
  /// Which of the lanes are shown.
  let window: Range<Int>
  let keymap: Keymap

  private var shown: ArraySlice<Lane> { lanes.list[window] }

  func draw(on canvas: inout Canvas, in area: Rect) {
    let isAll = window.count == lanes.list.count
    let part = ", \(window.lowerBound + 1)-\(window.upperBound) of \(lanes.list.count)"
    let inside = canvas.box(area, title: "side by side" + (isAll ? "" : part))
      .inset(horizontally: 1, vertically: 0)
    let width = max(4, min(14, (inside.width - 9) / window.count))
    let columns = (1...window.count).reversed().map { place in
      Rect(
        x: inside.right - place * width, y: inside.y, width: place == 1 ? width : width - 1,
        height: inside.height)
    }
    for (column, index) in zip(columns, window) {
      canvas.put(
        lanes.list[index].name, in: column, alignment: .trailing,
        ink: index == lanes.charge ? .borderActive : .title)
    }
    // Where there is little room, the signs matter more than the rarer numbers.
    let signs = signs
    let rows = rows.prefix(max(3, inside.height - 1 - signs.count))
    for (index, row) in rows.enumerated() {
      canvas.put(row.title, in: inside, row: index + 1, ink: .dim)
      let isSame = row.values.allSatisfy { $0 == row.values[0] }
      for (column, value) in zip(columns, row.values) {
        let fits = TextWidth.columns(value) <= column.width
        canvas.put(
          fits ? value : String(value.filter { $0 != "," }), in: column, row: index + 1,
          alignment: .trailing, ink: isSame ? .dim : .key)
      }
    }
    for (index, sign) in signs.enumerated() {
      canvas.put(sign, in: inside, row: max(rows.count + 1, inside.height - signs.count) + index)
    }
  }

  private typealias Row = (title: String, values: [String])

  private func row(_ title: String, _ value: (Machine) -> Int64) -> Row {
    (title, shown.map { NumberText.grouped(value($0.machine)) })
  }

  /// What a counter grew by since boot.
  private func growth(_ title: String, _ counter: Counter) -> Row {
    let values = shown.map {
      $0.machine.counters[counter] - $0.machine(at: .start).counters[counter]
    }
    return (title, values.map(NumberText.grouped))
  }

  /// What tells linear maps of arm64 apart.
  private var rowsOfArm64: [Row] {
    func count(_ title: String, _ value: (LinearMapBooks) -> UInt64) -> Row {
      row(title) { Int64(clamping: value($0.linearMapBooks)) }
    }
    return [
      count("tables") { $0.early.tables + $0.late.tables }, count("fixmap") { $0.early.fixmaps },
      count("TLBIs") { $0.early.invalidations }, count("barriers") { $0.early.barriers },
      count("late TLBI") { $0.late.invalidations }, count("splits") { $0.splits },
      count("CONT lost") { $0.contDropped },
      row("page TLBI") { $0.counters[.flushTLBOneKernel] },
      row("flushes") { $0.counters[.flushTLBAll] },
    ]
  }

  private var rows: [Row] {
    if shown.allSatisfy({ $0.machine.architecture == .arm64 }) { return rowsOfArm64 }
    let sizes = MapPicture.sizes.reversed().map { size -> Row in
      (size.name, shown.map { BarsView.amount($0.machine.directMapKilobytes(size)) })
    }
    return sizes + [
      row("splits") { $0.counters.splits }, row("merges") { $0.counters.merges },
      row("flushes") { $0.counters[.flushTLBAll] },
      row("  by page") { $0.counters[.flushTLBOneKernel] },
      row("cached") { Int64($0.cachedPages.rawValue) },
      growth("scanned", .entriesScanned), growth("tests", .wordsTested),
      ("calls", shown.map { "\($0.timeline.moment.call)" }),
    ]
  }

  /// The signs, how many cells have one, and the keys.
  private var signs: [[(String, Ink)]] {
    let focus = lanes.inCharge.place.focus
    let other = lanes.beside ?? lanes.inCharge
    let count = lanes.inCharge.map[focus].differences(from: other.map[focus])
    let words = lanes.list.count == 2 ? "slots differ" : "differ from \(other.name)"
    return [
      [("\(count) of 512 \(words)", count > 0 ? .key : .dim)]
    ]
      + (SlotDifference.all + (lanes.inCharge.overlay == .permission ? [] : [.color])).map {
        [(String($0.sign), .text), (" " + $0.words, .dim)]
      }
      + [
        [
          (keymap.key(.exchange), .key), (" other side, ", .dim),
          (keymap.key(.nextDifference), .key), (" next difference", .dim),
        ]
      ]
  }
}
