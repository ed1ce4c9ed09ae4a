import Engine
import History
import Scenarios
import Screen

/// What the kernel does in the call under way: functions, indented by depth, and what they decide.
struct TraceView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = canvas.box(area, title: title)
    let trace = model.trace
    guard trace.call != nil else {
      let rest = inside.inset(horizontally: 1, vertically: 0)
      canvas.putWrapped("Nothing was called yet.", in: rest, ink: .dim)
      return
    }
    let done = model.timeline.moment.event > 0 ? model.timeline.moment.event : trace.events.count
    let first = max(0, min(done - inside.height * 2 / 3, trace.events.count - inside.height))
    for row in 0..<max(0, inside.height) where first + row < trace.events.count {
      draw(first + row, done: done, on: &canvas, in: inside, row: row)
    }
  }

  private var title: String {
    guard let call = model.trace.call else { return "kernel trace" }
    return "kernel trace of call \(call + 1)"
  }

  private func draw(
    _ index: Int, done: Int, on canvas: inout Canvas, in area: Rect, row: Int,
  ) {
    let trace = model.trace
    let event = trace.events[index]
    let isCurrent = index == done - 1
    if isCurrent { canvas.put(.right, x: area.x, y: area.y + row, ink: .highlight) }
    let indent = min(Int(trace.depths[index]) * 2, area.width / 3)
    let text = Rect(
      x: area.x + 2 + indent, y: area.y + row, width: area.width - 2 - indent, height: 1)
    let ink: Ink = isCurrent ? .highlight : index >= done ? .dim : event.ink
    canvas.put(event.sentence(.short), in: text, ink: ink)
  }
}

extension Event {
  /// The ink of its line.
  fileprivate var ink: Ink {
    switch self {
    case .entered: .title
    case .decided(.collapseFailed), .decided(.bitsRefused), .decided(.holeRefused),
      .decided(.typeConflict), .decided(.writableAndExecutable):
      .warning
    case .decided(.collapseDone): .good
    case .decided: .text
    case .tableInstalled, .tableFreed: .key
    case .left, .counted: .dim
    default: .text
    }
  }
}
