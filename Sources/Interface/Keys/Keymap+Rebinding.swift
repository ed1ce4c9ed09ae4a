import Screen

extension Keymap {
  /// The keymap with other keys for some actions: these keys and no others.
  ///
  /// A key that is given to an action is taken from the one that had it. Where that leaves no key to
  /// end the program with, Ctrl-C stays with ``Action/interrupt``.
  public func rebinding(_ changes: [(action: Action, inputs: [Input])]) -> Keymap {
    var bindings = bindings
    let given = Set(changes.flatMap(\.inputs))
    for index in bindings.indices {
      if let change = changes.last(where: { $0.action == bindings[index].action }) {
        bindings[index].inputs = change.inputs
      } else {
        bindings[index].inputs.removeAll { given.contains($0) }
      }
    }
    let ways: [Action] = [.close, .leave, .interrupt]
    if !bindings.contains(where: { ways.contains($0.action) && !$0.inputs.isEmpty }) {
      for index in bindings.indices {
        if bindings[index].action == .interrupt {
          bindings[index].inputs = [Self.lastWayOut]
        } else {
          bindings[index].inputs.removeAll { $0 == Self.lastWayOut }
        }
      }
    }
    return Keymap(bindings)
  }

  /// The key that ends the program where no other does.
  public static let lastWayOut = Input.control("c")

  /// Why an input cannot be bound; nil where it can.
  public static func refusal(of input: Input) -> String? {
    switch input {
    case .character(let character) where character.isASCII && character.isNumber:
      "digits make counts"
    case .character, .key, .control: nil
    case .mouse: "the mouse has no bindings"
    case .resize, .resumed, .timeout, .end: "it is no key"
    }
  }

  /// The action with a name, as the configuration gives it.
  public func action(named name: String) -> Action? {
    bindings.first { $0.action.name == name }?.action
  }
}
