/// What the users of special permissions in the kernel do. Each is a list of allocations and changes
/// of attributes, in the order of the kernel version.
public enum UserCall: Equatable, Sendable {
  /// `vmalloc()`: an area of pages of its own.
  case vmalloc(Name, PageCount, VmallocOptions)
  /// `vfree()`.
  case vfree(Name)
  /// `ioremap()` of frames of a device, in an area that is to be aligned to this many bytes, a power of
  /// two; `nil`: as its size wants it.
  case ioremap(Name, PFN, PageCount, align: UInt64?)
  /// `iounmap()`.
  case iounmap(Name)
  /// `apply_to_existing_page_range()` over an area: a walk by software that knows 4K entries only.
  case walk(Name)
  /// `init_module()`: load, relocate, protect, run init, give init memory back.
  case moduleLoad(Name, ModuleSizes)
  /// `delete_module()`.
  case moduleUnload(Name)
  /// A BPF program of this many bytes is compiled and loaded. A classic one is a filter of a socket or of
  /// seccomp, which any user may load.
  case bpfLoad(Name, bytes: UInt32, isClassic: Bool = false)
  /// The program goes.
  case bpfFree(Name)
  /// A trampoline of ftrace, of this many pages.
  case ftraceLoad(Name, PageCount)
  /// The trampoline goes.
  case ftraceFree(Name)
  /// A page of kprobe instruction slots.
  case kprobeLoad(Name)
  /// The page goes.
  case kprobeFree(Name)
  /// A process touches a page of memfd_secret.
  case secretmemFault(Name)
  /// The page of memfd_secret goes.
  case secretmemRelease(Name)
  /// `execmem_alloc()` of module text; writable, to be restored when it is filled.
  case execmemAlloc(Name, PageCount)
  /// `execmem_restore_rox()`.
  case execmemRestore(Name)
  /// `execmem_free()`.
  case execmemFree(Name)
  /// A guest of guest_memfd, or its user, touches this many pages of its memory for the first time: each
  /// leaves the direct map, with a flush of its own or without.
  case gmemFault(Name, PageCount, flushes: Bool)
  /// The guest's memory goes.
  case gmemRelease(Name)
  /// The host writes this many of a guest's pages, the first ones, which are outside the direct map: through a
  /// window, or each is put back for a moment, with a flush when it leaves again or without.
  case gmemWrite(Name, PageCount, flushes: Bool)
  /// `mermap_get()`: frames in a row are mapped in the window of the CPU, under a name.
  case mermapGet(Name, PFN, PageCount)
  /// `mermap_put()`.
  case mermapPut(Name)
  /// RMPUPDATE of this many pages on a host of SNP guests.
  case rmpUpdate(PFN, PageCount)
  /// `memory_failure()` has taken a page out of use: `set_mce_nospec()`.
  case hwpoison(PFN)
  /// `clear_mce_nospec()`.
  case unpoison(PFN)
  /// `machine_kexec_prepare()`: the control page of a kernel that is loaded.
  case kexecLoad(Name)
  /// `machine_kexec_cleanup()`.
  case kexecUnload(Name)
  /// KFENCE takes P from a page's entry, or gives it back, behind CPA's back.
  case kfence(protects: Bool, PFN)
  /// The CPU that makes the requests is on this node from here on.
  case cpuNode(Int)

  /// How an area is allocated.
  public struct VmallocOptions: Equatable, Sendable {
    /// The node that should serve; `nil`: that of the CPU.
    public var node: Int? {
      get { nodeNumber < 0 ? nil : Int(nodeNumber) }
      set { nodeNumber = newValue.map { Int32(clamping: $0) } ?? -1 }
    }
    // Both in few bytes: a scenario may hold a million calls.
    private var nodeNumber: Int32 = -1
    /// What may be done to get the pages.
    public var gfp = GFPFlags.kernel
    /// What becomes of the pages.
    public var flags: Area.Flags = []
    /// VM_ALLOW_HUGE_VMAP: 2M leaves where they fit.
    public var allowsHuge = false
    /// Whether the nodes with memory take turns, as for the hash tables of a machine with several
    /// (`hashdist`): page by page, or block by block.
    public var isInterleaved = false
    /// Where the area begins; `nil`: at the lowest free address. A kernel has areas of its own before it, so
    /// what a recording shows may hang on it: leaves merge only where they begin at a border of 2M.
    public var place: VirtualAddress? {
      get { placeAddress == 0 ? nil : placeAddress }
      set { placeAddress = newValue ?? 0 }
    }
    private var placeAddress: VirtualAddress = 0

    /// `vmalloc()` without flags.
    public init() {}
  }
}
