import Interface
import Language
import Scenarios
import Screen

/// Lines to read, over the map.
struct ReportView: View {
  let report: Report

  func draw(on canvas: inout Canvas, in area: Rect) {
    let width = min(100, area.width - 2)
    let lines = report.lines.flatMap { line in
      // Further lines of a sentence stand under its first.
      TextWrap.lines(line, width: width - 6).enumerated().map { $0 == 0 ? $1 : "  " + $1 }
    }
    let box = area.centered(
      Size(width: width, height: max(3, min(lines.count + 2, area.height - 2))))
    canvas.fill(box)
    let height = max(1, box.height - 2)
    let start = max(0, min(report.first, lines.count - height))
    let isWhole = lines.count <= height
    let hint = isWhole ? "any key closes" : "arrows scroll, others close"
    let inside = canvas.box(box, title: "\(report.title): \(hint)", ink: .borderActive)
      .inset(horizontally: 1, vertically: 0)
    for (row, line) in lines.dropFirst(start).prefix(inside.height).enumerated() {
      canvas.put(line, in: inside, row: row)
    }
  }
}

/// The stops that are set.
struct StopListView: View {
  let stops: StopList
  let selected: Int

  func draw(on canvas: inout Canvas, in area: Rect) {
    let items = stops.items
    let height = max(5, min(items.count + 4, area.height - 2))
    let box = area.centered(Size(width: min(96, area.width - 2), height: height))
    canvas.fill(box)
    var inside = canvas.box(box, title: "stops", ink: .borderActive)
      .inset(horizontally: 1, vertically: 0)
    let keys: [(String, Ink)] = [
      ("a", .key), (" adds ", .dim), ("Enter", .key), (" changes ", .dim), ("Space", .key),
      (" on/off ", .dim), ("d", .key), (" deletes ", .dim), ("Esc", .key), (" closes", .dim),
    ]
    canvas.put(keys, in: inside.cutBottom(1))
    guard !items.isEmpty else {
      canvas.put("No stop is set. A broken invariant always stops.", in: inside, ink: .dim)
      return
    }
    let first = max(0, min(selected - inside.height / 2, items.count - inside.height))
    for (row, item) in items.dropFirst(first).prefix(inside.height).enumerated() {
      let line = inside.row(row)
      let isOn = item.stop.isEnabled
      canvas.put(isOn ? .tick : .dot, x: line.x, y: line.y, ink: isOn ? .good : .dim)
      let hits = item.hits == 1 ? "1 hit" : "\(item.hits) hits"
      let pieces: [(String, Ink)] = [
        ("\(item.number)  ", .dim), (item.stop.scenarioText, isOn ? .text : .dim),
      ]
      // A long stop gives way to the number of its hits.
      let room = max(0, line.width - hits.count - 4)
      let end = canvas.put(pieces, in: Rect(x: line.x + 2, y: line.y, width: room, height: 1))
      if end > line.x + 2 + room {
        canvas.put(.ellipsis, x: line.x + 1 + room, y: line.y, ink: .dim)
      }
      let rest = Rect(x: min(end, line.x + 2 + room), y: line.y, width: hits.count + 2, height: 1)
      canvas.put("  \(hits)", in: rest, ink: .dim)
      if first + row == selected { canvas.restyle(line, ink: .selection) }
    }
  }
}
