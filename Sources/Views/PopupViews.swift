import Engine
import Interface
import Keys
import Screen

/// The help over the screen.
struct HelpView: View {
  let keymap: Keymap
  let place: HelpPlace

  func draw(on canvas: inout Canvas, in area: Rect) {
    let box = area.centered(Size(width: 84, height: max(3, area.height - 2)))
    canvas.fill(box)
    let lines = HelpPage.lines(keymap)
    let height = HelpPage.rows(in: area.size)
    let start = max(0, min(place.first, lines.count - height))
    let end = min(start + height, lines.count)
    let search =
      place.search.isEmpty
      ? "\(keymap.key(.search)) finds"
      : "\(keymap.key(.nextChange)) \(keymap.key(.previousChange)) find more"
    let title =
      "help, lines \(start + 1)-\(end) of \(lines.count): arrows and Space scroll, \(search), "
      + "others close"
    let inside = canvas.box(box, title: title, ink: .borderActive)
      .inset(horizontally: 1, vertically: 0)
    for (row, line) in lines.dropFirst(start).prefix(inside.height).enumerated() {
      defer {
        if line.has(place.search) {
          canvas.restyle(inside.row(row), ink: .highlight)
        }
      }
      switch line {
      case .heading(let text): canvas.put(text, in: inside, row: row, ink: .title)
      case .text(let text): canvas.put(text, in: inside, row: row)
      case .key(let keys, let help):
        canvas.put(
          keys, in: Rect(x: inside.x, y: inside.y, width: 11, height: inside.height), row: row,
          ink: .key)
        let rest = Rect(
          x: inside.x + 12, y: inside.y, width: inside.width - 12, height: inside.height)
        canvas.put(help, in: rest, row: row)
      case .empty: break
      }
    }
  }
}

/// The question whether to leave.
struct LeavingView: View {
  let keymap: Keymap

  func draw(on canvas: inout Canvas, in area: Rect) {
    let box = area.centered(Size(width: 46, height: 4))
    canvas.fill(box)
    let inside = canvas.box(box, title: "quit?", ink: .borderActive)
    let key = keymap.binding(of: .close)?.inputs.first.map { "\($0.name) or " } ?? ""
    canvas.put("\(key)Enter quits,", in: inside, row: 0, alignment: .center)
    canvas.put("any other key stays", in: inside, row: 1, alignment: .center)
  }
}

/// The first screen's explanation.
struct WelcomeView: View {
  let keymap: Keymap
  let showsOnePanel: Bool

  func draw(on canvas: inout Canvas, in area: Rect) {
    let inside = canvas.box(area, title: "welcome", ink: .borderActive, titleInk: .borderActive)
      .inset(horizontally: 1, vertically: 0)
    guard inside.height >= 9 else {
      drawBrief(on: &canvas, in: inside)
      return
    }
    let sentences = Welcome.sentences(keymap, showsOnePanel: showsOnePanel)
    var keys = Welcome.keys(keymap)
    let lines = sentences.map { TextWrap.lines($0, width: inside.width).count }.reduce(0, +)
    // The footer tells of the second key too.
    if lines + 1 + keys.count > inside.height { keys.remove(at: 1) }
    // Blank lines between the sentences, where there is room for them.
    let isAiry = lines + sentences.count + 1 + keys.count <= inside.height
    var row = 0
    for sentence in sentences {
      row += canvas.putWrapped(sentence, in: inside, row: row) + (isAiry ? 1 : 0)
    }
    canvas.put("Press first:", in: inside, row: row, ink: .title)
    let width = 2 + (keys.map { TextWidth.columns($0.0) }.max() ?? 1)
    for (index, (key, words)) in keys.enumerated() {
      canvas.put(key, in: inside, row: row + 1 + index, ink: .key)
      let rest = Rect(
        x: inside.x + width, y: inside.y, width: inside.width - width, height: inside.height)
      canvas.put(words, in: rest, row: row + 1 + index)
    }
  }
}

extension WelcomeView {
  /// The most important of it where there are a few rows only: as many keys as fit into the last one.
  private func drawBrief(on canvas: inout Canvas, in inside: Rect) {
    var row = 0
    for sentence in Welcome.briefSentences {
      row += canvas.putWrapped(sentence, in: inside, row: row)
    }
    var rest = inside.row(row)
    for (key, words) in Welcome.keys(keymap) {
      let width = TextWidth.columns(key + words) + 1
      guard width <= rest.width else { continue }
      canvas.put([(key, .key), (" " + words, .text)], in: rest.cutLeft(width + 2))
    }
  }
}

/// An error, or the words that could complete the line, above the line that is typed.
struct AnswerView: View {
  let editor: LineEditor

  func draw(on canvas: inout Canvas, in area: Rect) {
    // A line that was refused stays, so it says how to go.
    let refusal = editor.error.map { $0.last.map(".?!".contains) == true ? $0 : $0 + "." }
    let text =
      refusal.map { "\($0) Esc closes this line." }
      ?? editor.candidates.joined(separator: "  ")
    guard !text.isEmpty else { return }
    let rows = min(TextWrap.lines(text, width: area.width - 2).count, area.height)
    let place = Rect(x: area.x, y: area.bottom - rows, width: area.width, height: rows)
    canvas.fill(place)
    let inside = place.inset(horizontally: 1, vertically: 0)
    canvas.putWrapped(text, in: inside, ink: editor.error == nil ? .dim : .error)
  }
}
