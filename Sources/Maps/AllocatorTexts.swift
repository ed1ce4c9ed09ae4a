import KernelText

/// `/proc/modules`: the modules that are loaded, with their sizes and addresses.
///
///     nf_tables 372736 0 - Live 0xffffffffc0a3d000
public struct ModulesText: Equatable, Sendable {
  /// A module.
  public struct Module: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// The bytes of all its parts.
    public var bytes: UInt64
    /// Where its text begins; 0 where the kernel hides addresses.
    public var address: UInt64
  }

  /// The modules, in the order of the lines.
  public var modules: [Module]

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    modules = []
    for line in TextLine.lines(of: text) where !line.isBlank {
      let words = line.words
      guard words.count >= 6, let bytes = UInt64(decimal: words[1]),
        let address = UInt64(hex: words[5])
      else { throw .unexpected(line, "`NAME BYTES USES USERS STATE 0xADDRESS` of /proc/modules") }
      modules.append(Module(name: String(words[0]), bytes: bytes, address: address))
    }
  }
}

/// `/proc/vmallocinfo`: the areas of vmalloc space.
///
///     0xffffb61c40000000-0xffffb61c40005000   20480 bpf_prog_alloc_no_stats+0x31/0x250 pages=4 vmalloc
public struct VmallocText: Equatable, Sendable {
  /// The number of areas and bytes by the function that asked for them, the largest first.
  public var callers: [Caller]
  /// The areas, in the order of the lines.
  public private(set) var areas: [Area] = []

  /// An area.
  public struct Area: Equatable, Sendable {
    /// Its first address; where the kernel hides addresses, a number that stands for it.
    public var start: UInt64
    /// Its bytes, the guard page included.
    public var bytes: UInt64
    /// The function that asked for it.
    public var caller: String
    /// Whether it maps a device's memory.
    public var isDevice: Bool
  }

  /// A function that asked for areas.
  public struct Caller: Equatable, Sendable {
    /// Its name.
    public var name: String
    /// How many areas there are.
    public var areas: Int
    /// Their bytes.
    public var bytes: UInt64
  }

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    var found: [String: Caller] = [:]
    for line in TextLine.lines(of: text) where !line.isBlank {
      let words = line.words
      guard words.count >= 2, let start = Self.start(words[0]),
        let bytes = UInt64(decimal: words[1])
      else { throw .unexpected(line, "`0xSTART-0xEND BYTES FUNCTION` of /proc/vmallocinfo") }
      let name =
        words.count > 2 ? String(words[2].prefix { $0 != "+" }) : "vm_map_ram"
      areas.append(
        Area(
          start: start, bytes: bytes, caller: name,
          isDevice: words.contains { $0.hasPrefix("phys=") || $0 == "ioremap" }))
      var caller = found[name] ?? Caller(name: name, areas: 0, bytes: 0)
      caller.areas += 1
      caller.bytes = caller.bytes.addingReportingOverflow(bytes).partialValue
      found[name] = caller
    }
    callers = found.values.sorted { ($1.bytes, $0.name) < ($0.bytes, $1.name) }
  }

  /// The first of two addresses. The kernel may show numbers in their place, of which the second need not be
  /// the larger one.
  static func start(_ word: Substring) -> UInt64? {
    let ends = word.split(separator: "-", omittingEmptySubsequences: false)
    guard ends.count == 2, word.hasPrefix("0x"), let start = UInt64(hex: ends[0]),
      UInt64(hex: ends[1]) != nil
    else { return nil }
    return start
  }

  /// The areas of code that is loaded at run time: what makes the kernel change attributes.
  public var codeBytes: UInt64 {
    return callers.reduce(0) { sum, caller in
      caller.name.hasPrefix("bpf_") || Self.isModuleCaller(caller.name)
        ? sum.addingReportingOverflow(caller.bytes).partialValue : sum
    }
  }
}

extension VmallocText {
  /// Whether a function asks for the memory of modules and other code that is loaded.
  static func isModuleCaller(_ name: String) -> Bool {
    ["module_alloc", "load_module", "execmem", "move_module", "kprobe"]
      .contains(where: name.hasPrefix)
  }
}

/// `/proc/buddyinfo`: the free blocks of each order.
public struct BuddyCounts: Equatable, Sendable {
  /// Free blocks by order, of all zones together.
  public private(set) var blocks: [UInt64] = []

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    for line in TextLine.lines(of: text) where !line.isBlank {
      let words = line.words
      guard words.count > 4, words[0] == "Node", words[2] == "zone" else {
        throw .unexpected(line, "`Node N, zone NAME COUNT...` of /proc/buddyinfo")
      }
      for (order, word) in words.dropFirst(4).prefix(20).enumerated() {
        guard let count = UInt64(decimal: word), count < 1 << 40 else {
          throw .unexpected(line, "numbers of free blocks")
        }
        if order == blocks.count { blocks.append(0) }
        blocks[order] = blocks[order].addingReportingOverflow(count).partialValue
      }
    }
    if blocks.isEmpty { throw .missing("lines such as `Node 0, zone Normal 1 2 3`") }
  }

  /// The free pages in blocks of an order or a larger one.
  public func pages(fromOrder order: Int) -> UInt64 {
    blocks.enumerated().reduce(0) { sum, entry in
      entry.offset < order
        ? sum : sum.addingReportingOverflow(entry.element << entry.offset).partialValue
    }
  }
}

/// `/proc/pagetypeinfo`: how many pageblocks are of each migrate type.
public struct BlockTypes: Equatable, Sendable {
  /// The types in the order of the columns, with their blocks in all zones.
  public private(set) var types: [(name: String, blocks: UInt64)] = []

  /// Reads the text; lines of free pages are skipped.
  public init(_ text: String) throws(KernelTextError) {
    for line in TextLine.lines(of: text) where !line.isBlank {
      let words = line.words
      if words.starts(with: ["Number", "of", "blocks", "type"]) {
        types = words.dropFirst(4).map { (String($0), 0) }
      } else if !types.isEmpty, words.count >= 4, words[0] == "Node" {
        for (index, word) in words.dropFirst(4).prefix(types.count).enumerated() {
          guard let count = UInt64(decimal: word) else {
            throw .unexpected(line, "numbers of blocks of /proc/pagetypeinfo")
          }
          types[index].blocks = types[index].blocks.addingReportingOverflow(count).partialValue
        }
      }
    }
    if types.isEmpty { throw .missing("line `Number of blocks type`") }
  }

  /// Whether both tell the same.
  public static func == (a: BlockTypes, b: BlockTypes) -> Bool {
    a.types.elementsEqual(b.types) { $0 == $1 }
  }
}

/// `/proc/zoneinfo`: what of each zone the page allocator manages.
public struct ZonesText: Equatable, Sendable {
  /// The pages that the allocator manages, of all zones together.
  public private(set) var managed: UInt64 = 0
  /// The nodes, by number.
  public private(set) var nodes: Set<UInt64> = []

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    for line in TextLine.lines(of: text) where !line.isBlank {
      let words = line.words
      if words.count == 4, words[0] == "Node", words[1].hasSuffix(",") {
        guard let node = UInt64(decimal: words[1].dropLast()) else {
          throw .unexpected(line, "`Node N, zone NAME` of /proc/zoneinfo")
        }
        nodes.insert(node)
      } else if words.count == 2, words[0] == "managed", let pages = UInt64(decimal: words[1]) {
        managed = managed.addingReportingOverflow(pages).partialValue
      }
    }
    if nodes.isEmpty { throw .missing("lines such as `Node 0, zone Normal`") }
  }
}
