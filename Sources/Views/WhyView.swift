import Engine
import Lanes
import Narration
import Screen

/// Why the selected slot is not one leaf: what blocks the merge, what would clear it, and who would
/// merge; for a large leaf, what would split it. The most important first.
struct WhyView: View {
  let lane: Lane
  /// How far the answer is scrolled.
  let scroll: WhyScroll

  func draw(on canvas: inout Canvas, in area: Rect) {
    guard lane.place.space != .process else {
      let inside = canvas.box(area, title: lane.titled("why")).inset(
        horizontally: 1, vertically: 0)
      let words = "What re-forms leaves of a process (khugepaged) is not simulated."
      for (row, line) in TextWrap.lines(words, width: max(1, inside.width)).enumerated() {
        canvas.put(line, in: inside, row: row, ink: .dim)
      }
      return
    }
    let answer = lane.slotAnswer
    let inside = canvas.box(area, title: lane.titled(titles(answer), width: area.width - 4))
      .inset(horizontally: 1, vertically: 0)
    guard !inside.isEmpty else { return }
    let rows = Self.rows(answer.lines(.short), width: inside.width)
    let first = min(lane.firstRow(scroll), max(0, rows.count - inside.height))
    for (index, row) in rows.dropFirst(first).prefix(inside.height).enumerated() {
      if let (glyph, ink) = row.sign {
        canvas.put(glyph, x: inside.x, y: inside.y + index, ink: ink)
      }
      let text = Rect(
        x: inside.x + row.indent, y: inside.y, width: inside.width - row.indent,
        height: inside.height)
      canvas.put(row.text, in: text, row: index, ink: row.ink)
    }
    let hidden = rows.count - first - inside.height
    guard hidden > 0, area.width >= 20 else { return }
    let edge = Rect(x: inside.x, y: area.bottom - 1, width: inside.width, height: 1)
    let words = "\(counted(hidden, "more row"))"
    let hint = " \(words); :why shows all "
    canvas.put(
      TextWidth.columns(hint) <= edge.width ? hint : " \(words) ", in: edge, ink: .dim)
  }

  /// The question, with the slot that it is about; after it the same in fewer words.
  private func titles(_ answer: SlotAnswer) -> [String] {
    let size = answer.merge.size
    let slot = "\(size.name) slot \(lane.page.rawValue / size.pages.rawValue)"
    return if case .leaf(size) = answer.merge.mapping {
      ["what would split \(slot)?", "\(slot): what splits it?", "\(slot): split?"]
    } else {
      ["why is \(slot) not one leaf?", "\(slot): why not one?", "\(slot): why?"]
    }
  }

  /// A row of the panel.
  private struct Row {
    var sign: (Glyph, Ink)?
    var indent: Int
    var text: String
    var ink: Ink
  }

  /// The lines, wrapped; those with a sign stand behind it.
  private static func rows(_ lines: [AnswerLine], width: Int) -> [Row] {
    lines.flatMap { line in
      let (sign, indent, ink) = look(line.mark)
      return TextWrap.lines(line.text, width: max(1, width - indent)).enumerated().map {
        Row(sign: $0 == 0 ? sign : nil, indent: indent, text: $1, ink: ink)
      }
    }
  }

  private static func look(
    _ mark: AnswerLine.Mark,
  ) -> (sign: (Glyph, Ink)?, indent: Int, ink: Ink) {
    switch mark {
    case .heading: (nil, 0, .title)
    case .met: ((.tick, .good), 2, .text)
    case .notMet: ((.cross, .error), 2, .title)
    case .notReached: ((.dot, .dim), 2, .dim)
    case .detail: (nil, 2, .text)
    case .warning: (nil, 0, .warning)
    case .plain: (nil, 0, .text)
    }
  }
}
