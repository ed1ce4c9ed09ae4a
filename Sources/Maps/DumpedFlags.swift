import Engine
import KernelText

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
  private var known: [(words: [UInt8], form: DumpForm, meaning: Meaning)] = []

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
    for (index, entry) in known.enumerated()
    where entry.form == form && entry.words.elementsEqual(entries.words) {
      // What came last comes next most often.
      if index > 3 { known.swapAt(index, index / 2) }
      return entry.meaning
    }
    let meaning = Self.read(entries.words, form)
    if known.count < Self.limit { known.append((Array(entries.words), form, meaning)) }
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

  /// The flags that words stand for, besides some that are always there.
  private static func flags(
    _ words: Set<String>, _ always: EntryFlags, _ meanings: KeyValuePairs<String, EntryFlags>,
  ) -> EntryFlags {
    meanings.reduce(into: always) { flags, meaning in
      if words.contains(meaning.key) { flags.formUnion(meaning.value) }
    }
  }

  /// A and D are not shown: A is assumed to be set, and D where RW is.
  private static func x86(_ words: Set<String>) -> EntryFlags {
    flags(
      words, [.present, .accessed],
      [
        "USR": .user, "RW": [.writable, .dirty], "NX": .nx, "PWT": .pwt, "PCD": .pcd, "PSE": .pse,
        "PAT": .pat, "GLB": .global,
      ])
  }

  private static func arm64(_ words: Set<String>) -> EntryFlags {
    var always: EntryFlags = words.contains("F") ? .normalMemory : [.present, .normalMemory]
    if !words.contains("NG") { always.formUnion(.global) }
    return flags(
      words, always,
      [
        "USR": .user, "RW": .writable, "NX": .nx, "AF": .accessed, "CON": .contiguous,
        "MEM/NORMAL-NC": .pcd,
      ])
  }

  private static func riscv(_ words: Set<String>) -> EntryFlags {
    flags(
      words, words.contains("X") ? .present : [.present, .nx],
      ["W": .writable, "U": .user, "G": .global, "A": .accessed, "D": .dirty])
  }
}
