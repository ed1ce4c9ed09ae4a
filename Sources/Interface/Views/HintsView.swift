import Engine
import History
import Screen

/// The keys that are most likely wanted, or the line that is being typed.
struct HintsView: View {
  let keymap: Keymap
  /// The line that is being typed, if one is.
  let editor: LineEditor?
  let pending: PendingKey?
  let marks: [Mark]
  let count: UInt64?
  let playback: Playback
  let isComparing: Bool
  /// How deep the trace of the call goes inside of which time stands; `nil` between calls.
  let depth: TraceDepth?

  func draw(on canvas: inout Canvas, in area: Rect) {
    if let editor {
      LineView(editor: editor).draw(on: &canvas, in: area)
      return
    }
    var rest = area.inset(horizontally: 1, vertically: 0)
    if let pending {
      let marks = marks.map(\.name).joined(separator: " ")
      canvas.put(
        pending == .mark ? "mark: a letter" : "go to mark: a letter (\(marks))", in: rest,
        ink: .highlight)
      return
    }
    if let count {
      let text = "count \(count)"
      canvas.put(text, in: rest.cutLeft(TextWidth.columns(text) + 2), ink: .highlight)
    }
    if playback.isPlaying {
      let text = "playing, \(playback.pace.words)"
      canvas.put(text, in: rest.cutLeft(TextWidth.columns(text) + 2), ink: .highlight)
    }
    var order = Self.order
    if let depth {
      let ways = [depth.deeper.map { _ in Action.unfold }, depth.higher.map { _ in Action.fold }]
      order.insert(contentsOf: [.nextEvent, .previousEvent] + ways.compactMap(\.self), at: 1)
    }
    if isComparing { order.insert(contentsOf: [.exchange, .nextDifference], at: 1) }
    var shown: Set<Action> = []
    for binding in order.compactMap(keymap.binding) where shown.insert(binding.action).inserted {
      guard let hint = binding.hint, let key = binding.inputs.first?.name else { continue }
      let width = TextWidth.columns(key) + 1 + TextWidth.columns(hint)
      guard rest.width >= width else { return }
      canvas.put([(key, .key), (" " + hint, .dim)], in: rest.cutLeft(width + 2))
    }
  }

  /// What is hinted at, the most wanted first.
  private static let order: [Action] = [
    .help, .setMemory(.ro), .setMemory(.rw), .nextEvent, .previousEvent, .undo, .play, .runOn,
    .zoomIn,
    .nextPanel, .sidePanel, .allocate, .setMemory(.rox), .moreCalls, .commandLine, .search, .close,
  ]
}

/// The line that is being typed.
struct LineView: View {
  let editor: LineEditor

  func draw(on canvas: inout Canvas, in area: Rect) {
    let prompt = editor.purpose.prompt
    let start = area.x + TextWidth.columns(prompt)
    canvas.put(prompt, in: area, ink: .key)
    // A line that is too long is shown around its cursor.
    let before = TextWidth.columns(editor.textBeforeCursor)
    let room = max(1, area.right - start - 1)
    let shift = max(0, before - room)
    let text = Rect(x: start, y: area.y, width: area.right - start, height: 1)
    canvas.clipped(to: text) { canvas in
      _ = canvas.put(editor.text, x: start - shift, y: area.y)
    }
    let cursor = Point(x: start + before - shift, y: area.y)
    if canvas.bounds.contains(cursor) { canvas.cursor = cursor }
  }
}

extension LineEditor.Purpose {
  /// What stands before the line.
  var prompt: String {
    switch self {
    case .command: ":"
    case .step: "go to call (17) or part (50%): "
    case .place: "/"
    case .stop(let number): number == 0 ? "a stop: " : "stop \(number): "
    }
  }
}
