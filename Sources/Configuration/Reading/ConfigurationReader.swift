import Keys
import Language
import Screen

extension Configuration {
  /// The maximum bytes of a file that are read.
  public static let sizeLimitBytes = 1 << 20
  /// The maximum number of problems that are listed.
  public static let problemLimit = 100

  /// Reads a configuration. What cannot be used is left out and reported; everything else counts.
  ///
  /// - Parameters:
  ///   - bytes: the text of the file.
  ///   - file: its name, for problems and origins.
  public static func read(
    _ bytes: [UInt8], file: String,
  ) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
    guard bytes.count <= sizeLimitBytes else {
      let problem = ConfigurationProblem(
        file: file, line: nil, reason: "the file is longer than 1 MiB",
        wayOut: "give a configuration; nothing of it is used")
      return (Configuration(), [problem])
    }
    var reader = ConfigurationReader(file: file)
    reader.read(TomlDocument(bytes))
    return (reader.result, reader.sortedProblems)
  }
}

/// Turns the settings of a file into a configuration.
struct ConfigurationReader {
  let file: String
  var result = Configuration()
  var problems: [ConfigurationProblem] = []
  /// The keys that were assigned so far.
  var keyChanges: [(action: Action, inputs: [Input])] = []
  /// The action that a key was assigned to, and where.
  var owners: [Input: (action: Action, line: Int)] = [:]
  /// The user's own themes, as far as they are known.
  var drafts: [ThemeDraft] = []

  init(file: String) { self.file = file }

  typealias Entry = TomlDocument.Entry

  /// The tables that a file can have.
  static let tables = ["keys", "screen", "themes"]

  mutating func read(_ document: TomlDocument) {
    for error in document.errors { tell(error.line, error.reason, error.wayOut) }
    for (path, line) in document.tables { checkTable(path, line) }
    let opened = Set(document.tables.compactMap(\.path.first))
    for entry in document.entries {
      switch entry.path.first {
      case "screen": readScreen(entry)
      case "keys": readKeys(entry)
      case "themes": readTheme(entry)
      case let name?:
        // A table that was opened by its name is reported there.
        if !opened.contains(name) || entry.path.count == 1 {
          tell(
            entry.line, "nothing is called '\(name)'",
            Self.hint(name, Self.tables.map { "[\($0)]" }))
        }
      case nil: break
      }
    }
    finishKeys()
    finishThemes()
  }

  private mutating func checkTable(_ path: [String], _ line: Int) {
    guard let name = path.first else { return }
    switch name {
    // The contents of tables inside these are reported line by line.
    case "keys", "screen": break
    case "themes":
      if path.count > 1 { draft(path[1], line) }
      if path.count > 3 {
        tell(line, "[\(TomlDocument.text(path))] has no meaning", "write [themes.NAME]")
      }
    default: tell(line, "no table is called '\(name)'", Self.hint(name, Self.tables))
    }
  }

  // MARK: - Problems

  /// Reports what is wrong with a line.
  mutating func tell(_ line: Int, _ reason: String, _ wayOut: String) {
    problems.append(ConfigurationProblem(file: file, line: line, reason: reason, wayOut: wayOut))
  }

  /// Reports that a value has another type than its setting.
  mutating func tell(_ entry: Entry, wants what: String) {
    tell(
      entry.line, "\(TomlDocument.text(entry.path)) cannot be \(entry.value.kind)", "write \(what)")
  }

  /// The nearest name, otherwise all names.
  static func hint(_ name: String, _ names: [String]) -> String {
    do throws(ChoiceError) {
      _ = try Choice.named(name, in: names, by: { $0 }, what: "")
      return ""
    } catch {
      if let nearest = error.nearest { return "did you mean '\(nearest)'?" }
      return names.count > 24
        ? "directmap config lists what there is" : "there are \(names.joined(separator: ", "))"
    }
  }

  /// The problems in the order of their lines; those beyond the limit as a number.
  var sortedProblems: [ConfigurationProblem] {
    let sorted = problems.enumerated()
      .sorted { ($0.element.line ?? 0, $0.offset) < ($1.element.line ?? 0, $1.offset) }
      .map(\.element)
    guard sorted.count > Configuration.problemLimit else { return sorted }
    let rest = sorted.count - Configuration.problemLimit
    return sorted.prefix(Configuration.problemLimit) + [
      ConfigurationProblem(
        file: file, line: sorted[Configuration.problemLimit].line,
        reason: "\(rest) more problems", wayOut: "put the first ones right, then ask again")
    ]
  }

  func origin(_ entry: Entry) -> Origin { .line(entry.line, file: file) }
}
