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
    case moving = "Move on the map"
    case calls = "Change permissions of the selected page, or of as many as the count says"
    case loading = "Allocate, load and free"
    case stepping = "Step through a call"
    case time = "Go through calls, play"
    case stops = "Stop, mark, find out who"
    case view = "See more: panels, areas, colours"
    case again = "Try another kernel, policy or machine; compare"
    case lesson = "In a lesson"
    case program = "Help, commands, recording, leaving"
  }

  /// All bindings in the order in which they are listed.
  public let bindings: [Binding]
  private let actions: [Input: Action]
  /// The places of actions in the list: views ask for many in every frame.
  private let places: [Action: Int]

  /// Makes a keymap; of two bindings for a key the first counts.
  public init(_ bindings: [Binding]) {
    self.bindings = bindings
    let pairs = bindings.flatMap { binding in binding.inputs.map { ($0, binding.action) } }
    actions = Dictionary(pairs) { first, _ in first }
    places = Dictionary(bindings.enumerated().map { ($1.action, $0) }) { first, _ in first }
  }

  /// What a key does.
  public subscript(input: Input) -> Action? { actions[input] }

  /// The binding of an action.
  public func binding(of action: Action) -> Binding? { places[action].map { bindings[$0] } }

  /// The first key of an action, for texts; its name in angle brackets where it has no key.
  public func key(_ action: Action) -> String {
    binding(of: action)?.inputs.first?.name ?? "<\(action.name)>"
  }

  /// The keys as they are without a configuration.
  public static let standard = Keymap(
    moving + calls + stepping + time + stops + view + again + lesson + program)
}
