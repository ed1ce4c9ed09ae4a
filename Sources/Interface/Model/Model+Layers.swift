import Engine
import Keys
import Language
import Screen

extension Model {
  /// Gives a key to the uppermost layer; a key that does nothing in a list says so.
  mutating func receive(_ input: Input, in layer: Layer) -> [Effect] {
    guard layer.isList else { return answer(input, in: layer) }
    notice = nil
    let effects = answer(input, in: layer)
    if case .choices(let list)? = layers.last, list.said != nil { return effects }
    if effects == [.bell], layers.last == layer, notice == nil {
      say("\(input.name) does nothing in this list", .failed)
    }
    return effects
  }

  private mutating func answer(_ input: Input, in layer: Layer) -> [Effect] {
    switch layer {
    case .help(let place): return receiveInHelp(input, place)
    case .line(let editor): return receive(input, in: editor)
    case .calls(let index): return receiveInCalls(input, index)
    case .choices(let list): return receive(input, in: list)
    case .views(let index): return receiveInViews(input, index)
    case .report(let report): return receiveInReport(input, report)
    case .stops(let index): return receiveInStops(input, meaning(inList: input), index)
    case .prediction(let prompt): return receive(input, in: prompt)
    case .leaving: return receiveInLeaving(input)
    case .resuming: return receiveInResuming(input)
    }
  }

  mutating func close() { layers.removeLast() }

  mutating func replaceTop(with layer: Layer) { layers[layers.count - 1] = layer }

  /// What a key means in a list: those of the cursor, Enter and Escape always work, besides those
  /// that are bound.
  func meaning(inList input: Input) -> Action? {
    switch input {
    case .key(.up): .up
    case .key(.down): .down
    case .key(.pageUp): .pageUp
    case .key(.pageDown): .pageDown
    case .key(.home): .first
    case .key(.end): .last
    case .key(.enter): .zoomIn
    case .key(.escape): .close
    default: keymap[input]
    }
  }

  private mutating func receiveInLeaving(_ input: Input) -> [Effect] {
    close()
    if input == .character("y") || input == .key(.enter) { return leave() }
    guard let action = keymap[input], [.close, .leave].contains(action) else { return [] }
    return leave()
  }

  private mutating func receiveInReport(_ input: Input, _ old: Report) -> [Effect] {
    var report = old
    let last = max(0, report.lines.count - 5)
    let page = max(1, size.height - 5)
    if let first = scrolled(input, from: report.first, last: last, page: page) {
      report.first = first
      replaceTop(with: .report(report))
      return first == old.first ? [.bell] : []
    }
    if meaning(inList: input) == .leave { return [.quit(0)] }
    close()
    return []
  }

  // MARK: - Lines

  private mutating func receive(_ input: Input, in old: LineEditor) -> [Effect] {
    var editor = old
    switch input {
    case .key(.escape), .control("g"):
      close()
      return []
    case .key(.enter): return finish(editor)
    case .key(.backspace) where editor.characters.isEmpty:
      close()
      return []
    case .key(.up), .control("p"): recall(&editor, editor.historyDepth + 1)
    case .key(.down), .control("n"): recall(&editor, editor.historyDepth - 1)
    case .key(.tab):
      if let offer = editor.offer { editor.replace(with: offer) } else { complete(&editor) }
    default: if !editor.edit(by: input) { return [.bell] }
    }
    replaceTop(with: .line(editor))
    return []
  }

  private func recall(_ editor: inout LineEditor, _ depth: Int) {
    let lines: [String] =
      switch editor.purpose {
      case .command: preferences.commands
      case .place: preferences.searches
      case .step, .stop, .operand, .help: []
      }
    guard depth >= 0, depth <= lines.count else { return }
    editor.replace(with: depth == 0 ? "" : lines[lines.count - depth])
    editor.historyDepth = depth
  }

  private func complete(_ editor: inout LineEditor) {
    switch editor.purpose {
    case .command, .stop: break
    case .operand(let form):
      complete(&editor, of: form)
      return
    case .place:
      let text = editor.textBeforeCursor
      let words = MapSearch.firstWords.filter { $0.hasPrefix(text) }
      if words.count == 1 { editor.complete(text, with: words[0] + " ") }
      editor.candidates = words.count > 1 ? words : []
      return
    case .step, .help: return
    }
    var answer = completion(of: editor.textBeforeCursor)
    answer.words += ScreenCommand.completions(of: editor.textBeforeCursor) { $0.words(self) }
      .filter { !answer.words.contains($0) }
    editor.complete(with: answer)
  }

  /// The words of the language that can follow at the end of a line.
  func completion(of line: String) -> Completion {
    Completion(
      line, areas: machine.areas.named.map(\.name), ranges: machine.userRanges.map(\.range.name),
      machines: MachineDescription.builtIn.map(\.name))
  }

  /// Carries out what was typed; the line stays open where that cannot be done.
  private mutating func finish(_ editor: LineEditor) -> [Effect] {
    let text = editor.text
    if editor.offer == nil, let doubt = doubt(about: editor) {
      replaceTop(with: .line(doubt))
      return [.bell]
    }
    let error: String?
    var effects: [Effect] = []
    switch editor.purpose {
    case .command:
      (error, effects) = runCommand(text)
    case .step: error = goToStep(text)
    case .place: error = search(text)
    case .stop(let number): error = takeStop(text, number: number)
    case .operand(let form): error = answer(form, text)
    case .help: error = findInHelp(text)
    }
    guard let error else {
      if case .operand = editor.purpose { return notice?.kind == .failed ? [.bell] : [] }
      layers.removeAll { if case .line = $0 { true } else { false } }
      return effects
    }
    var refused = editor
    refused.error = error
    replaceTop(with: .line(refused))
    return [.bell]
  }
}
