import Engine
public import KernelText

/// Why a line is no statement: the place, what is there, and what would do.
public struct ParseError: Error, Equatable, Sendable {
  /// What is wrong.
  public var problem: Problem
  /// Where it is wrong.
  public var location: SourceLocation

  /// Creates an error.
  public init(_ problem: Problem, at location: SourceLocation) {
    self.problem = problem
    self.location = location
  }

  /// What is wrong with a line.
  public enum Problem: Equatable, Sendable {
    /// The first word is no command.
    case unknownCommand(String, nearest: String?)
    /// Something else stands there, or the line ends (`found` is `nil`).
    case expected(String, found: String?, nearest: String?)
    /// A number that is misspelled.
    case malformedNumber(String)
    /// A number beyond what it may be.
    case numberTooLarge(String, limit: String)
    /// A length that is no multiple of 4K.
    case notWholePages(String)
    /// A string without its second quotation mark.
    case unterminatedString
    /// A backslash before something that needs none.
    case unknownEscape(String)
    /// A character between quotation marks that a terminal would obey instead of showing it.
    case controlCharacter(String)
    /// A line that is no text.
    case notUTF8
    /// More lines than can be held, counted without empty ones and comments.
    case tooManyLines(limit: Int)
    /// A character that no word begins with.
    case strayCharacter(String)
    /// An expression with more parts or deeper parentheses than anybody can read.
    case expressionTooLarge(limit: Int)
    /// `machine`, `kernel` or `cpu` after a call.
    case setupAfterCall(String)
    /// The same thing settled twice.
    case setupTwice(String)
    /// Policies that cannot be on together.
    case policies(PolicyError)
    /// A module whose file tells no sizes.
    case moduleFile(ModuleFileError)
    /// A kernel or a policy that is about another architecture than the machine's.
    case architecture(BootError)
    /// The lines that describe a machine do not.
    case firmware(KernelTextError)
    /// A word that no key has as its name.
    case unknownKey(String)
    /// The steps of a lesson.
    case lesson(LessonTrouble)
    /// The branches, marks and cursors of a session.
    case session(SessionTrouble)
    /// A line of a rule.
    case rule(RuleTrouble)
  }
}

extension ParseError: CustomStringConvertible {
  /// The place, the trouble and the way out, in one line.
  public var description: String { "\(location): \(reason)" }

  /// The trouble and the way out, without the place.
  public var reason: String {
    switch problem {
    case .unknownCommand(let word, let nearest):
      "unknown command \(Self.quoted(word))"
        + Self.hint(nearest, otherwise: "; there are \(Command.families)")
    case .expected(let what, let found, let nearest):
      "expected \(what), found \(found.map(Self.quoted) ?? "the end of the line")"
        + Self.hint(nearest, otherwise: "")
    case .malformedNumber(let text):
      "\(Self.quoted(text)) is no number; write 512, 0x200, or a length such as 2M"
    case .numberTooLarge(let text, let limit):
      "\(Self.quoted(text)) is too large; the limit here is \(limit)"
    case .notWholePages(let text):
      "\(Self.quoted(text)) is no whole number of 4K pages"
    case .unterminatedString:
      "the text has no closing quotation mark"
    case .unknownEscape(let text):
      "unknown escape \(Self.quoted(text)); there are \\\" \\\\ \\n and \\t"
    case .controlCharacter(let text):
      "\(Self.quoted(text)) is a control character; leave it out, or write \\n or \\t"
    case .notUTF8:
      "the line is no UTF-8 text; convert the file, or give another one"
    case .tooManyLines(let limit):
      "there are more than \(limit) lines that say something; cut the file into several"
    case .strayCharacter(let text):
      "\(Self.quoted(text)) begins no word"
    case .expressionTooLarge(let limit):
      "the expression has more than \(limit) parts; use several expects"
    case .setupAfterCall(let command):
      "\(command) must come before the first call"
    case .setupTwice(let what):
      "\(what) is settled already; say it once"
    case .policies(let error): error.description
    case .moduleFile(let error): error.reason
    case .architecture(let error): error.description
    case .firmware(let error): "the lines describe no machine: \(error.reason)"
    case .unknownKey(let word):
      "\(Self.quoted(word)) is no key; write a character such as r, or a name such as Enter, Space, "
        + "Esc, Left, PageUp, F5 or C-o"
    case .lesson(let trouble): trouble.reason
    case .session(let trouble): trouble.reason
    case .rule(let trouble): trouble.reason
    }
  }

  private static func hint(_ nearest: String?, otherwise: String) -> String {
    nearest.map { "; did you mean '\($0)'?" } ?? otherwise
  }

  /// A piece of the input between quotes: cut if long, control characters made visible.
  private static func quoted(_ text: String) -> String {
    let shown = text.unicodeScalars.prefix(40).map { scalar in
      [.control, .format].contains(scalar.properties.generalCategory)
        ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
    return "'" + shown.joined() + (text.unicodeScalars.count > 40 ? "..." : "") + "'"
  }
}

/// Why a file tells no sizes of a module.
public struct ModuleFileError: Error, Equatable, Sendable {
  /// The file, what is wrong and the way out, in one line.
  public var reason: String

  /// Creates an error.
  public init(_ reason: String) { self.reason = reason }
}
