/// The outcome of a rule of the linear map, with the numbers that led to it.
public enum LinearMapDecision: Equatable, Sendable {
  /// The whole map is made of 4K pages, for this reason.
  case pagesOnly(PageReason)
  /// The map may have blocks and contiguous groups; with FEAT_BBM level 2 they are split when needed.
  case blocksAllowed(bbml2: Bool)
  /// A part of the map is built apart from the rest.
  case mappedApart(MapPart, PageCount)

  /// `change_memory_common()` refuses, for this reason.
  case areaRefused(VirtualAddress, AreaRefusal)
  /// `set_direct_map_*()` does nothing and returns 0: the map may have blocks, which are never split
  /// while they live.
  case cannotSetDirectMap
  /// The same change goes to this many linear-map pages of an area, page by page.
  case mirrored(pages: PageCount, requested: PageCount)
  /// The walk over the pages of an area reached its guard page, this many pages past the end of the array of
  /// its page pointers; what is read there is taken for pages.
  case pastPageArray(PageCount)
  /// The change goes to no linear-map page: it is not RDONLY alone, or rodata is not full.
  case notMirrored
  /// A walker that knows no block came to one (`apply_to_page_range()` warns): -EINVAL.
  case walkerMetBlock(VirtualAddress, LeafSize)
  /// The address is a border of leaves already, as it is a multiple of this many bytes.
  case borderAligned(VirtualAddress, bytes: UInt64)
  /// Of a single page only the less aligned border is looked at.
  case singlePage(VirtualAddress, other: VirtualAddress)
  /// The range is mapped by pages alone: there is nothing to split, and no table to allocate.
  case nothingToSplit
  /// A block of this size becomes 512 entries with CONT; nothing is flushed.
  case splitBlock(VirtualAddress, LeafSize)
  /// A contiguous group of 16 entries of this size loses CONT, so that one of them can change.
  case dropCont(VirtualAddress, LeafSize)
  /// A secondary CPU lacks FEAT_BBM level 2: all blocks but those of the kernel image are split once.
  case splitAllToPages(PageCount)

  /// Why the whole map is of 4K pages.
  public enum PageReason: Equatable, Sendable {
    case rodataFull
    case debugPagealloc
    case lateKFENCE
    case realm
    /// The memory for a crash kernel is reserved later, and its borders are not known yet.
    case crashkernel
  }

  /// A part of the map that is built apart.
  public enum MapPart: Equatable, Sendable {
    /// The kernel's text and read-only data: without contiguous groups, read-only.
    case kernelImage
    /// The early pool of KFENCE: 4K pages.
    case kfencePool
  }

  /// Why `change_memory_common()` refuses.
  public enum AreaRefusal: Error, Equatable, Sendable {
    /// The address is in no area of vmalloc space.
    case noArea
    /// The range passes the end of the area.
    case pastArea
    /// The area's pages were not allocated for it (no VM_ALLOC).
    case notAllocated
    /// The area may have huge mappings (VM_ALLOW_HUGE_VMAP).
    case mayBeHuge
  }

  /// The kernel function that makes the decision.
  public var function: KernelFunction? {
    switch self {
    case .pagesOnly, .blocksAllowed, .mappedApart: .mapMem
    case .areaRefused, .mirrored, .pastPageArray, .notMirrored: .changeMemoryCommon
    case .walkerMetBlock: .dunderChangeMemoryCommon
    case .cannotSetDirectMap: nil
    case .borderAligned, .singlePage, .nothingToSplit, .splitBlock, .dropCont:
      .splitKernelLeafMapping
    case .splitAllToPages: .linearMapSplitToPTEs
    }
  }
}
