public import Engine

/// A function of a real kernel that was entered inside a call, or that wrote an entry that was watched.
public struct SeenFunction: Equatable, Sendable {
  /// The function's name; of one that wrote, with how far behind its start.
  public var name: String
  /// How many of the functions that are looked at had not returned when it was entered.
  public var depth: Int
  /// The arguments; without debug information the first registers of arguments. How many the function
  /// takes is not known then.
  public var arguments: [UInt64]
  /// The arguments' names, where debug information tells them.
  public var argumentNames: [String] = []
  /// What it left in the register of results; `nil` if it did not return, or wrote.
  public var result: UInt64?
  /// Where it stands in the source, `arch/x86/mm/pat/set_memory.c:1834`; `nil` where nothing tells.
  public var source: String?
  /// The source around that place, where somebody gave it.
  public var excerpt: SourceExcerpt?
  /// Of one that wrote a watched entry: what it wrote.
  public var written: WrittenWord?
  /// Of one that wrote: the functions that had called it, as the stack shows them, the nearest first. An
  /// address that an earlier call left there may be among them.
  public var stack: [String] = []

  /// Whether it stands for a line of the source that was reached, in a function that may be inlined.
  public var isLine = false

  /// A watched entry of a page table, and how it was written.
  public struct WrittenWord: Equatable, Sendable {
    /// The page that is watched.
    public var address: VirtualAddress
    /// What the entry maps if it is a leaf.
    public var size: LeafSize
    /// The word as it was.
    public var old: UInt64
    /// The word as it is.
    public var new: UInt64

    /// Creates what is known of a write.
    public init(_ address: VirtualAddress, _ size: LeafSize, old: UInt64, new: UInt64) {
      self.address = address
      self.size = size
      self.old = old
      self.new = new
    }
  }

  /// Creates what is known when a function is entered.
  public init(name: String, depth: Int, arguments: [UInt64]) {
    self.name = name
    self.depth = depth
    self.arguments = arguments
  }

  /// Creates what is known of one that wrote.
  public init(name: String, depth: Int, writing word: WrittenWord, stack: [String]) {
    self.init(name: name, depth: depth, arguments: [])
    written = word
    self.stack = stack
  }

  /// Creates what is known of a line that was reached.
  ///
  /// - Parameter source: its file and its number.
  public init(lineAt source: String, in name: String, depth: Int) {
    self.init(name: name, depth: depth, arguments: [])
    self.source = source
    isLine = true
  }
}

extension SeenFunction {
  /// What it was called with: `(0xffff888020205000, 0x1)`, with names where they are known.
  public var argumentText: String {
    let words = arguments.enumerated().map { index, value in
      let name = argumentNames.indices.contains(index) ? "\(argumentNames[index])=" : ""
      return name + Self.hex(value)
    }
    return "(\(words.joined(separator: ", ")))"
  }

  /// The same with fewer of them, where there is little room.
  public var shortArguments: [String] {
    (1..<max(arguments.count, 1)).reversed().map { count in
      "(\(arguments.prefix(count).map(Self.hex).joined(separator: ", ")), ...)"
    }
  }

  /// What it returned: a negative error number by its name, all else as a word; `nil` if it did not.
  public var resultText: String? {
    guard let result else { return nil }
    // An int is in the lower half; what the upper one holds is left from before.
    let code = Int32(truncatingIfNeeded: result)
    if result >> 32 == 0 || result >> 32 == 0xffff_ffff, (-4095..<0).contains(code) {
      return ReturnCode(rawValue: code).name
    }
    return Self.hex(result)
  }

  /// A word as the kernel prints it.
  public static func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}

extension KernelFunction {
  /// The function that a symbol stands for; `nil` if the simulation has none of that name.
  public init?(seen symbol: String) {
    // What compilers make of a function has its name and an ending: `cpa_flush.isra.0`.
    let name = symbol.prefix { $0 != "." }
    let renamed = [
      "__should_split_large_page": "should_split_large_page",
      "__split_large_page": "split_large_page",
    ]
    let wanted = renamed[String(name)] ?? String(name)
    guard let found = Self.allCases.first(where: { $0.name == wanted }) else { return nil }
    self = found
  }
}

extension SeenFunction {
  /// Whether it is the function of a name, or what a compiler made of it: `cpa_flush.isra.0`.
  public func isNamed(_ wanted: String) -> Bool {
    written == nil && !isLine && (name == wanted || name.hasPrefix("\(wanted)."))
  }
}
