/// A leaf of arm64's tables as the hardware has it: a descriptor of the VMSAv8-64 format, 4K granule.
///
///     63..60  59    58..56 55    54  53  52   51  50 49   12 11 10 9 8 7 6  5 4..2     1    0
///     POIndex AttrX soft   DIRTY UXN PXN CONT DBM GP address nG AF SH  AP   NS AttrIndx TYPE VALID
///
/// In the tables of a machine the flags of both architectures stand at the same places; this word is
/// made where it is shown. Source: asm/pgtable-hwdef.h and pgtable-prot.h, 6.12, and recordings of 6.1 to 7.3.
public struct ArmDescriptor: Equatable, Sendable {
  /// The 64 bits.
  public var word: UInt64

  /// MT_NORMAL of MAIR_EL1 in AttrIndx: write-back memory.
  private static let attributeNormal: UInt64 = 0
  /// MT_NORMAL_TAGGED in AttrIndx: write-back memory that may have tags.
  private static let attributeTagged: UInt64 = 1
  /// AttrIndx of uncached memory (MT_NORMAL_NC).
  private static let attributeUncached: UInt64 = 2

  /// What a leaf's descriptor has besides what the simulation keeps of it.
  public struct Format: Equatable, Sendable {
    /// Whether the memory may have tags: all of the linear map but the kernel image in it.
    public var isTagged: Bool
    /// Whether bit 55 is set (PTE_DIRTY).
    public var isDirty: Bool
    /// Whether bit 11 is set in what is invalid (PTE_PRESENT_INVALID).
    public var marksInvalid: Bool
    /// Whether bits 8 and 9 are those of an address of 52 bits, and shareability stands in TCR_EL1.
    public var hasLPA2: Bool

    /// Creates a format.
    public init(isTagged: Bool, isDirty: Bool, marksInvalid: Bool, hasLPA2: Bool) {
      self.isTagged = isTagged
      self.isDirty = isDirty
      self.marksInvalid = marksInvalid
      self.hasLPA2 = hasLPA2
    }
  }

  /// The descriptor of a leaf.
  public init(_ entry: Entry, _ size: LeafSize, _ format: Format) {
    let flags = entry.flags(size)
    func bit(_ isSet: Bool, _ index: UInt64) -> UInt64 { isSet ? 1 << index : 0 }
    let isWritable = flags.contains(.writable)
    let attribute =
      flags.isDisjoint(with: [.pcd, .pwt])
      ? (format.isTagged ? Self.attributeTagged : Self.attributeNormal) : Self.attributeUncached
    let isPresent = flags.contains(.present)
    let isNotGlobal = !flags.contains(.global) || (format.marksInvalid && !isPresent)
    word =
      bit(isPresent, 0)
      // A page at the last level has TYPE 1, a block above it 0.
      | bit(size == .size4K, 1)
      | attribute << 2
      // AP[1]: user mode may access it. AP[2]: read-only.
      | bit(flags.contains(.user), 6) | bit(!isWritable, 7)
      // Inner shareable.
      | (format.hasLPA2 ? 0 : 0b11 << 8)
      | bit(flags.contains(.accessed), 10) | bit(isNotGlobal, 11)
      | entry.pfn(size).rawValue << 12
      // DBM is PTE_WRITE: writable by intent.
      | bit(isWritable, 51) | bit(flags.contains(.contiguous), 52)
      | bit(flags.contains(.nx), 53)
      // No kernel page is executable in user mode.
      | bit(flags.contains(.nx) || !flags.contains(.user), 54) | bit(format.isDirty, 55)
      // POIndex, where there are protection keys.
      | bit(flags.contains(.tableKey), 60)
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
    Field(name: "POIndex", shift: 60, width: 3), Field(name: "DIRTY", shift: 55, width: 1),
    Field(name: "UXN", shift: 54, width: 1),
    Field(name: "PXN", shift: 53, width: 1),
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

extension Machine {
  /// The descriptor that an arm64 kernel has for a leaf at an address.
  public func armDescriptor(
    _ entry: Entry, _ size: LeafSize, at address: VirtualAddress,
  ) -> ArmDescriptor {
    let rules = setup.kernel.linearMap
    let frame = AddressLayout.directMapFrame(of: address)
    return ArmDescriptor(
      entry, size,
      ArmDescriptor.Format(
        isTagged: frame.map { mayHaveTags($0) } ?? false, isDirty: rules.marksDirty,
        marksInvalid: rules.marksInvalid, hasLPA2: hasFiveLevels))
  }

  /// Whether a frame is mapped as memory that may have tags: not the kernel image, whose protection is that
  /// of PAGE_KERNEL_RO, and not its data and bss where they become read-only in the same way.
  private func mayHaveTags(_ frame: PFN) -> Bool {
    if setup.linearMap.image?.contains(frame) == true { return false }
    guard case .readOnly(let behind) = setup.kernel.linearMap.dataAlias,
      let data = setup.linearMap.data
    else { return true }
    return !data.contains(frame + behind) || frame < data.lowerBound
  }
}
