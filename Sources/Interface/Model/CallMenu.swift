import Engine
import Keys
import Language
import Screen

/// All calls, as the list behind one key offers them: those of the language, in its order.
enum CallMenu {
  /// Every command of the language that is a call.
  static let commands: [Command] = {
    let calls = Command.all.filter(\.isCall)
    // What is booted comes first in the reference; the one call among it is asked for least.
    return calls.filter { $0.group != .setup } + calls.filter { $0.group == .setup }
  }()

  /// The rows: the commands under the headings of the reference.
  static let rows: [ListRow] = {
    var rows: [ListRow] = []
    var group: Command.Group?
    for command in commands {
      if command.group != group {
        let isSwitch = command.group == .setup
        rows.append(.heading(isSwitch ? "A cache, while the machine runs" : command.group.rawValue))
      }
      group = command.group
      rows.append(
        .item(
          ListItem(
            name: command.name, words: command.help,
            details: "\(command.usage): \(command.help) For instance: \(command.example)")))
    }
    return rows
  }()
}

extension Model {
  /// A key in the list of all calls.
  mutating func receiveInCalls(_ input: Input, _ index: Int) -> [Effect] {
    let action = meaning(inList: input)
    if let place = ListMove.place(after: action, from: index, of: CallMenu.commands.count) {
      replaceTop(with: .calls(place))
      return []
    }
    if input == .character(" ") { return makeAsUsual(index) }
    switch action {
    case .zoomIn: return ask(forOperandsOf: index)
    case .close, .moreCalls, .cancel: close()
    case .leave: return [.quit(0)]
    default: return [.bell]
    }
    return []
  }

  /// Makes the call on a line of the list, with what is usual where the screen stands.
  private mutating func makeAsUsual(_ index: Int) -> [Effect] {
    guard CallMenu.commands.indices.contains(index) else { return [.bell] }
    let form = CallForm(CallMenu.commands[index], on: lane, count: count)
    close()
    guard let reason = finish(form) else { return [] }
    say("\(form.name): \(reason)", .failed)
    return [.bell]
  }

  /// Asks for the operands of the call on a line of the list; one that has none is made.
  private mutating func ask(forOperandsOf index: Int) -> [Effect] {
    guard CallMenu.commands.indices.contains(index) else { return [.bell] }
    let form = CallForm(CallMenu.commands[index], on: lane, count: count)
    if form.isComplete { return makeAsUsual(index) }
    layers.append(.line(LineEditor(asking: form)))
    return []
  }

  /// Takes an answer, and asks for the next operand or makes the call; what is wrong otherwise.
  mutating func answer(_ form: CallForm, _ text: String) -> String? {
    var form = form
    if let reason = form.take(text) { return reason }
    guard form.isComplete else {
      replaceTop(with: .line(LineEditor(asking: form)))
      return nil
    }
    if let reason = finish(form) { return reason }
    layers.removeAll { layer in
      switch layer {
      case .line, .calls: true
      case .help, .choices, .views, .report, .stops, .prediction, .leaving, .resuming: false
      }
    }
    return nil
  }

  /// Makes the call of a form, with what is usual for what was not asked; what is wrong otherwise.
  private mutating func finish(_ form: CallForm) -> String? {
    count = nil
    return runCommand(form.wholeLine).error
  }

  /// Completes an operand as the same line would be completed at the prompt.
  func complete(_ editor: inout LineEditor, of form: CallForm) {
    editor.complete(with: completion(of: "\(form.line) \(editor.textBeforeCursor)"))
  }
}

extension LineEditor {
  /// A line for the next operand of a call, with what is usual in it.
  fileprivate init(asking form: CallForm) {
    self.init(.operand(form))
    replace(with: form.suggestion)
    candidates = [form.prompt]
  }
}
