import Engine

// Calls as lines of the language: what its parser reads back as the same call.

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
  package static let words = EntryFlags.words.filter {
    possible.contains($0.flags) && $0.name != "PSE"
  }

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

extension MigrateType {
  /// The word for the type in a line.
  package var word: String { name.lowercased() }
}
