import Keys
import Screen

// Recording what the screen shows, while it is used.

/// What became of recording the screen.
public enum RecordingOutcome: Equatable, Sendable {
  /// What is shown goes to this file.
  case started(path: String)
  /// The file is whole, and nothing more goes to it.
  case stopped(path: String)
  /// Nothing more is recorded; the reason, and what there is.
  case failed(String)
}

extension Model {
  /// Begins to record, or ends it.
  func toggleRecording() -> [Effect] {
    files.film == nil ? [.startRecording(path: nil, replaces: false)] : [.stopRecording]
  }

  /// Takes what follows the command `record`: a file to record to, or `off`.
  ///
  /// - Parameter replaces: whether any file of the name may go.
  func record(_ text: String, replaces: Bool) -> ScreenCommand.Answer {
    if replaces, text.isEmpty { return .failed("say which file to replace: record! FILE") }
    if text == "off", !replaces {
      guard files.film != nil else { return .failed("nothing is recorded") }
      return ScreenCommand.Answer(effects: [.stopRecording])
    }
    if let film = files.film {
      return .failed("the screen is recorded to \(film) already; record off ends that")
    }
    return ScreenCommand.Answer(
      effects: [.startRecording(path: text.isEmpty ? nil : text, replaces: replaces)])
  }

  /// Tells what became of recording.
  mutating func hear(_ outcome: RecordingOutcome) {
    switch outcome {
    case .started(let path):
      files.film = path
      say("Recording to \(path); \(keymap.key(.record)) ends it.")
    case .stopped(let path):
      files.film = nil
      say("Recorded to \(path).")
    case .failed(let reason):
      files.film = nil
      say(reason, .failed)
    }
  }
}
