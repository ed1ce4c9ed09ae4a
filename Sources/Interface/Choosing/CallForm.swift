import Engine
import Lanes
import Language
import Narration
import Parsing

/// A call that was chosen in the list, with the operands that were entered so far. Each answer is text
/// as in a line of the language.
public struct CallForm: Equatable, Sendable {
  /// The command's name.
  package let name: String
  /// The answers so far.
  private(set) var answers: [String] = []
  /// The default of each operand.
  private let usual: [String]

  /// A call without answers, with the defaults for the current place of a lane.
  ///
  /// - Parameter count: the count that was typed.
  init(_ command: Command, on lane: Lane, count: UInt64?) {
    name = command.name
    usual = Self.parts(of: command).map { part in
      part.map { lane.usual($0.kind, of: command, count) }.filter { !$0.isEmpty }
        .joined(separator: " ")
    }
  }

  /// The operands as they are asked for: one by one, but words that may be left out and come in any
  /// order together.
  private static func parts(of command: Command) -> [[Operand]] {
    var parts: [[Operand]] = []
    for operand in command.operands {
      if operand.isWord, let last = parts.last, last.allSatisfy(\.isWord) {
        parts[parts.count - 1].append(operand)
      } else {
        parts.append([operand])
      }
    }
    return parts
  }

  private var parts: [[Operand]] { Command.named(name).map(Self.parts(of:)) ?? [] }

  /// Whether nothing is left to be asked.
  var isComplete: Bool { answers.count == usual.count }

  /// What is asked for now, as help writes it.
  var wanted: String {
    isComplete ? "" : parts[answers.count].map(\.usage).joined(separator: " ")
  }

  /// What is asked for now, in a word or two.
  package var shortWanted: String {
    guard !isComplete else { return "" }
    let part = parts[answers.count]
    return part.count > 1 ? "options" : part[0].kind.usage
  }

  /// The default for it.
  var suggestion: String { isComplete ? "" : usual[answers.count] }

  /// The line so far.
  var line: String { ([name] + answers.filter { !$0.isEmpty }).joined(separator: " ") }

  /// The line with defaults for all remaining operands.
  var wholeLine: String {
    ([line] + usual.dropFirst(answers.count).filter { !$0.isEmpty }).joined(separator: " ")
  }

  /// The prompt above the line for the answer.
  var prompt: String {
    let ask = wanted
    return "\(line) \(ask): Enter accepts the text"
      + (parts[answers.count].allSatisfy(\.isOptional) ? "; it may be empty" : "")
  }

  /// Takes an answer. Returns why it is invalid, if it is.
  mutating func take(_ answer: String) -> String? {
    var form = self
    form.answers.append(answer.trimmed)
    do throws(ParseError) {
      _ = try Parser(file: ":").statement(ofLine: form.wholeLine)
    } catch {
      // What is wrong behind the answer has yet to be asked for.
      if form.isComplete || error.location.column <= form.line.count { return error.reason }
    }
    self = form
    return nil
  }
}

extension Operand {
  /// Whether it is a word of several that may be left out and come in any order.
  fileprivate var isWord: Bool { isOptional && kind != .count }
}

extension Lane {
  /// The default of an operand; empty if it is left out or must be typed.
  fileprivate func usual(_ kind: Operand.Kind, of command: Command, _ count: UInt64?) -> String {
    let pages = String(count ?? 1)
    switch kind {
    case .target: return target.scenarioText
    case .frame: return Call.Target.frame(place.selection).scenarioText
    case .count: return ["zap", "munmap", "fail requests"].contains(command.name) ? "" : pages
    case .pages: return String(count ?? 512)
    case .area: return command.frees ? newestName(freedBy: command) : newName(for: command)
    case .newRange, .owner: return newName(for: command)
    case .rangePart: return machine.userRanges.last?.range.name.description ?? ""
    case .block: return newestHolder?.description ?? ""
    case .order: return "0"
    case .number, .limit: return "0"
    case .access: return "write"
    case .boolean: return "true"
    case .onOff: return "on"
    case .percent: return "50"
    case .seed: return "1"
    case .operations: return "1000"
    case .bytes: return command.name == "ioremap" ? "4K" : "1500"
    case .policy: return shrunk?.name.rawValue ?? PolicyName.edgecombe2021.rawValue
    case .scanCount: return String(count ?? 128)
    case .priority: return "0"
    case .answer: return "9 none"
    case .node:
      guard ["shrink", "reclaim"].contains(command.name), let node = shrunk?.node, node >= 0 else {
        return ""
      }
      return "node \(node)"
    case .module: return Self.smallModule
    case .stride, .place, .userPlace, .migrateType, .zero, .atomic, .softirq, .group, .reset, .huge,
      .interleave, .noflush, .classic,
      .align,
      .gfp, .folioOrder, .file, .dirty:
      return ""
    case .text, .expression, .machine, .kernel, .cpu, .region, .entries, .full, .callName,
      .functionName, .watched,
      .onlyIf,
      .once, .ignored, .disabled, .commands, .leafSize, .label, .origin, .anew, .calls, .event,
      .format,
      .preset, .pattern, .touched, .keys, .duration, .until, .spot, .function, .shown:
      return ""
    case .bits: return "without RW"
    }
  }

  private static let smallModule = "text=24K data=8K rodata=8K ro_after_init=4K init_text=4K"

  /// A name that nobody has, for what a command makes.
  private func newName(for command: Command) -> String {
    let letters = [
      "module": "m", "bpf": "b", "ftrace": "t", "kprobe": "k", "secretmem": "s", "execmem": "x",
      "vmalloc": "v", "ioremap": "i", "mmap": "r", "alloc_pages": "p", "scatter": "p",
    ]
    if let letter = letters[command.firstWord] {
      return unusedName(letter)?.description ?? ""
    }
    return freeAreaName?.description ?? ""
  }

  /// The name of the newest thing that a command frees; empty where there is none.
  private func newestName(freedBy command: Command) -> String {
    if command.firstWord == "vunmap" || command.firstWord == "apply_to_existing_page_range" {
      return (alias?.area.name ?? machine.areas.named.last?.name)?.description ?? ""
    }
    let name = command.name == "execmem restore" ? "execmem free" : command.name
    let line = freeings.lazy.map { Call.user($0).scenarioText }.last { $0.hasPrefix(name + " ") }
    return line.map { String($0.dropFirst(name.count + 1)) } ?? ""
  }

  /// The policy whose shrinker is asked by a key, and about which node: the first that has something to
  /// give, else the first that could have.
  var shrunk: (name: PolicyName, node: Int)? {
    let all = machine.shrinkers.flatMap { shrinker in
      shrinker.nodes.map { (name: shrinker.name, node: $0) }
    }
    let full = all.first { shrinker in
      guard case .pages(let count)? = machine.shrinkerCount(shrinker.name, node: shrinker.node)
      else { return false }
      return count > 0
    }
    return full ?? all.first
  }
}
