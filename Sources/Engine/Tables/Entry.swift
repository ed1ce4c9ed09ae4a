/// A page-table entry: the 64-bit word of the hardware.
///
/// The kernel stores the frame number of a not-present entry inverted (the L1TF mitigation); here it
/// is kept as it is, which no rule of the simulation can tell apart.
public struct Entry: Hashable, Sendable {
  /// The word: flags in bits 0-11 and 51-63, frame number in bits 12-50. (Bit 51 is the encryption
  /// bit of confidential guests; no machine here has memory that high.)
  public var word: UInt64

  /// The bits that hold the frame number in a 4K entry.
  @inlinable static var frameMask: UInt64 { 0x0007_ffff_ffff_f000 }

  /// Creates an entry from its word.
  @inlinable public init(word: UInt64) { self.word = word }

  /// Creates a leaf.
  @inlinable public init(_ pfn: PFN, _ flags: EntryFlags) {
    word = pfn.rawValue << 12 | flags.rawValue
  }

  /// An entry that maps nothing.
  @inlinable public static var none: Entry { Entry(word: 0) }

  /// An entry that points to a table.
  @inlinable public static var table: Entry { Entry(word: EntryFlags.kernelTable.rawValue) }

  /// Whether the entry maps nothing, not even a populated page that is not present.
  @inlinable public var isNone: Bool { word == 0 }

  /// Whether P is set.
  @inlinable public var isPresent: Bool { word & 1 != 0 }

  /// The flags of a leaf of this size: all bits but the frame number. Bit 12 is a flag in a large
  /// leaf.
  @inlinable public func flags(_ size: LeafSize) -> EntryFlags {
    EntryFlags(rawValue: word & Self.flagsMask(size))
  }

  /// The frame number of a leaf of this size.
  @inlinable public func pfn(_ size: LeafSize) -> PFN {
    PFN((word & ~Self.flagsMask(size)) >> 12)
  }

  /// The bits of an entry of this size that are flags.
  @inlinable static func flagsMask(_ size: LeafSize) -> UInt64 {
    size == .size4K ? ~frameMask : ~frameMask | 0x1000
  }
}
