/// A command of the language. One table of them drives the parser, help, completion and the
/// reference in `docs/scenarios.md`.
public struct Command: Sendable {
  /// Its first word, or its first two: `vmap`, `module load`.
  public let name: String
  /// What follows, in order.
  public let operands: [Operand]
  /// What it does, in one line.
  public let help: String
  /// A line that uses it.
  public let example: String
  /// Which part of the reference it belongs to.
  public let group: Group
  /// The statement that its operands make.
  package let make: @Sendable (OperandValues) -> Statement?

  /// The parts of the reference, in order; raw values are the headings.
  public enum Group: String, CaseIterable, Sendable {
    case setup = "What is booted"
    case permissions = "Permissions"
    case cacheTypes = "Cache types"
    case frames = "Frames and arrays of frames"
    case directMap = "The direct map alone"
    case areas = "Areas of vmalloc space"
    case memory = "Physical memory"
    case processes = "Processes: mapping and zapping"
    case users = "Users of special permissions"
    case policies = "Policies, and what the page allocator answers"
    case linearMap = "The linear map of arm64"
    case machine = "The CPU, and an experiment"
    case script = "For the reader"
    case directions = "Demos: what a presenter does"
    case lessons = "Lessons"
    case stops = "Where to stop"
    case sessions = "Sessions: branches, marks and cursors"
  }

  /// The name and what follows it, as help shows it.
  public var usage: String {
    ([name] + operands.map(\.usage)).joined(separator: " ")
  }

  /// Every command, in the order of the reference.
  public static let all: [Command] =
    setup + setMemory + setPages + setPagesArray + setDirectMap + areas + memory + processes + users
    + policies + linearMap + others + directions + lessons + stops + sessions

  /// The commands in one line, those of a family together: `machine, kernel, cpu, set_memory_*`.
  static let families: String = {
    let prefixes = ["set_memory_", "set_pages_", "set_direct_map_"]
    var families: [String] = []
    for command in all {
      let family =
        prefixes.first { command.name.hasPrefix($0) || command.name.hasPrefix("_" + $0) }.map {
          $0 + "*"
        } ?? command.firstWord
      if !families.contains(family) { families.append(family) }
    }
    return families.joined(separator: ", ")
  }()

  /// The command with a name.
  public static func named(_ name: String) -> Command? { all.first { $0.name == name } }

  /// The first word of its name.
  public var firstWord: String { String(name.prefix { $0 != " " }) }

  /// The second word of its name, if it has one.
  public var secondWord: String? {
    name.firstIndex(of: " ").map { String(name[name.index(after: $0)...]) }
  }

  /// The commands that begin with a word: one, or a few that differ in the second.
  package static let byFirstWord = Dictionary(grouping: all, by: \.firstWord)

  /// The first words of all commands, each once, in the order of the reference.
  package static let firstWords: [String] = all.reduce(into: []) { words, command in
    if words.last != command.firstWord { words.append(command.firstWord) }
  }

  /// The name of the command that a line begins with; its first word if there is none.
  static func name(ofLine line: String) -> String {
    let words = line.split(separator: " ", maxSplits: 2).prefix(2)
    let name = words.joined(separator: " ")
    return named(name)?.name ?? words.first.map(String.init) ?? ""
  }
}

extension Command {
  /// The first words of all calls, each once.
  public static var firstCallWords: [String] {
    all.filter(\.isCall).reduce(into: []) { words, command in
      if words.last != command.firstWord { words.append(command.firstWord) }
    }
  }

  /// Whether its lines are calls.
  public var isCall: Bool {
    switch group {
    case .permissions, .cacheTypes, .frames, .directMap, .areas, .memory, .processes, .users,
      .policies, .linearMap, .machine:
      true
    case .setup, .script, .directions, .lessons, .stops, .sessions: name == "policy"
    }
  }
}
