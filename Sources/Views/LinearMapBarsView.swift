import Engine
import Lanes
import Screen

/// The sums of an arm64 machine, whose kernel keeps no DirectMap lines: the leaves of the linear map by
/// what a TLB may keep as one, its tables, and the TLB invalidations that they took.
struct LinearMapBarsView: View {
  let lane: Lane

  func draw(on canvas: inout Canvas, in area: Rect) {
    let leaves = lane.map.leaves ?? LinearMapLeaves(of: lane.machine)
    let parts = leaves.bySize.reversed().filter { $0.count > 0 }
    let whole = max(1, leaves.pages.kilobytes)
    var x = area.x + 1
    let texts = parts.map { BarsView.amount(Int64($0.pages.kilobytes)) }
    let taken = zip(parts, texts).reduce(0) { $0 + $1.0.name.count + $1.1.count + 5 }
    let bar = min(30, max(0, (area.width - 2 - taken) / max(1, parts.count)))
    canvas.clipped(to: area) { canvas in
      for (part, text) in zip(parts, texts) {
        canvas.put("\(part.name) ", x: x, y: area.y, ink: .title)
        x = canvas.put(text, x: x + part.name.count + 1, y: area.y) + 1
        if bar >= 2 {
          canvas.bar(
            x: x, y: area.y, width: bar, part: part.pages.kilobytes, of: whole,
            ink: part.entries.barInk)
          x += bar
        }
        x += 2
      }
    }
    if area.height >= 2 {
      canvas.put(counts, in: area.row(1).inset(horizontally: 1, vertically: 0))
    } else if bar < 2 || x < area.right {
      let brief = counts.prefix(2).map(\.0).joined()
      let room = Rect(x: x, y: area.y, width: max(0, area.right - x - 1), height: 1)
      if TextWidth.columns(brief) <= room.width {
        canvas.put(brief, in: room, alignment: .trailing)
      }
    }
  }

  private var counts: [(String, Ink)] {
    let books = lane.machine.linearMapBooks
    let all = TableLevel.allCases.map { books.early[$0].allocated + books.late[$0].allocated }
    func number(_ value: UInt64) -> String { NumberText.grouped(Int64(clamping: value)) }
    let slots = books.slots.levels.map(\.name).joined(separator: " ")
    return [
      ("tables ", .dim), (number(all.reduce(0, +)), .text),
      ("    fixmap ", .dim), (slots.isEmpty ? "" : slots + "  ", .highlight), ("TLBIs ", .dim),
      (number(books.early.invalidations), .text), (" at boot, ", .dim),
      (number(books.late.invalidations), .text), (" since    split ", .dim),
      (number(books.splits), .text), (" blocks, ", .dim), (number(books.contDropped), .text),
      (" groups    TLBIs of pages ", .dim),
      (number(UInt64(clamping: lane.machine.counters[.flushTLBOneKernel])), .text),
    ]
  }
}
