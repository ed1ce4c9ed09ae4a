import Engine

/// A command of the language. One table of them drives the parser, help, completion and the
/// reference in `docs/scenarios.md`.
public struct Command: Sendable {
  /// Its first word.
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
  let make: @Sendable (OperandValues) -> Statement?

  /// The parts of the reference, in order; raw values are the headings.
  public enum Group: String, CaseIterable, Sendable {
    case setup = "What is booted"
    case permissions = "Permissions"
    case cacheTypes = "Cache types"
    case frames = "Frames and arrays of frames"
    case directMap = "The direct map alone"
    case areas = "Areas of vmalloc space"
    case memory = "Physical memory"
    case machine = "The CPU, and an experiment"
    case script = "For the reader"
  }

  /// The name and what follows it, as help shows it.
  public var usage: String {
    ([name] + operands.map(\.usage)).joined(separator: " ")
  }

  /// Every command, in the order of the reference.
  public static let all: [Command] =
    setup + setMemory + setPages + setPagesArray + setDirectMap + areas + memory + others

  /// The commands in one line, those of a family together: `machine, kernel, cpu, set_memory_*`.
  static var families: String {
    let prefixes = ["set_memory_", "set_pages_", "set_direct_map_"]
    var families: [String] = []
    for command in all {
      let family = prefixes.first { command.name.hasPrefix($0) }.map { $0 + "*" } ?? command.name
      if !families.contains(family) { families.append(family) }
    }
    return families.joined(separator: ", ")
  }

  /// The command with a name.
  public static func named(_ name: String) -> Command? { all.first { $0.name == name } }
}
