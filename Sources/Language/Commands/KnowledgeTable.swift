public import Engine
import Narration

/// What is known of all that the program shows: kernels, policies, calls. `directmap model` prints it, and
/// docs/model.md has it.
public struct KnowledgeTable: Sendable {
  /// A kernel or a policy.
  public struct Row: Sendable {
    /// Its name.
    public var name: String
    /// How it is known.
    public var knowledge: Knowledge
  }

  /// A call: how it is known on each kernel of which recordings exist.
  public struct CallRow: Sendable {
    /// Its name in the language.
    public var name: String
    /// In the order of ``recordedKernels(_:)``.
    public var knowledge: [Knowledge]
  }

  /// Creates the table.
  public init() {}

  /// The kernels.
  public var kernels: [Row] {
    KernelProfile.all.map { Row(name: $0.name, knowledge: $0.knowledge) }
  }

  /// The policies.
  public var policies: [Row] {
    PolicyName.allCases.map { Row(name: $0.rawValue, knowledge: $0.knowledge) }
  }

  /// The kernels of an architecture of which recordings exist, oldest first: columns of the calls.
  public func recordedKernels(_ architecture: Architecture) -> [KernelProfile] {
    KernelProfile.all.filter {
      guard $0.architecture == architecture, case .recorded = $0.knowledge else { return false }
      return true
    }
  }

  /// The calls that change a machine of an architecture.
  public func calls(_ architecture: Architecture) -> [CallRow] {
    let kernels = recordedKernels(architecture)
    let names = Command.all.filter { $0.group.isOfCalls(on: architecture) }.map(\.name)
    return (["boot"] + names).map { name in
      CallRow(name: name, knowledge: kernels.map { Knowledge.of(name, on: $0, with: []) })
    }
  }

  // MARK: - As text

  /// The table in lines.
  public var lines: [String] {
    var lines = ["Kernels"] + Self.columns(kernels.map(Self.cells))
    lines += ["", "Policies"] + Self.columns(policies.map(Self.cells))
    for architecture in [Architecture.x86_64, .arm64] {
      let names = recordedKernels(architecture).map(\.name)
      lines += ["", "Calls on \(architecture.rawValue): steps recorded, by kernel"]
      let head = ["call"] + names + [""]
      lines += Self.columns([head] + calls(architecture).map(Self.cells))
    }
    return lines + ["", Self.explanation]
  }

  /// The table as Markdown, for docs/model.md.
  public var markdown: String {
    var text = "| kernel | how it is known | |\n|---|---|---|\n"
    text += kernels.map { "| `\($0.name)` | \($0.knowledge.word) | \($0.knowledge.details) |\n" }
      .joined()
    text += "\n| policy | how it is known | |\n|---|---|---|\n"
    text += policies.map { "| `\($0.name)` | \($0.knowledge.word) | \($0.knowledge.details) |\n" }
      .joined()
    for architecture in [Architecture.x86_64, .arm64] {
      let names = recordedKernels(architecture).map { "`\($0.name)`" }
      text +=
        "\n| call on \(architecture.rawValue) | " + names.joined(separator: " | ")
        + " | not recorded: |\n"
      text += "|---|" + String(repeating: "---|", count: names.count + 1) + "\n"
      for row in calls(architecture) {
        let cells = Self.cells(row)
        text += "| `\(cells[0])` | " + cells.dropFirst().joined(separator: " | ") + " |\n"
      }
    }
    return text
  }

  /// What the words mean.
  public static let explanation =
    "recorded: real kernels were recorded doing it, and every step is compared (directmap verify). "
    + "published: figures of a mail or an article agree. after source: the kernel's source or a patch was "
    + "read. from memory: neither. On the screen, ~ marks what is not recorded or published."

  private static func cells(_ row: Row) -> [String] {
    [row.name, row.knowledge.word, row.knowledge.details]
  }

  private static func cells(_ row: CallRow) -> [String] {
    let counts = row.knowledge.map { knowledge -> String in
      if case .recorded(let calls) = knowledge { return "\(calls.steps)" }
      return "-"
    }
    let unsure = row.knowledge.first { !$0.isSure }
    return [row.name] + counts + [unsure.map { "\($0.word): \($0.details)" } ?? ""]
  }

  /// Rows in columns, the last as long as it is.
  private static func columns(_ rows: [[String]]) -> [String] {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
    }
    return rows.map { row in
      var line = " "
      for (column, cell) in row.enumerated() {
        line += " " + cell
        if column + 1 < row.count, row[(column + 1)...].contains(where: { !$0.isEmpty }) {
          line += String(repeating: " ", count: widths[column] - cell.count)
        }
      }
      return line
    }
  }
}

extension Command.Group {
  /// Whether its commands are calls that a machine of an architecture can make.
  fileprivate func isOfCalls(on architecture: Architecture) -> Bool {
    switch self {
    case .permissions, .directMap, .areas, .memory, .processes, .users, .machine: true
    case .cacheTypes, .frames, .policies: architecture == .x86_64
    case .linearMap: architecture == .arm64
    case .setup, .script, .directions, .lessons, .stops, .sessions: false
    }
  }
}
