import Interface
import Screen

/// A list over the map: rows under headings, one of them selected, and below what is said of that one.
struct ListView: View {
  let list: ShownList

  private static let detailRows = 3

  func draw(on canvas: inout Canvas, in area: Rect) {
    let items = ListRow.items(list.rows)
    let said = list.said
    let details =
      said ?? (items.indices.contains(list.selected) ? items[list.selected].details : "")
    let hasDetails = said != nil || items.contains { !$0.details.isEmpty }
    let foot = 1 + (hasDetails && area.height > 12 ? Self.detailRows : 0)
    let width = min(132, area.width - 2)
    let box = area.centered(
      Size(width: width, height: min(list.rows.count + foot + 2, max(4, area.height - 2))))
    canvas.fill(box)
    var inside = canvas.box(box, title: list.title, ink: .borderActive)
      .inset(horizontally: 1, vertically: 0)
    let hints = inside.cutBottom(1)
    var x: [(String, Ink)] = []
    for (key, words) in list.keys { x += [(key, .key), (" \(words)  ", .dim)] }
    canvas.put(list.refused.map { [($0, .warning)] } ?? x, in: hints)
    if foot > 1 {
      canvas.putWrapped(
        details, in: inside.cutBottom(foot - 1), ink: said == nil ? .text : .highlight)
    }
    drawRows(items, on: &canvas, in: inside)
  }

  private func drawRows(_ items: [ListItem], on canvas: inout Canvas, in inside: Rect) {
    var line = 0
    var seen = -1
    for (place, row) in list.rows.enumerated() {
      if case .item = row { seen += 1 }
      if seen == list.selected {
        line = place
        break
      }
    }
    let first = max(0, min(line - inside.height / 2, list.rows.count - inside.height))
    var index = list.rows.prefix(first).count { if case .item = $0 { true } else { false } }
    let width = items.map { TextWidth.columns($0.name) }.max() ?? 0
    for (place, row) in list.rows.dropFirst(first).prefix(inside.height).enumerated() {
      let area = inside.row(place)
      switch row {
      case .heading(let text): canvas.put(text, in: area, ink: .title)
      case .item(let item):
        draw(item, nameWidth: width, on: &canvas, in: area)
        if index == list.selected { canvas.restyle(area, ink: .selection) }
        index += 1
      }
    }
  }

  private func draw(
    _ item: ListItem, nameWidth: Int, on canvas: inout Canvas, in area: Rect,
  ) {
    var rest = area
    let isOpen = item.refusal == nil
    let key = rest.cutLeft(2)
    if let letter = item.key { canvas.put(String(letter), in: key, ink: .key) }
    if let isOn = item.isOn {
      let mark = rest.cutLeft(2)
      canvas.put(isOn ? .tick : .dot, x: mark.x, y: mark.y, ink: isOn ? .good : .dim)
    }
    canvas.put(item.name, in: rest.cutLeft(nameWidth + 2), ink: isOpen ? .key : .dim)
    let room = rest.width
    let words = isOpen ? item.words : item.refusal ?? ""
    canvas.put(words, in: rest, ink: isOpen ? .text : .dim)
    guard isOpen else { return }
    // What is said besides gives way: first its end, then all of it.
    let short = item.aside.prefix { $0 != "," }
    for aside in [item.aside, String(short)] where !aside.isEmpty {
      guard TextWidth.columns(words) + 2 + TextWidth.columns(aside) <= room else { continue }
      canvas.put(aside, in: rest, alignment: .trailing, ink: .dim)
      return
    }
  }
}
