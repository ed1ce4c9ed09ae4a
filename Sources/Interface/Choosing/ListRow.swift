import Keys
import Screen

/// A row of a list over the map.
package enum ListRow: Equatable, Sendable {
  /// What the rows below have in common.
  case heading(String)
  /// Something that can be chosen.
  case item(ListItem)

  /// The rows that can be chosen.
  package static func items(_ rows: [ListRow]) -> [ListItem] {
    rows.compactMap { if case .item(let item) = $0 { item } else { nil } }
  }
}

/// Something that can be chosen in a list.
package struct ListItem: Equatable, Sendable {
  /// The key that chooses it at once.
  package var key: Character?
  /// What it is called.
  package var name: String
  /// What it is, in a line.
  package var words: String
  /// More of it, where there is room in the row.
  package var aside = ""
  /// All that is to be said of it while it is selected; empty where the line says it.
  package var details = ""
  /// Whether it is on; `nil` where nothing of the list can be.
  package var isOn: Bool?
  /// Why it cannot be chosen.
  package var refusal: String?

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

/// A list over the map as it is shown: rows under headings, one of them selected.
package struct ShownList {
  package let title: String
  package let rows: [ListRow]
  /// Which of the items is selected.
  package let selected: Int
  /// What keys do in it.
  package let keys: [(String, String)]
  /// A message that replaces the details of the selected item.
  package var said: String?
  /// Why the last key did nothing, in the place of what keys do.
  package var refused: String?
}
