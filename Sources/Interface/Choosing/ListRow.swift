import Screen

/// A row of a list over the map.
enum ListRow: Equatable, Sendable {
  /// What the rows below have in common.
  case heading(String)
  /// Something that can be chosen.
  case item(ListItem)

  /// The rows that can be chosen.
  static func items(_ rows: [ListRow]) -> [ListItem] {
    rows.compactMap { if case .item(let item) = $0 { item } else { nil } }
  }
}

/// Something that can be chosen in a list.
struct ListItem: Equatable, Sendable {
  /// The key that chooses it at once.
  var key: Character?
  /// What it is called.
  var name: String
  /// What it is, in a line.
  var words: String
  /// More of it, where there is room in the row.
  var aside = ""
  /// All that is to be said of it while it is selected; empty where the line says it.
  var details = ""
  /// Whether it is on; `nil` where nothing of the list can be.
  var isOn: Bool?
  /// Why it cannot be chosen.
  var refusal: String?

  /// The keys that choose at once, in the order in which items get them: those that move, mark or
  /// close a list are left out.
  private static let keys = Array("123456789acdefghilmnoprstuvwxz")

  /// Gives the items of a list their keys; those that cannot be chosen get none.
  static func withKeys(_ rows: [ListRow]) -> [ListRow] {
    var rest = keys[...]
    return rows.map { row in
      guard case .item(var item) = row, item.key == nil, item.refusal == nil else { return row }
      item.key = rest.popFirst()
      return .item(item)
    }
  }
}

/// Where a key leads in a list.
enum ListMove {
  /// The place that is selected then; `nil` for a key that does not move.
  static func place(after action: Action?, from index: Int, of count: Int) -> Int? {
    let target: Int
    switch action {
    case .down: target = index + 1
    case .up: target = index - 1
    case .pageDown: target = index + 10
    case .pageUp: target = index - 10
    case .first: target = 0
    case .last: target = count - 1
    default: return nil
    }
    return max(0, min(target, count - 1))
  }
}

/// A list over the map: rows under headings, one of them selected, and below what is said of that one.
struct ListView: View {
  let title: String
  let rows: [ListRow]
  /// Which of the items is selected.
  let selected: Int
  /// What keys do in it.
  let keys: [(String, String)]
  /// A message that replaces the details of the selected item.
  var said: String?
  /// Why the last key did nothing, in the place of what keys do.
  var refused: String?

  private static let detailRows = 3

  func draw(on canvas: inout Canvas, in area: Rect) {
    let items = ListRow.items(rows)
    let details = said ?? (items.indices.contains(selected) ? items[selected].details : "")
    let hasDetails = said != nil || items.contains { !$0.details.isEmpty }
    let foot = 1 + (hasDetails && area.height > 12 ? Self.detailRows : 0)
    let width = min(132, area.width - 2)
    let box = area.centered(
      Size(width: width, height: min(rows.count + foot + 2, max(4, area.height - 2))))
    canvas.fill(box)
    var inside = canvas.box(box, title: title, ink: .borderActive)
      .inset(horizontally: 1, vertically: 0)
    let hints = inside.cutBottom(1)
    var x: [(String, Ink)] = []
    for (key, words) in keys { x += [(key, .key), (" \(words)  ", .dim)] }
    canvas.put(refused.map { [($0, .warning)] } ?? x, in: hints)
    if foot > 1 {
      canvas.putWrapped(
        details, in: inside.cutBottom(foot - 1), ink: said == nil ? .text : .highlight)
    }
    drawRows(items, on: &canvas, in: inside)
  }

  private func drawRows(_ items: [ListItem], on canvas: inout Canvas, in inside: Rect) {
    var line = 0
    var seen = -1
    for (place, row) in rows.enumerated() {
      if case .item = row { seen += 1 }
      if seen == selected {
        line = place
        break
      }
    }
    let first = max(0, min(line - inside.height / 2, rows.count - inside.height))
    var index = rows.prefix(first).count { if case .item = $0 { true } else { false } }
    let width = items.map { TextWidth.columns($0.name) }.max() ?? 0
    for (place, row) in rows.dropFirst(first).prefix(inside.height).enumerated() {
      let area = inside.row(place)
      switch row {
      case .heading(let text): canvas.put(text, in: area, ink: .title)
      case .item(let item):
        draw(item, nameWidth: width, on: &canvas, in: area)
        if index == selected { canvas.restyle(area, ink: .selection) }
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
