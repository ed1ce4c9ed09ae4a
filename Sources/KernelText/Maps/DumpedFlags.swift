import Engine

/// Which kernel's form a page-table dump has.
public enum DumpForm: String, Sendable {
  /// arch/x86/mm/dump_pagetables.c.
  case x86 = "x86-64"
  /// arch/arm64/mm/ptdump.c.
  case arm64
  /// arch/riscv/mm/ptdump.c.
  case riscv64 = "riscv"

  /// The architecture whose machine shows the leaves: riscv's rules are not simulated, and its leaves
  /// are shown as x86-64 would have them.
  public var architecture: Architecture { self == .arm64 ? .arm64 : .x86_64 }
}

/// Turns the words of a dump into flags. Few lines differ in their words, so what they mean is kept.
struct DumpedFlags {
  private var known: [(words: [UInt8], meaning: Meaning)] = []

  /// What the words of a line mean.
  struct Meaning {
    /// The flags; `nil` where nothing is mapped, or x86 shows nothing.
    var flags: EntryFlags?
    /// Whether arm64 calls the memory untagged: of the linear map, that is the kernel image.
    var isUntagged = false
  }

  private static let limit = 64

  /// The meaning of the words.
  mutating func meaning(of entries: DumpedEntries, _ form: DumpForm) -> Meaning {
    for (index, entry) in known.enumerated() where entry.words.elementsEqual(entries.words) {
      // What came last comes next most often.
      if index > 3 { known.swapAt(index, index / 2) }
      return entry.meaning
    }
    let meaning = Self.read(entries.words, form)
    if known.count < Self.limit { known.append((Array(entries.words), meaning)) }
    return meaning
  }

  private static func read(_ bytes: ArraySlice<UInt8>, _ form: DumpForm) -> Meaning {
    var parts = ByteWords(bytes)
    var words: Set<String> = []
    while let word = parts.next() { words.insert(String(decoding: word, as: UTF8.self)) }
    guard !words.isEmpty else { return Meaning() }
    switch form {
    case .x86: return Meaning(flags: x86(words))
    case .arm64:
      return Meaning(flags: arm64(words), isUntagged: words.contains("MEM/NORMAL"))
    case .riscv64:
      // Entries that are not valid are left out by the kernel, or show dots only.
      guard words.contains("V") else { return Meaning() }
      return Meaning(flags: riscv(words))
    }
  }

  /// A and D are not shown: A is assumed to be set, and D where RW is.
  private static func x86(_ words: Set<String>) -> EntryFlags {
    var flags: EntryFlags = [.present, .accessed]
    func set(_ word: String, _ flag: EntryFlags) {
      if words.contains(word) { flags.formUnion(flag) }
    }
    set("USR", .user)
    set("RW", [.writable, .dirty])
    set("NX", .nx)
    set("PWT", .pwt)
    set("PCD", .pcd)
    set("PSE", .pse)
    set("PAT", .pat)
    set("GLB", .global)
    return flags
  }

  private static func arm64(_ words: Set<String>) -> EntryFlags {
    var flags: EntryFlags = words.contains("F") ? .normalMemory : [.present, .normalMemory]
    func set(_ word: String, _ flag: EntryFlags) {
      if words.contains(word) { flags.formUnion(flag) }
    }
    set("USR", .user)
    set("RW", .writable)
    set("NX", .nx)
    set("AF", .accessed)
    set("CON", .contiguous)
    set("MEM/NORMAL-NC", .pcd)
    if !words.contains("NG") { flags.formUnion(.global) }
    return flags
  }

  private static func riscv(_ words: Set<String>) -> EntryFlags {
    var flags: EntryFlags = .present
    func set(_ word: String, _ flag: EntryFlags) {
      if words.contains(word) { flags.formUnion(flag) }
    }
    set("W", .writable)
    set("U", .user)
    set("G", .global)
    set("A", .accessed)
    set("D", .dirty)
    if !words.contains("X") { flags.formUnion(.nx) }
    return flags
  }
}
