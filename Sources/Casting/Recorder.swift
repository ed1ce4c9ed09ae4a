public import Screen

/// Makes a file of what a screen shows, piece by piece.
///
/// The file is all pieces in order and then ``ending(at:)``, which the next piece takes the place of:
/// a recording that is cut short behind any piece holds what was seen up to there.
///
/// ```
/// | piece | piece | ... | ending |      at every moment
/// ```
///
/// Times are milliseconds since the beginning; one that goes back counts as the one before it.
/// The same canvases at the same times give the same bytes.
public protocol Recorder: Sendable {
  /// What the screen shows from this time on; of another size where the terminal was resized.
  ///
  /// - Parameter sentences: what happens there, in words: each a place in time that players can go to.
  /// - Returns: the piece of the file; empty where nothing changed.
  mutating func show(
    _ canvas: Canvas, theme: Theme, at milliseconds: Int, sentences: [String],
  ) -> String

  /// What makes the file whole if it ends here, where the last picture stays up to this time.
  func ending(at milliseconds: Int) -> String
}

extension Recorder {
  /// The same, of a moment about which nothing is to be said.
  public mutating func show(_ canvas: Canvas, theme: Theme, at milliseconds: Int) -> String {
    show(canvas, theme: theme, at: milliseconds, sentences: [])
  }
}
