/// What is said of work that is under way.
public struct WorkLine: Equatable, Sendable {
  /// What it is.
  public var words: String
  /// How far it is, from 0 to 100; `nil` where that is not known.
  public var percentage: Int?
  /// Whole seconds since it began.
  public var seconds: Int
  /// The name of the key that stops it.
  public var key: String
  /// Whether a key was refused because of it.
  public var hasRefused = false

  /// Makes a line.
  public init(
    words: String, percentage: Int? = nil, seconds: Int, key: String, hasRefused: Bool = false,
  ) {
    self.words = words
    self.percentage = percentage
    self.seconds = seconds
    self.key = key
    self.hasRefused = hasRefused
  }

  /// How far it is and how long it has taken.
  public var figures: String { (percentage.map { "\($0)%, " } ?? "") + "\(seconds) s" }

  /// The line without a screen.
  public var text: String { "\(words): \(figures); \(key) stops it" }
}
