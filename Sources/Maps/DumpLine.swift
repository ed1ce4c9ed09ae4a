import Engine
import KernelText

/// One line of a page-table dump, cut into its parts.
///
///     ---[ Low Kernel Mapping ]---
///     0xffff888000200000-0xffff888001000000          14M     RW         PSE     GLB NX pmd     x86
///     0xffff000002600000-0xffff000004000000          26M PMD       RW NX SHD AF        BLK     arm64
///     0xff60000000200000-0xff60000000400000 0x0000000080200000  2M PMD     D A G . . W R V     riscv
enum DumpLine {
  /// A heading, by its name.
  case heading(String)
  /// Entries that are alike.
  case entries(DumpedEntries)
  /// The line is of another kind.
  case other

  /// Cuts a line, with a log's prefix or without.
  ///
  /// - Returns: the parts; and whether something that marks a line of a log stood before them.
  static func read(_ bytes: ArraySlice<UInt8>) -> (line: DumpLine, isMarked: Bool) {
    if let first = bytes.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "-") {
      let line = plain(bytes)
      if case .other = line {} else { return (line, false) }
    }
    let prefix = LogPrefix(Substring(String(decoding: bytes, as: UTF8.self)))
    return (plain(ArraySlice(prefix.message.utf8)), prefix.isMarked)
  }

  private static func plain(_ bytes: ArraySlice<UInt8>) -> DumpLine {
    if bytes.first == UInt8(ascii: "-") { return heading(bytes) }
    return DumpedEntries(bytes).map(DumpLine.entries) ?? .other
  }

  private static func heading(_ bytes: ArraySlice<UInt8>) -> DumpLine {
    let text = Substring(String(decoding: bytes, as: UTF8.self)).trimmingBlanks
    guard let name = text.after("---[ ") else { return .other }
    return .heading(String(name.hasSuffix(" ]---") ? name.dropLast(5) : name))
  }
}

/// The entries that one line of a dump shows.
struct DumpedEntries {
  /// The address of the first.
  var start: UInt64
  /// The last byte that they map.
  var last: UInt64
  /// The physical address of the first, which riscv's dump shows.
  var physical: UInt64?
  /// Their level.
  var level: EntryRun.Level
  /// Whether the level stands before the flags, as on arm64 and riscv.
  var hasLevelFirst = false
  /// The words for their flags; none where nothing is mapped.
  var words: ArraySlice<UInt8>

  /// Reads a line; `nil` if it is of another kind.
  init?(_ bytes: ArraySlice<UInt8>) {
    var parts = ByteWords(bytes)
    guard let range = parts.next(),
      let dash = range.firstIndex(of: UInt8(ascii: "-")),
      let start = UInt64(traced: range[..<dash]),
      let end = UInt64(traced: range[range.index(after: dash)...]),
      // The last line ends where the address space does, which prints as 0.
      range.starts(with: Self.zeroX), end == 0 || start < end
    else { return nil }
    self.start = start
    last = end &- 1
    var afterRange = parts
    if let word = afterRange.next(), word.starts(with: Self.zeroX) {
      guard let address = UInt64(traced: word) else { return nil }
      physical = address
      parts = afterRange
    }
    // The size, which the range says too.
    guard let size = parts.next(), size.first.map({ (48...57).contains($0) }) == true else {
      return nil
    }
    var rest = bytes[parts.index...]
    while let byte = rest.last, byte == 32 || byte == 9 { rest.removeLast() }
    // arm64 and riscv have the level first and in capitals, x86 last and in small letters.
    var words = ByteWords(rest)
    if let word = words.next(), let level = EntryRun.Level(dumped: word, inCapitals: true) {
      self.level = level
      self.words = rest[words.index...]
      hasLevelFirst = true
      return
    }
    let begin = rest.lastIndex { $0 == 32 || $0 == 9 }.map { $0 + 1 } ?? rest.startIndex
    guard let level = EntryRun.Level(dumped: rest[begin...], inCapitals: false) else { return nil }
    self.level = level
    self.words = rest[..<begin]
  }

  private static let zeroX: [UInt8] = [UInt8(ascii: "0"), UInt8(ascii: "x")]

  /// Whether there is nothing, or nothing that is present: x86 shows both alike.
  var isBlank: Bool { !words.contains { $0 != 32 && $0 != 9 } }

  /// The same, with words that keep no longer text in memory.
  var apart: DumpedEntries {
    var copy = self
    copy.words = ArraySlice(Array(words))
    return copy
  }
}

extension EntryRun.Level {
  /// The level of a word in a dump.
  fileprivate init?(dumped word: ArraySlice<UInt8>, inCapitals: Bool) {
    guard word.count == 3 else { return nil }
    let first = word.startIndex
    let fold: UInt8 = inCapitals ? 32 : 0
    switch (word[first] &+ fold, word[first + 1] &+ fold, word[first + 2] &+ fold) {
    case (0x70, 0x74, 0x65): self = .pte
    case (0x70, 0x6d, 0x64): self = .pmd
    case (0x70, 0x75, 0x64): self = .pud
    case (0x70, 0x67, 0x64): self = .pgd
    default:
      // With five levels x86 has one more.
      guard word[first] &+ fold == 0x70, word[first + 1] == UInt8(ascii: "4"),
        word[first + 2] &+ fold == 0x64
      else { return nil }
      self = .p4d
    }
  }
}
