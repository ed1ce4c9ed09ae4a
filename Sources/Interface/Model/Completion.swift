import Engine
import Scenarios

/// Completes a line of the scenario language from its table of commands.
enum Completion {
  /// What Tab came to: the word to put in, if there is one, and what else it could be.
  struct Answer: Equatable {
    var word: String?
    var candidates: [String] = []
  }

  /// Completes the last word of a text.
  static func complete(_ text: String, in model: Model) -> Answer {
    let words = text.split(separator: " ", omittingEmptySubsequences: true).map(String.init)
    let isNewWord = text.isEmpty || text.last == " "
    let stem = isNewWord ? "" : words.last ?? ""
    let position = words.count - (isNewWord ? 0 : 1)
    let choices =
      position == 0
      ? Command.all.map(\.name) + ["help", "quit"]
      : operands(of: words[0], position - 1, model)
    let matches = choices.filter { $0.hasPrefix(stem) }
    guard let first = matches.first else { return Answer() }
    guard matches.count > 1 else { return Answer(word: first + " ") }
    let common = matches.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    return Answer(word: common.count > stem.count ? common : nil, candidates: matches)
  }

  private static func operands(of name: String, _ position: Int, _ model: Model) -> [String] {
    guard let command = Command.named(name) else { return [] }
    var kinds = command.operands.dropFirst(position).prefix(1).map(\.kind)
    if position == 0, command.operands.first?.isOptional == true {
      kinds += command.operands.dropFirst().prefix(1).map(\.kind)
    }
    if kinds.contains(.cpu) || command.operands.last?.kind == .cpu, position == 1 {
      return ["on", "off"]
    }
    if command.operands.contains(where: { $0.kind == .expression }) { kinds = [.expression] }
    return kinds.flatMap { choices(for: $0, model) }
  }

  private static func choices(for kind: Operand.Kind, _ model: Model) -> [String] {
    let areas = model.machine.areas.live.map { "\($0.name)" }
    return switch kind {
    case .target: ["pfn:\(model.selection.hex)"] + areas
    case .frame: ["pfn:\(model.selection.hex)"]
    case .area: areas
    case .access: Call.Access.allCases.map(\.rawValue)
    case .boolean: ["true", "false"]
    case .stride: ["stride"]
    case .place: ["at"]
    case .expression: Expression.vocabulary
    case .machine: MachineDescription.builtIn.map(\.name)
    case .kernel: KernelProfile.all.map(\.name)
    case .cpu: CPUFeatures.Name.allCases.map(\.rawValue) + ["count"]
    case .count, .text: []
    }
  }
}

extension String {
  /// What both begin with.
  fileprivate func commonPrefix(with other: String) -> String {
    String(zip(self, other).prefix { $0 == $1 }.map(\.0))
  }
}
