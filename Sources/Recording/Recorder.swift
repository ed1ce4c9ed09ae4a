public import Screen

/// Makes a file of what a screen shows, piece by piece: what its functions return belongs at the end of
/// the file, so that a recording that is cut short holds what was seen up to there.
///
/// Times are milliseconds since the beginning and never go back.
public protocol Recorder: Sendable {
  /// What the screen shows from this time on; of another size where the terminal was resized.
  mutating func show(_ canvas: Canvas, theme: Theme, at milliseconds: Int) -> String

  /// A place in time that players can go to, with a sentence on what happens there.
  mutating func mark(_ sentence: String, at milliseconds: Int) -> String

  /// The end: the last picture stays up to this time.
  mutating func finish(at milliseconds: Int) -> String
}
