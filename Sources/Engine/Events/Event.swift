/// Something that happens in a machine. The stream of events is all there is to a call: `Machine`
/// changes only by applying them, in `Machine+Apply.swift`, and a listener learns everything.
///
/// Events hold no references and no text; words are made where they are shown.
public enum Event: Equatable, Sendable {
  /// A kernel function was entered, for this address and number of pages.
  case entered(KernelFunction, VirtualAddress, PageCount)
  /// What the request asks for whose function was entered last: once for each request, not for its
  /// pages and not for its aliases.
  case asked(RequestMasks)
  /// The function entered last was left.
  case left(KernelFunction, ReturnCode)
  /// A function of a remedy was entered or left.
  case remedy(RemedyStep)
  /// A real kernel was seen entering or leaving one of its functions, or writing what is watched.
  case seen(SeenStep)
  /// A rule of the kernel was applied, with this outcome for this reason.
  case decided(Decision)

  /// Leaves were put where nothing was mapped: at boot, by `vmap()`.
  case mapped(LeafFill)
  /// All leaves of a range were taken away: by `vunmap()`.
  case unmapped(VirtualAddress, PageCount)
  /// A leaf was rewritten.
  case entryWritten(VirtualAddress, LeafSize, old: Entry, new: Entry)
  /// A leaf of this size was replaced by a table of 512 leaves of the next smaller size, of which
  /// `first` is the first.
  case tableInstalled(VirtualAddress, inPlaceOf: LeafSize, old: Entry, first: Entry)
  /// The table in place of a leaf of this size lies in this frame.
  case tableBacked(VirtualAddress, inPlaceOf: LeafSize, PFN)
  /// A table was replaced by a leaf of this size.
  case tableFreed(VirtualAddress, LeafSize, leaf: Entry)

  /// What a policy keeps with a table of these entries changed.
  case tableTracked(VirtualAddress, entries: LeafSize, TableTrack)

  /// What users of special permissions keep changed.
  case kept(KeptChange)
  /// What a policy keeps changed.
  case policy(PolicyChange)
  /// What stands between requests and the page allocator changed.
  case supply(PageSupply.Change)

  /// A counter moved.
  case counted(Counter, Int64)
  /// TLBs or caches were flushed.
  case flushed(Flush)
  /// The books of memory types changed for some pages.
  case memoryTypeSet(MemoryTypeBook, page: UInt64, PageCount, MemoryType)
  /// The areas of vmalloc space changed.
  case vmalloc(VmallocChange)
  /// Boot is over: vmstat counts from here on (`SYSTEM_RUNNING`).
  case systemRunning
  /// The kernel stopped itself: nothing can be asked of the machine any more.
  case stopped(KernelBug)
  /// The kernel image became read-only (`kernel_set_to_readonly`).
  case kernelSetReadOnly
  /// The books of the page allocator changed.
  case memory(MemoryChange)
  /// The address space of a process changed, or what gathers its pages when they are unmapped.
  case process(ProcessChange)
  /// Something was done to build or change arm64's linear map.
  case linearMap(LinearMapChange)
}

/// Why the kernel stopped: a `BUG()` of its own.
public enum KernelBug: Error, Equatable, Sendable {
  /// The merge-mapping branch of 2022 counted the entries of a table that are not standard, found
  /// another number than it had kept, and stopped.
  case splitCountWrong(VirtualAddress, LeafSize, counted: Int, found: Int)
  /// `apply_to_existing_page_range()` of a kernel before 5.13 met a leaf of this size.
  case walkerMetLeaf(VirtualAddress, LeafSize)
  /// A page that is to be zeroed is not in the direct map. An Unmapped request (January 2022) had it, and
  /// this owner gave it back when its pageblock was not Unmapped any more.
  case clearedNotPresent(PFN, freedBy: Name)
  /// A page that could not be split for an Unmapped request (January 2022) is to change lists, and is on
  /// none.
  case movedOffList(PFN)
}

/// A flush of TLBs or caches, as the function that does it.
public enum Flush: Equatable, Sendable {
  /// `flush_tlb_all()`: everything, on all CPUs.
  case all
  /// `__cpa_flush_tlb()`: single pages, on each CPU.
  case pages(PageCount)
  /// `__cpa_flush_all()` after a failed change: everything, on all CPUs.
  case allAfterFailure
  /// `flush_tlb_kernel_range()`: single pages up to the ceiling of 33, else everything.
  case kernelRange(PageCount)
  /// `flush_tlb_kernel_range()` up to `TLB_FLUSH_ALL`: everything, on all CPUs.
  case kernelRangeToEnd
  /// `flush_tlb_one_kernel()` of one page, on the CPU that runs (KFENCE).
  case ownPage
  /// `__flush_tlb_all()` of `mermap_flush_tlb()`: everything, on the CPU that runs.
  case ownTLB
  /// CLFLUSH over the cache lines of this many pages.
  case cacheLines(PageCount)
  /// WBINVD on all CPUs.
  case allCaches
}

/// Which books of memory types: RAM by frame, or all else by ranges of physical pages.
public enum MemoryTypeBook: Equatable, Sendable {
  /// Pages of RAM, by frame number. Models the page flags of `reserve_ram_pages_type()`.
  case ram
  /// Pages that are not RAM to `__pa()`, which takes a vmalloc address for a physical one far above
  /// it. Models the memtype tree.
  case other
}

/// The functions of the kernel that a call goes through.
public enum KernelFunction: UInt8, CaseIterable, Sendable {
  /// Takes freed vmalloc addresses out of the TLB.
  case vmUnmapAliases
  /// Takes the pages of a freed area out of the direct map, flushes, and puts them back.
  case vmResetPerms
  /// Reserves a cache type.
  case memtypeReserve
  /// Releases a cache type.
  case memtypeFree
  /// One request from start to flush.
  case changePageAttrSetClr
  /// Walks the pages of a request.
  case changePageAttrLoop
  /// One step of the walk.
  case changePageAttr
  /// Decides whether a large leaf can stay.
  case shouldSplitLargePage
  /// Splits a large leaf.
  case splitLargePage
  /// Takes from a change what kernel text and read-only data may not have.
  case staticProtections
  /// Warns of what becomes writable and executable.
  case verifyRWX
  /// Decides what it means that nothing is mapped.
  case cpaProcessFault
  /// Finds the other mappings of the page.
  case cpaProcessAlias
  /// Flushes after a change.
  case cpaFlush
  /// Looks for tables that can become leaves again.
  case cpaCollapseLargePages
  /// Tries 4K to 2M.
  case collapsePMDPage
  /// Tries 2M to 1G.
  case collapsePUDPage
  /// Clears the entries of one page table of a process.
  case zapPteRange
  /// Gives a zap the next batch for its pages.
  case tlbNextBatch
  /// Builds a range of the direct map at boot.
  case initMemoryMapping
  /// Protects a page of the interrupt table.
  case idtSetup
  /// Makes the KFENCE pool of 4K entries and takes its guard pages away.
  case kfenceInitPool
  /// Gives the real-mode trampoline its permissions.
  case setRealModePermissions
  /// Gives init memory back.
  case freeInitPages
  /// Write-protects the kernel image.
  case markRodataRO
  /// Takes G from the kernel image, for page-table isolation.
  case ptiSetKernelImageNonglobal
  /// Gives G back to what user tables show of the kernel image.
  case ptiCloneKernelText
  /// Builds arm64's linear map.
  case mapMem
  /// Builds the linear map of one bank of memory.
  case mapMemblock
  /// Makes and fills a table of 512G entries.
  case allocInitP4D
  /// Makes and fills a table of 1G entries.
  case allocInitPUD
  /// Makes and fills a table of 2M entries.
  case allocInitContPMD
  /// Makes and fills a table of 4K entries.
  case allocInitContPTE
  /// Changes attributes of an area of vmalloc space on arm64.
  case changeMemoryCommon
  /// Changes the entries of a range on arm64, and flushes it.
  case dunderChangeMemoryCommon
  /// Makes the borders of a range borders of leaves.
  case splitKernelLeafMapping
  /// Splits all blocks of the linear map.
  case linearMapSplitToPTEs
  /// Makes the kernel's text and read-only data read-only in the linear map.
  case markLinearTextAliasRO
  /// Takes all kernel mappings out of the TLB's global ones, for page-table isolation on arm64.
  case kptiInstallNGMappings
  /// Builds the linear map of memory that is added.
  case archAddMemory

  /// The name in the kernel's source.
  public var name: String {
    switch self {
    case .vmUnmapAliases: "vm_unmap_aliases"
    case .vmResetPerms: "vm_reset_perms"
    case .memtypeReserve: "memtype_reserve"
    case .memtypeFree: "memtype_free"
    case .changePageAttrSetClr: "change_page_attr_set_clr"
    case .changePageAttrLoop: "__change_page_attr_set_clr"
    case .changePageAttr: "__change_page_attr"
    case .shouldSplitLargePage: "should_split_large_page"
    case .splitLargePage: "split_large_page"
    case .staticProtections: "static_protections"
    case .verifyRWX: "verify_rwx"
    case .cpaProcessFault: "__cpa_process_fault"
    case .cpaProcessAlias: "cpa_process_alias"
    case .cpaFlush: "cpa_flush"
    case .cpaCollapseLargePages: "cpa_collapse_large_pages"
    case .collapsePMDPage: "collapse_pmd_page"
    case .collapsePUDPage: "collapse_pud_page"
    case .zapPteRange: "zap_pte_range"
    case .tlbNextBatch: "tlb_next_batch"
    case .initMemoryMapping: "init_memory_mapping"
    case .idtSetup: "idt_setup_apic_and_irq_gates"
    case .kfenceInitPool: "kfence_init_pool"
    case .setRealModePermissions: "set_real_mode_permissions"
    case .freeInitPages: "free_init_pages"
    case .markRodataRO: "mark_rodata_ro"
    case .ptiSetKernelImageNonglobal: "pti_set_kernel_image_nonglobal"
    case .ptiCloneKernelText: "pti_clone_kernel_text"
    case .mapMem: "map_mem"
    case .mapMemblock: "__map_memblock"
    case .allocInitP4D: "alloc_init_p4d"
    case .allocInitPUD: "alloc_init_pud"
    case .allocInitContPMD: "alloc_init_cont_pmd"
    case .allocInitContPTE: "alloc_init_cont_pte"
    case .changeMemoryCommon: "change_memory_common"
    case .dunderChangeMemoryCommon: "__change_memory_common"
    case .splitKernelLeafMapping: "split_kernel_leaf_mapping"
    case .linearMapSplitToPTEs: "linear_map_split_to_ptes"
    case .markLinearTextAliasRO: "mark_linear_text_alias_ro"
    case .kptiInstallNGMappings: "kpti_install_ng_mappings"
    case .archAddMemory: "arch_add_memory"
    }
  }
}

/// What a kernel function returned: 0, or a negative error number.
public struct ReturnCode: Error, Equatable, Sendable, RawRepresentable {
  /// The number.
  public var rawValue: Int32

  /// Creates a code from its number.
  public init(rawValue: Int32) { self.rawValue = rawValue }

  /// Success.
  public static let success = ReturnCode(rawValue: 0)
  /// The kernel stopped in the call: no number that a kernel returns.
  public static let bug = ReturnCode(rawValue: .min)
  /// SHRINK_STOP: the shrinker may not work for this request.
  public static let shrinkStop = ReturnCode(rawValue: .min + 1)
  /// SHRINK_EMPTY: the shrinker has nothing.
  public static let shrinkEmpty = ReturnCode(rawValue: .min + 2)
  /// -EFAULT: nothing is mapped there.
  public static let fault = ReturnCode(rawValue: -14)
  /// -ENOMEM: no zone can serve.
  public static let noMemory = ReturnCode(rawValue: -12)
  /// -EBUSY: the pages have another cache type.
  public static let busy = ReturnCode(rawValue: -16)
  /// -EINVAL.
  public static let invalid = ReturnCode(rawValue: -22)
  /// -ENOSYS: stands for a call that the kernel version lacks.
  public static let notImplemented = ReturnCode(rawValue: -38)

  /// The name of the number, such as `-EBUSY`; `0` for success.
  public var name: String {
    switch self {
    case .success: "0"
    case .bug: "BUG"
    case .shrinkStop: "SHRINK_STOP"
    case .shrinkEmpty: "SHRINK_EMPTY"
    case .fault: "-EFAULT"
    case .noMemory: "-ENOMEM"
    case .busy: "-EBUSY"
    case .invalid: "-EINVAL"
    case .notImplemented: "-ENOSYS"
    default: String(rawValue)
    }
  }
}

extension KernelBug: CustomStringConvertible {
  /// What the kernel found, in one line.
  public var description: String {
    switch self {
    case .splitCountWrong(let address, _, let counted, let found):
      "BUG: the table at \(address.hex) counted \(counted) entries that are not standard, and has "
        + "\(found)"
    case .walkerMetLeaf(let address, let size):
      "BUG: apply_to_existing_page_range met a leaf of \(size.pages.rawValue) pages at \(address.hex)"
    case .clearedNotPresent(let pfn, let owner):
      "BUG: page fault in clear_page: pfn \(pfn.hex) is not present; free_pages \(owner) left it so, as "
        + "its pageblock was not Unmapped any more"
    case .movedOffList(let pfn):
      "general protection fault in move_to_free_list: pfn \(pfn.hex) could not be split, and is on no "
        + "free list"
    }
  }
}
