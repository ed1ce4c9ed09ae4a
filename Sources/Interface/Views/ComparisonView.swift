import Engine
import History
import Screen

/// The numbers of two variants, left and right as their panels, and what the signs on the map say.
struct ComparisonView: View {
  /// The variant in charge.
  let model: Model
  /// The variant on the left.
  let first: Model
  /// The variant on the right.
  let second: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = canvas.box(area, title: "side by side").inset(horizontally: 1, vertically: 0)
    let width = max(4, min(14, (inside.width - 9) / 2))
    let columns = [
      Rect(x: inside.right - 2 * width, y: inside.y, width: width - 1, height: inside.height),
      Rect(x: inside.right - width, y: inside.y, width: width, height: inside.height),
    ]
    for (column, variant) in zip(columns, [first, second]) {
      let isInCharge = variant.isSecond == model.isSecond
      canvas.put(
        variant.name, in: column, alignment: .trailing, ink: isInCharge ? .borderActive : .title)
    }
    // Where there is little room, the signs matter more than the rarer numbers.
    let signs = signs
    let rows = rows.prefix(max(3, inside.height - 1 - signs.count))
    for (index, row) in rows.enumerated() {
      canvas.put(row.title, in: inside, row: index + 1, ink: .dim)
      let isSame = row.values.0 == row.values.1
      for (column, value) in zip(columns, [row.values.0, row.values.1]) {
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

  private typealias Row = (title: String, values: (String, String))

  private func row(_ title: String, _ value: (Machine) -> Int64) -> Row {
    (title, (NumberText.grouped(value(first.machine)), NumberText.grouped(value(second.machine))))
  }

  /// What tells two linear maps of arm64 apart.
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
    if [first, second].allSatisfy({ $0.machine.architecture == .arm64 }) { return rowsOfArm64 }
    let sizes = MapPicture.sizes.reversed().map { size -> Row in
      let amounts = [first, second].map {
        BarsView.amount($0.machine.directMapKilobytes(size))
      }
      return (size.name, (amounts[0], amounts[1]))
    }
    let calls = [first, second].map { "\($0.timeline.moment.call)" }
    return sizes + [
      row("splits") { $0.counters.splits }, row("merges") { $0.counters.merges },
      row("flushes") { $0.counters[.flushTLBAll] },
      row("  by page") { $0.counters[.flushTLBOneKernel] },
      row("cached") { Int64($0.cachedPages.rawValue) },
      row("scanned") { $0.counters[.entriesScanned] },
      row("tests") { $0.counters[.wordsTested] },
      ("calls", (calls[0], calls[1])),
    ]
  }

  /// The signs, how many cells have one, and the keys.
  private var signs: [[(String, Ink)]] {
    let panel = first.map[model.focus]
    let count = panel.differences(from: second.map[model.focus])
    let keymap = model.keymap
    return [
      [("\(count) of 512 cells differ", count > 0 ? .key : .dim)]
    ] + SlotDifference.all.map { [(String($0.sign), .text), (" " + $0.words, .dim)] }
      + [
        [
          (keymap.key(.exchange), .key), (" exchanges, ", .dim),
          (keymap.key(.nextDifference), .key), (" next difference", .dim),
        ]
      ]
  }
}
