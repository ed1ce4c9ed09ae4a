import Keys
import Lanes
public import Screen

extension Model {
  /// Ends a performance: the screen is the watcher's from here on, and what the file has typed is gone.
  public mutating func endPerformance(_ words: String, isFailure: Bool = false) {
    presentation.isUnderWay = false
    presentation.failure = nil
    playback.isPlaying = false
    lane.isFlashing = false
    closePrompts()
    say(words, isFailure ? .failed : .done)
  }

  /// Takes away whatever waits for a key to be carried out: lines, questions, lists to choose from, a
  /// count, the first of two keys. Pages that are only read stay.
  mutating func closePrompts() {
    layers.removeAll { layer in
      switch layer {
      case .line, .calls, .choices, .views, .stops, .prediction, .leaving, .resuming: true
      case .help, .report: false
      }
    }
    count = nil
    pending = nil
  }

  /// Whether a key stays a key's own where it takes a performance over: one that ends or stops the
  /// program, and no other, does what it always does.
  public func passesTakeover(_ input: Input) -> Bool {
    switch input {
    case .end: return true
    case .control:
      let action = keymap[input]
      return action == .interrupt || action == .suspend
    case .character, .key, .mouse, .resize, .resumed, .timeout: return false
    }
  }
}

extension Effect {
  /// What writes a file: the command, or what it does. `nil` for all else.
  var fileWritten: String? {
    switch self {
    case .save(let path, _, _, _): "a line that saves to \(path)"
    case .startRecording: "a key or a line that records the screen"
    case .quit, .suspend, .redraw, .mouse, .open, .stopRecording, .bell, .tick, .noTick: nil
    }
  }
}
