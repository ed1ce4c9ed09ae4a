import Screen

/// Which key does what. One table: keys, help, hints and `docs/keys.md` all come from it.
public struct Keymap: Equatable, Sendable {
  /// Keys that do the same, with what is said about them.
  public struct Binding: Equatable, Sendable {
    /// The keys; the first is the one that hints show.
    public var inputs: [Input]
    /// What they do.
    public var action: Action
    /// What they do, in one line.
    public var help: String
    /// The same in a word or two, for the line of hints.
    public var hint: String?
    /// Where they are listed.
    public var group: Group

    /// The keys as text.
    public var keys: String { inputs.map(\.name).joined(separator: " ") }
  }

  /// The parts of the list, in order; raw values are the headings.
  public enum Group: String, CaseIterable, Sendable {
    case moving = "Moving about"
    case calls = "Calls: they act on the selected page, or on as many pages as the count says"
    case time = "Time"
    case view = "The screen"
  }

  /// All bindings in the order in which they are listed.
  public let bindings: [Binding]
  private let actions: [Input: Action]

  /// Makes a keymap; of two bindings for a key the first counts.
  public init(_ bindings: [Binding]) {
    self.bindings = bindings
    let pairs = bindings.flatMap { binding in binding.inputs.map { ($0, binding.action) } }
    actions = Dictionary(pairs) { first, _ in first }
  }

  /// What a key does.
  public subscript(input: Input) -> Action? { actions[input] }

  /// The binding of an action.
  public func binding(of action: Action) -> Binding? { bindings.first { $0.action == action } }

  /// The first key of an action, for texts; its name in angle brackets where it has no key.
  public func key(_ action: Action) -> String {
    binding(of: action)?.inputs.first?.name ?? "<\(action.name)>"
  }

  /// The keys as they are without a configuration.
  public static let standard = Keymap(moving + calls + time + view)
}
