/// Whether and how fast time passes by itself.
public struct Playback: Equatable, Sendable {
  /// A pace: what a step is, and how long one lasts.
  public struct Pace: Equatable, Sendable {
    /// Whether a step is a whole call.
    public var isByCalls: Bool
    /// How long a step lasts, in milliseconds.
    public var milliseconds: Int

    /// The pace in words.
    public var words: String {
      let tenths = milliseconds / 100
      return "\(isByCalls ? "a call" : "an event") every \(tenths / 10).\(tenths % 10) s"
    }
  }

  /// The paces, from slow to fast.
  public static let paces = [
    Pace(isByCalls: false, milliseconds: 2000), Pace(isByCalls: false, milliseconds: 1000),
    Pace(isByCalls: false, milliseconds: 500), Pace(isByCalls: false, milliseconds: 200),
    Pace(isByCalls: true, milliseconds: 2000), Pace(isByCalls: true, milliseconds: 1000),
    Pace(isByCalls: true, milliseconds: 500), Pace(isByCalls: true, milliseconds: 200),
    Pace(isByCalls: true, milliseconds: 100),
  ]

  /// Whether time passes.
  public internal(set) var isPlaying = false
  /// Which pace.
  public internal(set) var index = 5

  /// How long the step that is shown has lasted already, in milliseconds.
  var elapsed = 0

  /// A clock that stands still.
  public init() {}

  /// Lets time stand still.
  mutating func stop() {
    isPlaying = false
    elapsed = 0
  }

  /// The pace.
  public var pace: Pace { Self.paces[index] }
}
