import Engine

// The steps of a recording of merging on free, as calls.

extension MergeOnFreeChecker {
  /// Makes a step.
  mutating func perform(_ step: MergeOnFreeStep) throws(Failure) {
    let words = (step.op ?? "").split(separator: " ").map(String.init)
    switch words.first {
    case "alloc", "lockalloc": try allocate([try number(words, 1)], words, flags: 3, step)
    case "allocn":
      let first = try number(words, 1)
      let count = try number(words, 2)
      try allocate((0..<count).map { first + $0 }, words, flags: 4, step)
    case "free", "softfree":
      try free(try number(words, 1), inSoftirq: words.first == "softfree")
    case "freen": try freeMany(words)
    case "set": try set(words, step)
    case "peek", "type", "users": break
    case "drain": try make(.drainPages)
    case "failsplit": try make(.policy(.failTables(try number(words, 1) == 1)))
    case "eat": try eat(words)
    case "uneat": try giveBack(words.count > 1 ? try number(words, 1) : nil)
    case "frag": try fragment(words)
    case "!secret":
      for page in 0..<(try number(words, 2)) {
        try make(.user(.secretmemFault(try name("s\(words[1])p\(page)"))))
      }
    case "!secretfree":
      let prefix = "s\(try number(words, 1))p"
      for secret in machine.secretNames where secret.description.hasPrefix(prefix) {
        try make(.user(.secretmemRelease(secret)))
      }
    case "!insmod": try loadModule(step)
    case "!rmmod": try make(.user(.moduleUnload(try name("dummy"))))
    case "!bpf":
      let programs = machine.programNames.count
      for index in 0..<(try number(words, 1)) {
        try make(.user(.bpfLoad(try name("prog\(programs + index)"), bytes: 512)))
      }
    case "!bpffree":
      for program in machine.programNames { try make(.user(.bpfFree(program))) }
    default: throw Failure(words: "the operation is not known here")
    }
  }

  @discardableResult
  private mutating func make(_ call: Call) throws(Failure) -> ReturnCode {
    do {
      return try machine.perform(call, into: &log)
    } catch {
      throw Failure(words: "\(error)")
    }
  }

  private func number(_ words: [String], _ index: Int) throws(Failure) -> Int {
    guard words.count > index, let number = Int(words[index]), (0...1 << 21).contains(number) else {
      throw Failure(words: "a number is missing")
    }
    return number
  }

  private func name(_ text: String) throws(Failure) -> Name {
    guard let name = Name(text) else { throw Failure(words: "\(text) is no name") }
    return name
  }

  // MARK: - Pages

  private static func type(_ flags: String) -> MigrateType {
    flags.contains("u")
      ? .unmapped : flags.contains("m") ? .movable : flags.contains("r") ? .reclaimable : .unmovable
  }

  private static func traits(_ flags: String) -> Call.PageTraits {
    var traits: Call.PageTraits = []
    if flags.contains("z") { traits.insert(.zeroed) }
    if flags.contains("a") { traits.insert(.atomic) }
    return traits
  }

  private mutating func allocate(
    _ handles: [Int], _ words: [String], flags index: Int, _ step: MergeOnFreeStep,
  ) throws(Failure) {
    let order = try number(words, index - 1)
    let flags = words.count > index ? words[index] : ""
    var traits = Self.traits(flags)
    if words[0] == "lockalloc" { traits.insert(.atomic) }
    var frames: [PFN] = []
    for handle in handles {
      let name = try name("h\(handle)")
      let code = try make(
        .allocPages(name, order: order, Self.type(flags), node: nil, traits))
      if code == .success, let pfn = frame(of: name) { frames.append(pfn) }
    }
    compare(frames, step)
  }

  private func frame(of name: Name) -> PFN? {
    machine.physical.owner(named: name).flatMap { machine.physical.blocks(of: $0).first?.first }
  }

  private mutating func free(_ handle: Int, inSoftirq: Bool = false) throws(Failure) {
    try make(.freePages(try name("h\(handle)"), inSoftirq: inSoftirq))
  }

  private mutating func freeMany(_ words: [String]) throws(Failure) {
    let first = try number(words, 1)
    let count = try number(words, 2)
    let all = (0..<count).map { first + $0 }
    switch words.count > 3 ? words[3] : "" {
    case "fwd": for handle in all { try free(handle) }
    case "rev": for handle in all.reversed() { try free(handle) }
    case "even": for handle in all where (handle - first) % 2 == 0 { try free(handle) }
    case "odd": for handle in all where (handle - first) % 2 == 1 { try free(handle) }
    default:
      // A seed of the recorder's: the order is not told.
      for handle in all { try free(handle) }
      isShuffled = true
    }
  }

  private mutating func set(_ words: [String], _ step: MergeOnFreeStep) throws(Failure) {
    guard words.count > 3 else { throw Failure(words: "set needs a name, a frame and a number") }
    let pages = PageCount(UInt64(try number(words, 3)))
    let parts = words[2].split(separator: "+")
    let pfn: PFN
    if let hexadecimal = words[2].split(separator: ":").last, words[2].hasPrefix("pfn:0x"),
      let frame = UInt64(hexadecimal.dropFirst(2), radix: 16)
    {
      pfn = PFN(frame)
    } else if let name = parts.first.flatMap({ Name("h\($0)") }), let first = frame(of: name) {
      pfn = first + PageCount(parts.count > 1 ? UInt64(parts[1]) ?? 0 : 0)
    } else if let answer = step.frames.first {
      // The handle was freed, and the recorder remembers its frame.
      pfn = PFN(answer)
    } else {
      throw Failure(words: "\(words[2]) names no frame")
    }
    compare([pfn], step)
    if let operation = SetDirectMap(rawValue: words[1]) {
      try make(.setDirectMap(operation, pfn, pages))
    } else if let operation = SetMemory(rawValue: words[1]) {
      try make(.setMemory(operation, .frame(pfn), pages))
    } else {
      throw Failure(words: "set_memory_\(words[1]) is not known here")
    }
  }

  // MARK: - Pressure

  /// Takes memory, the largest blocks first, until this many pages are left.
  private mutating func eat(_ words: [String]) throws(Failure) {
    let flags = words.count > 1 ? words[1] : ""
    let order = try number(words, 2)
    let keep = PageCount(UInt64(try number(words, 3)))
    for size in (order...10).reversed() {
      while machine.stopped == nil, free(apartFrom: .dma) > keep {
        serial += 1
        let name = try name("e\(serial)")
        let code = try make(
          .allocPages(name, order: size, Self.type(flags), node: nil, Self.traits(flags)))
        guard code == .success, let pfn = frame(of: name) else { break }
        eaten.append((pfn, size))
        log.removeAll()
      }
    }
  }

  private func free(apartFrom kind: ZoneKind) -> PageCount {
    machine.physical.zones.indices.filter { machine.physical.zones[$0].kind != kind }
      .reduce(0) { $0 + machine.physical.freePages(inZone: $1) }
  }

  /// Gives back what was eaten, up to this many pages.
  private mutating func giveBack(_ limit: Int?) throws(Failure) {
    var given = 0
    while let block = eaten.last, limit.map({ given < $0 }) ?? true {
      eaten.removeLast()
      given += 1 << block.order
      try make(.freePagesAt(block.pfn, order: block.order))
    }
  }

  /// Keeps one page of every free 2M.
  private mutating func fragment(_ words: [String]) throws(Failure) {
    let flags = words.count > 1 ? words[1] : ""
    let first = try number(words, 2)
    let limit = try number(words, 3)
    for index in 0..<limit {
      let name = try name("h\(first + index)")
      guard
        try make(.allocPages(name, order: 9, Self.type(flags), node: nil)) == .success,
        let pfn = frame(of: name)
      else { return }
      machine.split(pfn, order: 9)
      for page in 1..<512 as Range<UInt64> {
        try make(.freePagesAt(pfn + PageCount(page), order: 0))
      }
      log.removeAll()
    }
  }

  // MARK: - Modules

  /// The recorder's module. Its size is not told, but 12 of its pages stay, of which 8 are read-only without
  /// the type, and 3 go after its init.
  private mutating func loadModule(_ step: MergeOnFreeStep) throws(Failure) {
    var sizes = ModuleSizes()
    sizes.text = 4 * 4096
    sizes.rodata = 4 * 4096
    sizes.data = 4 * 4096
    sizes.initText = 4096
    sizes.initData = 2 * 4096
    try make(.user(.moduleLoad(try name("dummy"), sizes)))
  }
}
