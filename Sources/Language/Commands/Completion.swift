import Engine
import Narration

/// The words that can follow in a line that is being typed.
public struct Completion: Equatable, Sendable {
  /// The piece before the cursor that a word would replace; may be empty.
  public var partial: String
  /// The words that begin with it, in the order of the reference.
  public var words: [String]

  /// Completes a line up to the cursor.
  ///
  /// - Parameters:
  ///   - line: the text before the cursor.
  ///   - areas: the areas there are.
  ///   - ranges: the ranges of the process.
  ///   - machines: the machines there are.
  public init(_ line: String, areas: [Name] = [], ranges: [Name] = [], machines: [String] = []) {
    let pieces = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    let last = pieces.last ?? ""
    let before = pieces.dropLast().filter { !$0.isEmpty }
    partial = last
    guard let first = before.first else {
      words = Command.firstWords.filter { $0.hasPrefix(last) }
      return
    }
    let commands = Command.byFirstWord[first] ?? []
    let seconds = commands.compactMap(\.secondWord)
    if before.count == 1, !seconds.isEmpty {
      words = seconds.filter { $0.hasPrefix(last) }
      return
    }
    guard let command = commands.first(where: { seconds.isEmpty || $0.secondWord == before[1] })
    else {
      words = []
      return
    }
    let operandWords = Array(before.dropFirst(seconds.isEmpty ? 1 : 2))
    let areaNames = areas.map(\.description)
    if command.operands.first?.kind == .expression {
      (partial, words) = Self.inExpression(line, areaNames)
      return
    }
    let candidates = Self.operands(of: command, after: operandWords).flatMap { kind in
      // What is made needs a new name.
      kind == .area && !command.frees
        ? [] : kind.words(kind.isOfRange ? ranges.map(\.description) : areaNames, machines)
    }
    words = candidates.filter { $0.hasPrefix(last) }
  }

  /// The kinds of operands that can stand behind some words.
  private static func operands(of command: Command, after words: [String]) -> [Operand.Kind] {
    var rest = command.operands[...]
    var index = 0
    var optional: [Operand.Kind] = []
    while index < words.count {
      if optional.isEmpty {
        optional = rest.prefix { $0.isOptional }.map(\.kind)
        rest = rest.dropFirst(optional.count)
      }
      let kind: Operand.Kind
      if let found = optional.firstIndex(where: { $0.canBegin(words[index]) }) {
        kind = optional[found]
        // The parts of a module go on to the end of the line.
        if kind == .module || kind == .touched || kind == .bits { return [kind] }
        optional.remove(at: found)
      } else {
        guard let operand = rest.first else { return [] }
        optional = []
        kind = operand.kind
        rest = rest.dropFirst()
        if kind == .bits { return [kind] }
      }
      if kind.wordCount == 2, index + 1 >= words.count {
        return kind == .cpu && words[index] != "count" ? [.onOff] : []
      }
      index += kind.wordCount
    }
    let further = rest.prefix { $0.isOptional }
    return optional + (further + rest.dropFirst(further.count).prefix(1)).map(\.kind)
  }

  /// The words for the end of an expression: pages and counters between their parentheses, else
  /// whatever an expression can have.
  private static func inExpression(_ line: String, _ areas: [String]) -> (String, [String]) {
    let isInWord = { (character: Character) in
      character.isLetter || character.isNumber || "_-.:+".contains(character)
    }
    let partial = String(line.reversed().prefix(while: isInWord).reversed())
    let head = line.dropLast(partial.count)
    var words = Expression.vocabulary
    if head.last == "(" {
      let function = String(head.dropLast().reversed().prefix(while: isInWord).reversed())
      if function == "last" { words = Reading.all.map(\.name) }
      if Expression.AreaProperty(rawValue: function) != nil { words = areas }
      if Expression.Property(rawValue: function) != nil {
        words = Operand.Kind.target.words(areas, [])
      }
    }
    return (partial, words.filter { $0.hasPrefix(partial) })
  }
}

extension Operand.Kind {
  /// The words with which an operand of this kind can begin.
  fileprivate func words(_ areas: [String], _ machines: [String]) -> [String] {
    switch self {
    case .target: areas + ["pfn:", "phys:"]
    case .spot: SpotlightPanel.allCases.map(\.rawValue) + areas + ["pfn:", "phys:"]
    case .frame: ["pfn:", "phys:"]
    case .area: areas
    case .stride, .place, .access, .boolean, .onOff, .node, .migrateType, .zero, .atomic, .softirq,
      .group, .reset, .huge,
      .interleave, .noflush, .classic, .align, .gfp, .policy, .limit, .leafSize, .region, .full,
      .onlyIf,
      .once, .ignored,
      .disabled, .commands, .origin, .anew, .preset, .pattern, .folioOrder, .file, .dirty,
      .userPlace,
      .until:
      keywords
    case .touched: areas + ["pfn:", "phys:"] + keywords
    case .bits:
      keywords + ["flush"] + EntryPoke.words.map(\.name)
    case .shown: keywords
    case .newRange: []
    case .rangePart: areas
    case .callName: Command.all.filter(\.isCall).map(\.name)
    case .watched: areas + ["pfn:", "phys:"] + Reading.all.map(\.name)
    case .module: ModuleSizes.Part.allCases.map { $0.rawValue + "=" } + ["ko:"]
    case .block: ["pfn:", "phys:"]
    case .answer: ["scan"]
    case .owner, .order, .number, .pages, .percent, .operations, .seed: []
    case .machine: machines
    case .kernel: KernelProfile.all.map(\.name)
    case .cpu: CPUFeatures.Switch.allCases.map(\.word) + ["count"]
    case .count, .text, .expression, .bytes, .scanCount, .priority, .entries, .label, .calls,
      .event, .format, .keys, .duration, .function, .functionName:
      []
    }
  }

  /// Whether it begins with the name of a range of the process.
  fileprivate var isOfRange: Bool { self == .rangePart }

  /// How many words an operand of this kind has.
  fileprivate var wordCount: Int {
    switch self {
    case .origin: 3
    case .stride, .place, .cpu, .node, .gfp, .align, .region, .onlyIf, .ignored, .commands,
      .folioOrder,
      .userPlace, .until:
      2
    case .owner, .block, .order, .number, .migrateType, .zero, .atomic, .softirq, .pages, .percent,
      .operations, .seed:
      1
    case .target, .frame, .count, .area, .access, .boolean, .onOff, .text, .expression, .machine,
      .kernel, .module, .bytes, .group, .reset, .huge, .interleave, .noflush, .classic, .policy,
      .scanCount,
      .priority,
      .answer, .anew,
      .limit, .leafSize, .entries, .full, .callName, .watched, .once, .disabled, .label, .calls,
      .event,
      .format, .preset, .pattern, .touched, .newRange, .rangePart, .file, .dirty, .keys,
      .duration, .spot, .function, .functionName, .bits, .shown:
      1
    }
  }

  /// Whether an operand that may be left out begins with this word.
  fileprivate func canBegin(_ word: String) -> Bool {
    switch self {
    case .count, .leafSize, .event: word.first?.isNumber ?? false
    case .stride, .place, .access, .node, .migrateType, .zero, .atomic, .softirq, .group, .reset,
      .huge, .interleave,
      .noflush, .classic,
      .align, .gfp, .region, .onlyIf, .once, .ignored, .disabled, .commands, .origin, .anew,
      .folioOrder,
      .file,
      .dirty, .userPlace, .until:
      words([], []).contains(word)
    case .owner, .block, .order, .number, .pages, .percent, .operations, .seed: true
    case .target, .frame, .area, .boolean, .onOff, .text, .expression, .machine, .kernel, .cpu,
      .module, .bytes, .policy, .scanCount, .priority, .answer, .limit, .entries, .full, .callName,
      .watched, .label, .calls, .format, .preset, .pattern, .touched, .newRange,
      .rangePart, .keys, .duration, .spot, .function, .functionName, .bits, .shown:
      true
    }
  }
}
