/// A leaf of arm64's tables as the hardware has it: a descriptor of the VMSAv8-64 format, 4K granule.
///
///     63 59 58..55 54  53  52   51  50 49   12 11 10 9 8 7 6  5 4..2     1    0
///     AttrX  soft  UXN PXN CONT DBM GP address nG AF SH  AP   NS AttrIndx TYPE VALID
///
/// In the tables of a machine the flags of both architectures stand at the same places; this word is
/// made where it is shown. Source: asm/pgtable-hwdef.h and pgtable-prot.h, 6.12.
public struct ArmDescriptor: Equatable, Sendable {
  /// The 64 bits.
  public var word: UInt64

  /// MT_NORMAL of MAIR_EL1 in AttrIndx: write-back memory. All of the linear map has it.
  private static let attributeNormal: UInt64 = 0
  /// AttrIndx of uncached memory (MT_NORMAL_NC).
  private static let attributeUncached: UInt64 = 2

  /// The descriptor of a leaf.
  public init(_ entry: Entry, _ size: LeafSize) {
    let flags = entry.flags(size)
    func bit(_ isSet: Bool, _ index: UInt64) -> UInt64 { isSet ? 1 << index : 0 }
    let isWritable = flags.contains(.writable)
    let attribute =
      flags.isDisjoint(with: [.pcd, .pwt]) ? Self.attributeNormal : Self.attributeUncached
    word =
      bit(flags.contains(.present), 0)
      // A page at the last level has TYPE 1, a block above it 0.
      | bit(size == .size4K, 1)
      | attribute << 2
      // AP[1]: user mode may access it. AP[2]: read-only.
      | bit(flags.contains(.user), 6) | bit(!isWritable, 7)
      // Inner shareable.
      | 0b11 << 8
      | bit(flags.contains(.accessed), 10) | bit(!flags.contains(.global), 11)
      | entry.pfn(size).rawValue << 12
      // DBM is PTE_WRITE: writable by intent.
      | bit(isWritable, 51) | bit(flags.contains(.contiguous), 52)
      | bit(flags.contains(.nx), 53)
      // No kernel page is executable in user mode.
      | bit(flags.contains(.nx) || !flags.contains(.user), 54)
  }

  /// A field of the descriptor.
  public struct Field: Equatable, Sendable {
    /// The name in Arm's manual, or the kernel's where it has its own.
    public var name: String
    /// The lowest bit.
    public var shift: UInt64
    /// How many bits.
    public var width: UInt64
  }

  /// The fields but the address, from the highest bit down.
  public static let fields: [Field] = [
    Field(name: "UXN", shift: 54, width: 1), Field(name: "PXN", shift: 53, width: 1),
    Field(name: "CONT", shift: 52, width: 1), Field(name: "DBM", shift: 51, width: 1),
    Field(name: "nG", shift: 11, width: 1), Field(name: "AF", shift: 10, width: 1),
    Field(name: "SH", shift: 8, width: 2), Field(name: "AP", shift: 6, width: 2),
    Field(name: "AttrIndx", shift: 2, width: 3), Field(name: "TYPE", shift: 1, width: 1),
    Field(name: "VALID", shift: 0, width: 1),
  ]

  /// The value of a field.
  public func value(of field: Field) -> UInt64 { word >> field.shift & (1 << field.width - 1) }

  /// The fields that are set in words, from the highest bit down: `UXN PXN DBM AF SH=3 TYPE VALID`.
  public var names: [String] {
    Self.fields.compactMap { field in
      let value = value(of: field)
      guard value != 0 else { return nil }
      return field.width == 1 ? field.name : "\(field.name)=\(value)"
    }
  }
}
