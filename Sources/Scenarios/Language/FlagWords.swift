import Engine

extension EntryFlags {
  /// The bits that have a word, in the order in which they are printed.
  ///
  /// Bit 7 has two words: PSE in a large leaf, PAT in a 4K one.
  public static let words: [(name: String, flags: EntryFlags)] = [
    ("P", .present), ("RW", .writable), ("US", .user), ("PWT", .pwt), ("PCD", .pcd),
    ("A", .accessed), ("D", .dirty), ("PSE", .pse), ("PAT", .pat), ("G", .global),
    ("KERNEL_4K", .kernel4K), ("PAT_LARGE", .patLarge), ("C", .encryption), ("CONT", .contiguous),
    ("NX", .nx),
  ]

  /// The flag with a word.
  public init?(word: String) {
    guard let entry = Self.words.first(where: { $0.name == word }) else { return nil }
    self = entry.flags
  }

  /// The flags as words, such as `P RW A D G NX`; bits without a word follow in hexadecimal, and no
  /// flags are `none`.
  ///
  /// - Parameter size: the leaf's, which decides what bit 7 is called.
  public func text(_ size: LeafSize) -> String {
    let unwanted = size == .size4K ? "PSE" : "PAT"
    var rest = self
    var words: [String] = []
    for (name, flag) in Self.words where name != unwanted && contains(flag) {
      words.append(name)
      rest.subtract(flag)
    }
    if !rest.isEmpty { words.append("0x" + String(rest.rawValue, radix: 16)) }
    return words.isEmpty ? "none" : words.joined(separator: " ")
  }
}
