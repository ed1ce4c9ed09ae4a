import CTerminal

/// Why the terminal cannot be taken over, and the way out.
public nonisolated enum TerminalError: Error, Equatable, CustomStringConvertible {
  /// A terminal is open already.
  case alreadyOpen
  /// Standard input is not a terminal.
  case inputIsNoTerminal
  /// Standard output is not a terminal.
  case outputIsNoTerminal
  /// `TERM` is not set.
  case typeNotSet
  /// `TERM` names a terminal that this machine has no description of.
  case typeUnknown(String)
  /// The terminal named by `TERM` cannot place its cursor.
  case typeTooSimple(String)
  /// The system refused.
  case system(String)

  /// The reason, and what to do about it.
  public var description: String {
    switch self {
    case .alreadyOpen: "the terminal is open already: close the first one"
    case .inputIsNoTerminal:
      "standard input is not a terminal: run directmap in one, without redirecting its input"
    case .outputIsNoTerminal:
      "standard output is not a terminal: run directmap in one, or use a command that prints text"
    case .typeNotSet: "TERM is not set: set it to your terminal's type, such as xterm-256color"
    case .typeUnknown(let type):
      "terminal type '\(type)' is unknown here: set TERM to one that is, such as xterm or vt100"
    case .typeTooSimple(let type):
      "terminal type '\(type)' cannot place its cursor: set TERM to one that can, such as vt100"
    case .system(let reason): "the terminal cannot be prepared: \(reason)"
    }
  }

  /// The error for a failed `terminal_open`; nil when it succeeded.
  init?(_ status: terminal_status) {
    let type = unsafe String(cString: terminal_type())
    switch status {
    case TERMINAL_OPENED: return nil
    case TERMINAL_ALREADY_OPEN: self = .alreadyOpen
    case TERMINAL_INPUT_IS_NO_TERMINAL: self = .inputIsNoTerminal
    case TERMINAL_OUTPUT_IS_NO_TERMINAL: self = .outputIsNoTerminal
    case TERMINAL_TYPE_NOT_SET: self = .typeNotSet
    case TERMINAL_TYPE_UNKNOWN: self = .typeUnknown(type)
    case TERMINAL_TYPE_TOO_SIMPLE: self = .typeTooSimple(type)
    default: self = .system(unsafe String(cString: terminal_system_error()))
    }
  }
}
