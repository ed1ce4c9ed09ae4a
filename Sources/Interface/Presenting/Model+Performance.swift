import Scenarios

extension Model {
  /// Takes over how another screen looks: keys, theme, size, and how fast time passes.
  public mutating func takeOver(from screen: Model) {
    var options = screen.options
    options.sidePanel = self.options.sidePanel
    self.options = options
    keymap = screen.keymap
    size = screen.size
    playback.index = screen.playback.index
    keepAbreast()
  }

  /// Ends a performance: the screen is the watcher's from here on.
  public mutating func endPerformance(_ words: String, isFailure: Bool = false) {
    presentation.isUnderWay = false
    presentation.failure = nil
    playback.isPlaying = false
    isFlashing = false
    say(words, isFailure ? .failed : .done)
  }
}
