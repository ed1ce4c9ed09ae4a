import Screen

extension Keymap {
  /// The keymap with other keys for some actions: these keys and no others.
  ///
  /// A key that is given to an action is taken from the one that had it.
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
    return Keymap(bindings)
  }

  /// Whether a key ends the program, or asks whether to.
  public var hasWayOut: Bool {
    bindings.contains { Self.ways.contains($0.action) && !$0.inputs.isEmpty }
  }

  /// The keymap with Ctrl-C for ``Action/interrupt``, whatever it did before.
  public var withLastWayOut: Keymap { rebinding([(.interrupt, [.control("c")])]) }

  /// The actions that lead out of the program.
  private static let ways: [Action] = [.close, .leave, .interrupt]

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
