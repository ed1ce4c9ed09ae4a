extension Model {
  /// Ends a performance: the screen is the watcher's from here on.
  public mutating func endPerformance(_ words: String, isFailure: Bool = false) {
    presentation.isUnderWay = false
    presentation.failure = nil
    playback.isPlaying = false
    lane.isFlashing = false
    say(words, isFailure ? .failed : .done)
  }
}
