/// The bits of a page-table entry other than its frame number.
///
///     63 62..59 58..52   51  12        11     10     9      8 7       6 5 4   3   2  1  0
///     NX pkey   software C   PAT_LARGE SOFTW3 SOFTW2 SOFTW1 G PSE/PAT D A PCD PWT US RW P
///
/// Bit 7 is PAT in a 4K entry and PSE, "this is a leaf", in a larger one; bit 12 is PAT in a leaf of
/// 2M or 1G and part of the frame number in a 4K entry. Source: asm/pgtable_types.h, 6.12.
public struct EntryFlags: OptionSet, Hashable, Sendable {
  /// The bits.
  public var rawValue: UInt64

  /// Creates flags from bits.
  @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// P: present.
  public static let present = EntryFlags(rawValue: 1 << 0)
  /// RW: writable.
  public static let writable = EntryFlags(rawValue: 1 << 1)
  /// US: reachable from user mode.
  public static let user = EntryFlags(rawValue: 1 << 2)
  /// PWT: bit 0 of the cache index.
  public static let pwt = EntryFlags(rawValue: 1 << 3)
  /// PCD: bit 1 of the cache index.
  public static let pcd = EntryFlags(rawValue: 1 << 4)
  /// A: accessed; the CPU sets it.
  public static let accessed = EntryFlags(rawValue: 1 << 5)
  /// D: dirty; the CPU sets it on a write.
  public static let dirty = EntryFlags(rawValue: 1 << 6)
  /// PSE: in an entry of 2M or 1G, a leaf.
  public static let pse = EntryFlags(rawValue: 1 << 7)
  /// PAT: in a 4K entry, bit 2 of the cache index.
  public static let pat = EntryFlags(rawValue: 1 << 7)
  /// G: global, kept in the TLB over a change of address space.
  public static let global = EntryFlags(rawValue: 1 << 8)
  /// KERNEL_4K (SOFTW3), 6.15 and later: split on request, never to be collapsed.
  public static let kernel4K = EntryFlags(rawValue: 1 << 11)
  /// PAT_LARGE: in a leaf of 2M or 1G, bit 2 of the cache index.
  public static let patLarge = EntryFlags(rawValue: 1 << 12)
  /// The C-bit of AMD's SME and of SEV guests (set: private), or the shared bit of a TDX guest (set:
  /// shared).
  public static let encryption = EntryFlags(rawValue: 1 << 51)
  /// CONT (arm64): one of 16 entries in a row, which a TLB may keep as one.
  public static let contiguous = EntryFlags(rawValue: 1 << 52)
  /// AttrIndx = MT_NORMAL (arm64): write-back memory. Every entry of its linear map and its areas has
  /// it, by which entries of arm64 are known.
  public static let normalMemory = EntryFlags(rawValue: 1 << 53)
  /// POIndex, bit 60 (arm64): the protection key of page tables. Source: "pkeys-based page table hardening",
  /// RFC v5 of August 2025.
  public static let tableKey = EntryFlags(rawValue: 1 << 60)
  /// NX: not executable.
  public static let nx = EntryFlags(rawValue: 1 << 63)

  /// The bits that select the cache mode in a 4K entry.
  public static let cacheMask: EntryFlags = [.pwt, .pcd, .pat]
  /// PAGE_KERNEL with G: `P RW A D G NX`.
  public static let pageKernel: EntryFlags = [
    .present, .writable, .accessed, .dirty, .global, .nx,
  ]
  /// PAGE_KERNEL of arm64: valid, writable, accessed, global, normal memory, PXN and UXN. D is not kept there: what
  /// is writable counts as dirty. Source: asm/pgtable-prot.h, 6.12.
  public static let arm64PageKernel: EntryFlags = [
    .present, .writable, .accessed, .global, .normalMemory, .nx,
  ]
  /// An intermediate entry, which never restricts what is below: `P RW A D`.
  public static let kernelTable: EntryFlags = [.present, .writable, .accessed, .dirty]

  /// Whether flags in 4K layout select write-back: the kernel's PAT table has it at 0 and, with PAT
  /// alone, at 4. Source: `pat_bp_init()`, arch/x86/mm/pat/memtype.c, 6.12.
  @inlinable public var isWriteBack: Bool { isDisjoint(with: [.pwt, .pcd]) }

  /// Flags of a leaf of 2M or 1G brought into the 4K layout: PSE goes, PAT moves to bit 7.
  /// Models `pgprot_large_2_4k()`.
  @inlinable public var largeTo4K: EntryFlags {
    EntryFlags(rawValue: rawValue & ~0x1080 | (rawValue & 0x1000) >> 5)
  }

  /// Flags in 4K layout brought into the layout of a large leaf, without PSE.
  /// Models `pgprot_4k_2_large()`.
  @inlinable public var fourKToLarge: EntryFlags {
    EntryFlags(rawValue: rawValue & ~0x1080 | (rawValue & 0x80) << 5)
  }

  /// The flags with G taken off if they are not present: there the bit would mean PROTNONE.
  @inlinable public var droppingGlobalUnlessPresent: EntryFlags {
    rawValue & 1 == 0 ? subtracting(.global) : self
  }
}
