import Engine

extension EntryFlags {
  /// The bits that have a word, in the order in which they are printed.
  ///
  /// Bit 7 has two words: PSE in a large leaf, PAT in a 4K one.
  public static let words: [(name: String, flags: EntryFlags)] = [
    ("P", .present), ("RW", .writable), ("US", .user), ("PWT", .pwt), ("PCD", .pcd),
    ("A", .accessed), ("D", .dirty), ("PSE", .pse), ("PAT", .pat), ("G", .global),
    ("KERNEL_4K", .kernel4K), ("PAT_LARGE", .patLarge), ("C", .encryption), ("NX", .nx),
  ]

  /// The same for entries of arm64; the hardware's RDONLY is set where WRITE is not.
  public static let arm64Words: [(name: String, flags: EntryFlags)] = [
    ("VALID", .present), ("WRITE", .writable), ("USER", .user), ("AF", .accessed),
    ("DIRTY", .dirty), ("GLOBAL", .global), ("CONT", .contiguous), ("NORMAL", .normalMemory),
    ("PKEY", .tableKey), ("PXN|UXN", .nx),
  ]

  /// Every bit by one word: by that of x86-64, where both have it.
  package static let allWords =
    words + [("CONT", .contiguous), ("NORMAL", .normalMemory), ("PKEY", .tableKey)]

  /// The flag with a word.
  public init?(word: String) {
    let all = Self.words + Self.arm64Words
    let entry = all.first { $0.name.split(separator: "|").contains { $0 == word } }
    guard let entry else { return nil }
    self = entry.flags
  }

  /// The flags as words, such as `P RW A D G NX`; bits without a word follow in hexadecimal, and no
  /// flags are `none`.
  ///
  /// - Parameters:
  ///   - size: the leaf's, which decides what bit 7 is called.
  ///   - entry: the entry that they are some flags of, by which those of arm64 are known.
  public func text(_ size: LeafSize, of entry: EntryFlags = []) -> String {
    let unwanted = size == .size4K ? "PSE" : "PAT"
    var rest = self
    var words: [String] = []
    let table = union(entry).isOfArm64 ? Self.arm64Words : Self.words
    for (name, flag) in table where name != unwanted && contains(flag) {
      words.append(name)
      rest.subtract(flag)
    }
    if !rest.isEmpty { words.append("0x" + String(rest.rawValue, radix: 16)) }
    return words.isEmpty ? "none" : words.joined(separator: " ")
  }

  /// Whether the flags are those of an entry of arm64.
  public var isOfArm64: Bool { !isDisjoint(with: Self.ofArm64) }

  private static let ofArm64: EntryFlags = [.contiguous, .normalMemory]
}
