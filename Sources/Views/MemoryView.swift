import Engine
import Lanes
import Screen

/// The free lists as in `/proc/buddyinfo` and `/proc/pagetypeinfo`: blocks of each order, by zone, and
/// for the zone of the selected page by type; below, whose the page is.
struct MemoryView: View {
  let lane: Lane

  private static let orders = 11

  private var memory: PhysicalMemory { lane.machine.physical }

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = canvas.box(area, title: lane.titled("memory, free blocks by order"))
      .inset(horizontally: 1, vertically: 0)
    guard memory.isKnown else {
      canvas.putWrapped("A recording has no free lists.", in: inside, ink: .dim)
      return
    }
    var right = inside.x + 3
    for order in 0..<Self.orders {
      canvas.put("\(order)", in: cell(inside.x, 2, order + 1, inside), alignment: .trailing)
    }
    for column in columns where right + column.width <= inside.right {
      draw(column, at: right, on: &canvas, in: inside)
      right += column.width
    }
    var row = Self.orders + 1
    let pfn = lane.selection
    for text in [FrameWords.state(of: pfn, memory), FrameWords.place(of: pfn, memory)] {
      guard let text, row < inside.height else { continue }
      canvas.put(
        [(row == Self.orders + 1 ? "here " : "  ", .dim), (text, .text)], in: inside, row: row)
      row += 1
    }
  }

  // MARK: - Columns

  private struct Column {
    var title: String
    var ink: Ink
    var values: [UInt64]

    /// The columns it takes, with a space before it.
    var width: Int { 1 + max(title.count, values.map { MemoryView.text($0).count }.max() ?? 0) }
  }

  private func cell(_ x: Int, _ width: Int, _ row: Int, _ inside: Rect) -> Rect {
    Rect(x: x, y: inside.y + row, width: width, height: row < inside.height ? 1 : 0)
  }

  private func draw(_ column: Column, at x: Int, on canvas: inout Canvas, in inside: Rect) {
    canvas.put(
      column.title, in: cell(x, column.width, 0, inside), alignment: .trailing, ink: column.ink)
    for (order, value) in column.values.enumerated() {
      canvas.put(
        Self.text(value), in: cell(x, column.width, order + 1, inside), alignment: .trailing,
        ink: value == 0 ? .dim : .text)
    }
  }

  /// A count that fits into a column.
  fileprivate static func text(_ value: UInt64) -> String {
    value < 100_000
      ? "\(value)" : value < 100_000_000 ? "\(value / 1000)k" : "\(value / 1_000_000)M"
  }

  /// The zones, then the types that the selected page's zone has blocks of.
  private var columns: [Column] {
    let zones = memory.zones
    let isOneNode = Set(zones.map(\.node)).count == 1
    let selected = memory.zone(of: lane.selection)
    var columns = zones.indices.map { index in
      let name = zones[index].kind.name
      return Column(
        title: isOneNode ? name : "\(zones[index].node):\(name)",
        ink: index == selected ? .key : .title,
        values: (0..<Self.orders).map { order in
          MigrateType.allCases.reduce(0) {
            $0 + memory.freeBlocks(inZone: index, $1, order: order)
          }
        })
    }
    guard let selected else { return columns }
    for type in MigrateType.allCases {
      let values = (0..<Self.orders).map {
        memory.freeBlocks(inZone: selected, type, order: $0)
      }
      guard values.contains(where: { $0 > 0 }) else { continue }
      columns.append(Column(title: String(type.name.prefix(5)), ink: .key, values: values))
    }
    return columns
  }
}
