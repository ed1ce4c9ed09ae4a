import Engine
import Screen

/// The keys that are most likely wanted, or the line that is being typed.
struct HintsView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    for layer in model.layers.reversed() {
      if case .line(let editor) = layer {
        LineView(model: model, editor: editor).draw(on: &canvas, in: area)
        return
      }
    }
    var rest = area.inset(horizontally: 1, vertically: 0)
    if let count = model.count {
      let text = "count \(count)"
      canvas.put(text, in: rest.cutLeft(TextWidth.columns(text) + 2), ink: .highlight)
    }
    if model.playback.isPlaying {
      let text = "playing, \(model.playback.pace.words)"
      canvas.put(text, in: rest.cutLeft(TextWidth.columns(text) + 2), ink: .highlight)
    }
    let order =
      model.rival == nil
      ? Self.order : [.help, .exchange, .nextDifference] + Self.order.dropFirst()
    for binding in order.compactMap(model.keymap.binding) {
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
  let model: Model
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
