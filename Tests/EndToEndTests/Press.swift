import TestSupport
import Testing

/// A key that is pressed in the real program, and what the screen shows after it and not before.
struct Press: Sendable {
  /// The key as ``Input/name`` has it.
  let key: String
  /// The text that appears or disappears.
  let text: String
  /// Whether the text is visible after the key.
  let shows: Bool
  /// Further input, without waiting for its effect.
  let typed: String

  /// A key that makes a text show.
  init(_ key: String, _ text: String, thenType typed: String = "") {
    (self.key, self.text, shows, self.typed) = (key, text, true, typed)
  }

  /// A key that makes a text disappear.
  init(_ key: String, hides text: String, thenType typed: String = "") {
    (self.key, self.text, shows, self.typed) = (key, text, false, typed)
  }

  /// The tmux name of the key.
  private var terminalKey: String {
    switch key {
    case "S-Tab": "BTab"
    case "Backspace": "BSpace"
    case "Esc": "Escape"
    default: key
    }
  }

  /// Presses it and waits. The text is waited for the other way first: else the key would not be asked.
  func press(in terminal: TerminalSession) throws {
    try terminal.wait(until: "is as before \(key) has \(text)") { $0.contains(text) != shows }
    try terminal.press(terminalKey)
    try terminal.wait(until: "\(shows ? "shows" : "hides") \(text) behind \(key)") {
      $0.contains(text) == shows
    }
    if !typed.isEmpty { try terminal.type(typed) }
  }
}
