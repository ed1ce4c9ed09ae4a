import Keys
import Screen

extension ConfigurationReader {
  mutating func readKeys(_ entry: Entry) {
    guard entry.path.count == 2 else {
      tell(
        entry.line, "\(TomlDocument.text(entry.path)) is no action",
        "write ACTION = \"KEY\" below [keys]")
      return
    }
    let name = entry.path[1]
    guard let action = Keymap.standard.action(named: name) else {
      let names = Keymap.standard.bindings.map(\.action.name)
      tell(entry.line, "no action is called '\(name)'", Self.hint(name, names))
      return
    }
    let names: [TomlValue]
    switch entry.value {
    case .string: names = [entry.value]
    case .array(let values): names = values
    default: return tell(entry, wants: "\"KEY\" or [\"KEY\", ...], [] for none")
    }
    let inputs = names.compactMap { input($0, action, entry.line) }
    // If all of its keys are wrong, an action keeps those it has.
    guard !inputs.isEmpty || names.isEmpty else { return }
    keyChanges.append((action, inputs))
    result.keyOrigins[action.name] = origin(entry)
  }

  /// A key; nil, and a problem, for a name that is not a key or is already assigned.
  private mutating func input(_ value: TomlValue, _ action: Action, _ line: Int) -> Input? {
    guard case .string(let name) = value else {
      tell(line, "a key cannot be \(value.kind)", "write its name in quotes")
      return nil
    }
    guard let input = Input(name: name), Input(name: input.name) == input else {
      tell(
        line, "no key is called '\(name)'",
        "keys are single characters, C-x with Ctrl, F1, and names such as Enter, Space, PageUp")
      return nil
    }
    if let reason = Keymap.refusal(of: input) {
      tell(line, "'\(name)' cannot be bound: \(reason)", "choose another key")
      return nil
    }
    if let owner = owners[input] {
      guard owner.action != action else { return nil }
      tell(
        line,
        "'\(input.name)' is given to \(owner.action.name) on line \(owner.line) and to "
          + "\(action.name) here", "\(owner.action.name) has it; choose another key for one of them"
      )
      return nil
    }
    owners[input] = (action, line)
    return input
  }

  /// Determines which action has which key.
  mutating func finishKeys() {
    let before = Keymap.standard
    result.keymap = before.rebinding(keyChanges)
    for (old, new) in zip(before.bindings, result.keymap.bindings) where old.inputs != new.inputs {
      guard result.keyOrigins[old.action.name] == nil,
        let lost = old.inputs.first(where: { !new.inputs.contains($0) }), let owner = owners[lost]
      else { continue }
      result.keyOrigins[old.action.name] = .line(owner.line, file: file)
    }
    guard !result.keymap.hasWayOut else { return }
    result.keymap = result.keymap.withLastWayOut
    guard let change = keyChanges.last,
      case .line(let line, _)? = result.keyOrigins[change.action.name]
    else { return }
    tell(
      line, "no key is left that ends the program", "C-c stays with interrupt; give close a key")
  }
}
