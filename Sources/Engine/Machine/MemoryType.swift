/// The cache type of a page in the kernel's books, which is apart from the bits in the entries.
public enum MemoryType: UInt8, Sendable, CaseIterable {
  /// Write-back: ordinary memory, and pages that nobody reserved.
  case wb
  /// Write-combining.
  case wc
  /// Uncached, but a write-combining MTRR wins. What `set_memory_uc` asks for.
  case ucMinus
  /// Write-through.
  case wt

  /// The bits of a 4K entry that stand for the type, with the PAT as Linux programs it.
  /// Models `cachemode2protval()`.
  @inlinable public var entryBits: EntryFlags {
    switch self {
    case .wb: []
    case .wc: .pwt
    case .ucMinus: .pcd
    case .wt: [.pat, .pcd, .pwt]
    }
  }
}
