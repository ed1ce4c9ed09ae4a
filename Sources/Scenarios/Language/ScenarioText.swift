import Engine
import KernelText

// Values as lines of the language: what the parser reads back as the same value.

extension Call {
  /// The call as a line of the scenario language.
  public var scenarioText: String {
    let operands = operandText
    return operands.isEmpty ? name : "\(name) \(operands)"
  }

  /// The name of the call: its command in the language, and of a kernel function that function's name.
  public var name: String {
    switch self {
    case .setMemory(let operation, _, _): operation.name
    case .setPages(let operation, _, _): operation.name
    case .setPagesArray(let operation, _): operation.name
    case .setDirectMap(let operation, _, _): operation.name
    case .setDirectMapValid: "set_direct_map_valid_noflush"
    case .touch: "touch"
    case .poke: "poke"
    case .vmap: "vmap"
    case .vmapPageRange: "vmap_page_range"
    case .vunmap: "vunmap"
    case .user(let call): call.name
    case .policy(let call): call.name
    case .process(let call): call.name
    case .linearMap(let call): call.name
    case .collapse: "collapse"
    case .allocPages: "alloc_pages"
    case .freePages, .freePagesAt: "free_pages"
    case .drainPages: "drain"
    case .age: "age"
    case .scatter: "scatter"
    case .function: "kcall"
    }
  }

  /// What follows the name in a line.
  private var operandText: String {
    switch self {
    case .setMemory(_, let target, let pages): "\(target.scenarioText)\(Self.count(pages))"
    case .setPages(_, let pfn, let pages), .setDirectMap(_, let pfn, let pages):
      "pfn:\(pfn.hex)\(Self.count(pages))"
    case .setPagesArray(_, let frames): Self.frames(frames)
    case .setDirectMapValid(let pfn, let pages, let isValid):
      "pfn:\(pfn.hex)\(Self.count(pages)) \(isValid)"
    case .touch(let access, let target, let pages):
      "\(access.rawValue) \(target.scenarioText)\(Self.count(pages))"
    case .poke(let target, let bits): "\(target.scenarioText) \(bits.scenarioText)"
    case .vmap(let name, let frames, let place):
      "\(name) \(Self.frames(frames))\(Self.place(place))"
    case .vmapPageRange(let name, let pfn, let pages, let place):
      "\(name) pfn:\(pfn.hex)\(Self.count(pages))\(Self.place(place))"
    case .vunmap(let name): "\(name)"
    case .freePages(let name, let inSoftirq): "\(name)\(inSoftirq ? " softirq" : "")"
    case .drainPages: ""
    case .user(let call): call.operandText
    case .policy(let call): call.operandText
    case .process(let call): call.operandText
    case .linearMap(let call): call.operandText
    case .collapse(let target, let pages): "\(target.scenarioText)\(Self.count(pages))"
    case .function(let call): call.scenarioText
    case .allocPages(let name, let order, let type, let node, let traits):
      "\(name) \(order)\(node.map { " node \($0)" } ?? "")"
        + (type == .unmovable ? "" : " \(type.word)")
        + (traits.contains(.zeroed) ? " zero" : "") + (traits.contains(.atomic) ? " atomic" : "")
    case .freePagesAt(let pfn, let order): "pfn:\(pfn.hex) \(order)"
    case .age(let seed, let operations): "\(seed) \(operations)"
    case .scatter(let name, let pages, let percent, let seed):
      "\(name) \(pages.rawValue) \(percent) \(seed)"
    }
  }

  /// How many pages the call names; 0 for one that names an area as a whole.
  public var pages: PageCount {
    switch self {
    case .setMemory(_, _, let pages), .setPages(_, _, let pages), .setDirectMap(_, _, let pages),
      .setDirectMapValid(_, let pages, _), .touch(_, _, let pages), .collapse(_, let pages),
      .vmapPageRange(_, _, let pages, _):
      pages
    case .setPagesArray(_, let frames), .vmap(_, let frames, _): frames.count
    case .user(let call): call.pages
    case .process(let call): call.pages
    case .linearMap(let call): call.pages
    case .allocPages(_, let order, _, _, _), .freePagesAt(_, let order):
      PageCount((0..<63).contains(order) ? 1 << UInt64(order) : 0)
    case .scatter(_, let pages, _, _): pages
    case .poke: 1
    case .vunmap, .policy, .freePages, .drainPages, .age, .function: 0
    }
  }

  private static func count(_ pages: PageCount) -> String {
    pages == 1 ? "" : " \(pages.rawValue)"
  }

  private static func place(_ address: VirtualAddress?) -> String {
    address.map { " at \($0.hex)" } ?? ""
  }

  private static func frames(_ frames: FrameStride) -> String {
    let stride = frames.stride == 1 ? "" : " stride \(frames.stride.rawValue)"
    return "pfn:\(frames.first.hex)\(count(frames.count))\(stride)"
  }
}

extension EntryPoke {
  /// The words for the bits that can be poked.
  static let words = EntryFlags.words.filter { possible.contains($0.flags) && $0.name != "PSE" }

  /// What is done to the entry, as the scenario language writes it.
  public var scenarioText: String {
    func words(_ flags: EntryFlags) -> String {
      Self.words.filter { flags.contains($0.flags) }.map { " \($0.name)" }.joined()
    }
    let parts = [
      set.isEmpty ? "" : "with\(words(set))", clear.isEmpty ? "" : "without\(words(clear))",
      flushes ? "flush" : "",
    ]
    return parts.filter { !$0.isEmpty }.joined(separator: " ")
  }
}

extension Call.Target {
  /// The target as the scenario language writes it.
  public var scenarioText: String {
    switch self {
    case .virtual(let address): address.hex
    case .frame(let pfn): "pfn:\(pfn.hex)"
    case .area(let name, let page): page == 0 ? "\(name)" : "\(name)+\(page.rawValue)"
    }
  }
}

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
    case .length(let bytes): Self.lengthText(bytes)
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

  /// A number of bytes in the largest unit that divides it.
  static func lengthText(_ bytes: UInt64) -> String {
    var value = bytes
    var unit = ""
    for larger in ["K", "M", "G", "T"] where value % 1024 == 0 && (value > 0 || unit.isEmpty) {
      value /= 1024
      unit = larger
    }
    return "\(value)\(unit)"
  }
}
