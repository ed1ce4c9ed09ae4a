import Engine
import History
import Interface
import Keys
import Lanes
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
  /// What is worth trying from here.
  let next: [TryNext.Step]
  /// What going on does in the lesson under way; `nil` without one.
  let lesson: String?

  func draw(on canvas: inout Canvas, in area: Rect) {
    if let editor {
      LineView(editor: editor).draw(on: &canvas, in: area)
      return
    }
    var rest = area.inset(horizontally: 1, vertically: 0)
    if let pending {
      let marks = marks.map(\.name).joined(separator: " ")
      let text = pending == .mark ? "mark: a letter" : "go to mark: a letter (\(marks))"
      canvas.put("\(text); Esc cancels", in: rest, ink: .highlight)
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
    drawLast(on: &canvas, in: &rest)
    if let lesson { _ = draw(keymap.key(.goOn), lesson, on: &canvas, in: &rest) }
    var order = Self.order
    if let depth {
      let ways = [depth.deeper.map { _ in Action.unfold }, depth.higher.map { _ in Action.fold }]
      order.insert(contentsOf: [.nextEvent, .previousEvent] + ways.compactMap(\.self), at: 1)
    }
    if isComparing { order.insert(contentsOf: [.exchange, .nextDifference], at: 1) }
    var shown: Set<Action> = []
    for (place, binding) in order.compactMap(keymap.binding).enumerated() {
      if place == 1 { drawNext(on: &canvas, in: &rest) }
      guard shown.insert(binding.action).inserted, let hint = binding.hint,
        let key = binding.inputs.first?.name, !next.contains(where: { $0.keys == key })
      else { continue }
      guard draw(key, hint, on: &canvas, in: &rest) else { return }
    }
  }

  /// Draws at the right edge what is needed at any time: the command line, and the way out.
  private func drawLast(on canvas: inout Canvas, in rest: inout Rect) {
    guard rest.width >= 40 else { return }
    for (action, words) in [(Action.close, "quit"), (.commandLine, "command")] {
      let key = keymap.key(action)
      let width = TextWidth.columns("\(key) \(words)")
      canvas.put([(key, .key), (" " + words, .dim)], in: rest.cutRight(width))
      _ = rest.cutRight(2)
    }
  }

  /// Draws what is worth trying, behind the help.
  private func drawNext(on canvas: inout Canvas, in rest: inout Rect) {
    let label = "try next:"
    guard !next.isEmpty, count == nil, !playback.isPlaying, rest.width > 30 else { return }
    canvas.put(label, in: rest.cutLeft(label.count + 1), ink: .highlight)
    for step in next {
      guard draw(step.keys, step.words, on: &canvas, in: &rest) else { return }
    }
  }

  /// Draws a key and what it does; whether there was room.
  private func draw(
    _ key: String, _ words: String, on canvas: inout Canvas, in rest: inout Rect,
  ) -> Bool {
    let width = TextWidth.columns(key) + 1 + TextWidth.columns(words)
    guard rest.width >= width else { return false }
    canvas.put([(key, .key), (" " + words, .dim)], in: rest.cutLeft(width + 2))
    return true
  }

  /// What is hinted at, the most wanted first.
  private static let order: [Action] = [
    .help, .setMemory(.ro), .setMemory(.rw), .nextEvent, .previousEvent, .undo, .play, .runOn,
    .zoomIn,
    .nextPanel, .sidePanel, .allocate, .setMemory(.rox), .moreCalls, .choosePolicies, .viewList,
    .search,
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
    case .operand(let form): "\(form.name) \(form.shortWanted): "
    case .help: "find in the help: "
    }
  }
}
