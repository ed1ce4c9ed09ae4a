import Engine
import History
import Scenarios
import Screen

/// What the kernel does in the call under way: functions, indented by depth, and what they decide.
struct TraceView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = canvas.box(area, title: model.titled(title))
    let trace = model.trace
    guard trace.call != nil else {
      let rest = inside.inset(horizontally: 1, vertically: 0)
      canvas.putWrapped("Nothing was called yet.", in: rest, ink: .dim)
      return
    }
    let moment = model.timeline.moment
    let isInside = moment.event > 0
    let done = isInside ? moment.event : trace.events.count
    let current = isInside ? trace.line(after: done) : nil
    var rows = inside
    var first = 0
    if let current {
      first = max(0, min(current - inside.height / 2, trace.lines.count - inside.height))
    } else if trace.lines.count > inside.height {
      let more = trace.lines.count - inside.height + 1
      let last = rows.cutBottom(1).inset(horizontally: 2, vertically: 0)
      let key = model.keymap.key(.previousEvent)
      canvas.put("\(more) lines more; \(key) steps through them", in: last, ink: .dim)
    }
    for index in first..<min(first + rows.height, trace.lines.count) {
      draw(
        trace.lines[index], done: done, isCurrent: index == current, on: &canvas, in: rows,
        row: index - first)
    }
  }

  private var title: String {
    guard let call = model.trace.call else { return "kernel trace" }
    return "kernel trace of call \(call + 1)"
  }

  private func draw(
    _ index: Int, done: Int, isCurrent: Bool, on canvas: inout Canvas, in area: Rect, row: Int,
  ) {
    let trace = model.trace
    let event = trace.events[index]
    if isCurrent { canvas.put(.right, x: area.x, y: area.y + row, ink: .highlight) }
    let indent = min(Int(trace.depths[index]) * 2, area.width / 3)
    let text = Rect(
      x: area.x + 2 + indent, y: area.y + row, width: area.width - 2 - indent, height: 1)
    let ink: Ink = isCurrent ? .highlight : index >= done ? .dim : event.ink
    let times = trace.repeats[index].map { "\($0 + 1) x: " } ?? ""
    canvas.put(times + event.sentence(.short), in: text, ink: ink)
  }
}

extension Event {
  /// The ink of its line: what merges is good, what was refused or went wrong is bad.
  fileprivate var ink: Ink {
    switch self {
    case .entered: .title
    case .stopped: .error
    case .decided(let decision): decision.ink
    case .tableInstalled: .key
    case .tableFreed: .good
    case .left(_, let code): code == .success ? .dim : .error
    case .counted, .tableTracked: .dim
    case .policy(.mergeOnFree(.merged)): .good
    case .policy(.mergeOnFree(.missed)): .warning
    default: .text
    }
  }
}

extension Decision {
  fileprivate var ink: Ink {
    switch self {
    case .collapseDone, .mergeDone: .good
    case .collapseFailed, .bitsRefused, .typeConflict, .writableAndExecutable: .warning
    case .holeRefused: .error
    case .mergeWaits: .dim
    case .policy(let decision): decision.ink
    case .memory(.exhausted): .error
    case .memory(.stolen), .memory(.claimed), .memory(.claimedWhole): .warning
    default: .text
    }
  }
}

extension PolicyDecision {
  fileprivate var ink: Ink {
    switch self {
    case .requestRefused, .nothingLeft: .error
    case .fellBack, .handedOutPresent, .freedNotPresent, .pageblockWaits, .mergeMissed,
      .largerLeafStays:
      .warning
    case .cacheEmpty, .blockTaken, .blockOfOrderTaken, .pageblockMarked, .shrunk: .text
    }
  }
}
