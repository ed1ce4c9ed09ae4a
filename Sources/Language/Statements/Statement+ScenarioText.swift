import Engine
import KernelText
import Narration

// Statements as lines of the language: what the parser reads back as the same statement.

extension Statement {
  /// The statement as a line of the scenario language.
  public var scenarioText: String {
    switch self {
    case .machine(let name): "machine \(name)"
    case .firmware(.iomem, let line): "iomem \(Self.quoted(line))"
    case .firmware(.dmesg, let line): "dmesg \(Self.quoted(line))"
    case .kernel(let name): "kernel \(name)"
    case .cpu(.feature(let name, let isOn)): "cpu \(name.word) \(isOn ? "on" : "off")"
    case .cpu(.count(let count)): "cpu count \(count)"
    case .policy(let name): "policy \(name.rawValue)"
    case .rule(let rule): rule.lines.joined(separator: "\n")
    case .call(let call): call.scenarioText
    case .moduleFile(let name, let file): "module load \(name) ko \(Self.quoted(file))"
    case .note(let text): "note \(Self.quoted(text))"
    case .pause: "pause"
    case .stop(let stop): stop.scenarioText
    case .why(let target, let size):
      "why \(target.scenarioText)\(size.map { " \($0.name)" } ?? "")"
    case .tlb(let question): question.scenarioText
    case .areas: "areas"
    case .printing(let expression): "print \(expression.scenarioText)"
    case .display(let display): display.scenarioText
    case .expect(let expression): "expect \(expression.scenarioText)"
    case .direction(let direction): direction.scenarioText
    case .lesson(let line): line.scenarioText
    case .session(let line): line.scenarioText
    }
  }

  /// The name of the command: the first word of the line, or the first two.
  public var commandName: String { Command.name(ofLine: scenarioText) }

  /// A text between quotation marks, with escapes.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\t": quoted += "\\t"
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}

extension Expression {
  /// The expression as the scenario language writes it, with no more parentheses than it needs.
  public var scenarioText: String {
    switch self {
    case .number(let value):
      value < 1 << 32 ? String(value) : "0x" + String(value, radix: 16)
    case .length(let bytes): lengthText(bytes)
    case .flags(let flags):
      EntryFlags.allWords.filter { $0.name != "PAT" && flags.contains($0.flags) }.map(\.name)
        .joined(separator: " ")
    case .constant(let constant): constant.rawValue
    case .quantity(let quantity): quantity.rawValue
    case .tlb(let measure, let name): measure.rawValue + (name.map { "(\($0))" } ?? "")
    case .reading(let reading): reading.name
    case .last(let reading): "last(\(reading.name))"
    case .returned: "ret"
    case .leaf(let property, let target): "\(property.rawValue)(\(target.scenarioText))"
    case .area(let property, let name): "\(property.rawValue)(\(name))"
    case .not(let inner): "!" + inner.inParentheses(below: 6)
    case .negative(let inner): "-" + inner.inParentheses(below: 6)
    case .binary(let sign, let left, let right):
      left.inParentheses(below: sign.precedence + (sign.precedence == 3 ? 1 : 0))
        + " \(sign.rawValue) " + right.inParentheses(below: sign.precedence + 1)
    }
  }

  private func inParentheses(below precedence: Int) -> String {
    guard case .binary(let sign, _, _) = self, sign.precedence < precedence else {
      return scenarioText
    }
    return "(\(scenarioText))"
  }
}
