public import Screen

/// Turns the contents of a screen into a file, piece by piece.
///
/// The file is all pieces in order and then ``ending(at:)``, which the next piece replaces: a
/// recording that is cut after any piece holds everything up to there.
///
/// ```
/// | piece | piece | ... | ending |      at every moment
/// ```
///
/// Times are milliseconds since the start; a time that goes back counts as the previous one. The
/// same canvases at the same times give the same bytes.
public protocol Recorder: Sendable {
  /// Records what the screen shows from this time on; its size changes if the terminal was resized.
  ///
  /// - Parameter sentences: what happens there, in words: each a marker that players can go to.
  /// - Returns: the piece of the file; empty if nothing changed.
  mutating func show(
    _ canvas: Canvas, theme: Theme, at milliseconds: Int, sentences: [String],
  ) -> String

  /// Keeps words that only the presenter sees, from this time on; a format that has no place for them
  /// leaves them out.
  mutating func note(_ text: String, at milliseconds: Int)

  /// The bytes that complete the file if it ends here, with the last picture shown up to this time.
  func ending(at milliseconds: Int) -> String
}

extension Recorder {
  /// Leaves the words out.
  public mutating func note(_ text: String, at milliseconds: Int) {}

  /// The same, without sentences.
  public mutating func show(_ canvas: Canvas, theme: Theme, at milliseconds: Int) -> String {
    show(canvas, theme: theme, at: milliseconds, sentences: [])
  }
}
