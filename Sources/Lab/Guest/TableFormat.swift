public import Engine

/// How the words of an architecture's page tables are read, 4K pages, 512 entries a table.
public struct TableFormat: Equatable, Sendable {
  /// What an entry is.
  public enum Meaning: Equatable, Sendable {
    /// It maps nothing.
    case none
    /// The physical address of a table.
    case table(UInt64)
    /// It maps memory, with these flags as the machines here keep them.
    case leaf(EntryFlags)
  }

  private enum Kind { case x86, arm64 }
  private var kind: Kind

  /// x86-64, 4 or 5 levels.
  public static let x86 = TableFormat(kind: .x86)
  /// arm64, 48 bits of address.
  public static let arm64 = TableFormat(kind: .arm64)

  /// The bits of an entry of x86-64 that hold a physical address.
  private static let frame: UInt64 = 0x000f_ffff_ffff_f000
  /// Those of arm64: bit 51 is DBM, with which the processor may set what is dirty.
  private static let armFrame: UInt64 = 0x0000_ffff_ffff_f000

  /// The bits of an entry that do not hold a physical address: entries of the lowest level that have these
  /// in common say the same, unless one of them is 0.
  var attributes: UInt64 { ~(kind == .x86 ? Self.frame : Self.armFrame) }

  /// The physical address where a leaf begins that covers this many bits of an address.
  func physical(ofLeaf word: UInt64, shift: Int) -> UInt64 {
    let inside = (UInt64(1) << shift) - 1
    return word & (kind == .x86 ? Self.frame : Self.armFrame) & ~inside
  }

  /// What an entry says.
  ///
  /// - Parameter size: what it maps if it is a leaf; `nil` on a level that has none.
  public func meaning(of word: UInt64, _ size: LeafSize?) -> Meaning {
    if word == 0 { return .none }
    switch kind {
    case .x86: return Self.x86Meaning(of: word, size)
    case .arm64: return Self.armMeaning(of: word, size)
    }
  }

  /// On x86 the frame number of what is not present is kept inverted, so only its flags are read.
  private static func x86Meaning(of word: UInt64, _ size: LeafSize?) -> Meaning {
    let isPresent = word & 1 != 0
    guard let size else { return isPresent ? .table(word & frame) : .none }
    if size == .size4K { return .leaf(EntryFlags(rawValue: word & ~frame)) }
    guard isPresent else { return .leaf(EntryFlags(rawValue: word & ~frame)) }
    guard word & 0x80 != 0 else { return .table(word & frame) }
    // Bit 12 of a large leaf is a flag.
    return .leaf(EntryFlags(rawValue: word & ~(frame & ~0x1000)))
  }

  private static func armMeaning(of word: UInt64, _ size: LeafSize?) -> Meaning {
    let isTable = word & 0b11 == 0b11
    guard let size else { return isTable ? .table(word & armFrame) : .none }
    if size != .size4K, isTable { return .table(word & armFrame) }
    return .leaf(ArmFlags.flags(of: word))
  }
}

/// The flags of arm64's descriptors at the places of the machines here. The other way is
/// `ArmDescriptor`.
enum ArmFlags {
  static func flags(of word: UInt64) -> EntryFlags {
    func has(_ bit: UInt64) -> Bool { word >> bit & 1 != 0 }
    var flags: EntryFlags = .normalMemory
    let isPresent = has(0)
    if isPresent { flags.insert(.present) }
    // AP[2] is read-only.
    if !has(7) { flags.insert(.writable) }
    if has(6) { flags.insert(.user) }
    if has(10) { flags.insert(.accessed) }
    // Bit 11 of what is invalid says that it was valid; that it is global is not lost.
    if !has(11) || !isPresent { flags.insert(.global) }
    if has(52) { flags.insert(.contiguous) }
    if has(53) { flags.insert(.nx) }
    // MT_NORMAL_NC: uncached.
    if word >> 2 & 7 == 2 { flags.insert(.pcd) }
    return flags
  }
}
