/// A simulated machine: a kernel, its CPU and memory, and its page tables.
///
/// A value. A copy costs next to nothing and never changes when the original does, so history,
/// comparison and what-if are copies. It changes by `perform(_:)`, and by applying the events of a
/// `perform(_:)`, alone.
public struct Machine: Sendable {
  /// What never changes after boot, but for memory that is added, in one object that all copies
  /// share.
  var setup: Setup
  /// The page tables.
  public internal(set) var tables: PageTables
  /// What the kernel counts.
  public internal(set) var counters = Counters()
  /// The areas of the vmalloc space.
  public internal(set) var areas = VirtualAreas()
  /// The physical memory under the page allocator.
  public internal(set) var physical: PhysicalMemory
  /// Whether boot is over.
  public internal(set) var isRunning = false
  /// Whether the kernel image is protected (`kernel_set_to_readonly`).
  public internal(set) var isKernelReadOnly = false
  /// Why the kernel stopped, if it did; then no further call can be made.
  public internal(set) var stopped: KernelBug?
  /// What users of special permissions and policies keep.
  var kept = Boxed(Kept())
  /// The address spaces of processes, and what goes through them when they are unmapped.
  var processes: Boxed<Processes>
  /// What the building of the linear map counts (arm64).
  var linearMap = Boxed(LinearMapBooks())
  var ramTypes = RunMap<MemoryType>(repeating: .wb)
  var otherTypes = MemoryTypeRanges()

  /// A machine before its direct map is built: nothing is mapped.
  init(
    kernel: KernelProfile, cpu: CPUFeatures, memory: MemoryMap, image: KernelImage?,
    policies: PolicySet = .none, linearMap: LinearMapLayout = LinearMapLayout(),
  ) {
    setup = Setup(
      kernel: kernel, cpu: cpu, memory: memory, image: image, policies: policies,
      linearMap: linearMap)
    tables = PageTables(hasFiveLevels: setup.layout.hasFiveLevels)
    processes = Boxed(Processes(hasFiveLevels: setup.layout.hasFiveLevels))
    physical = PhysicalMemory(unknown: setup.kernel.buddy)
  }

  /// `tlb_single_page_flush_ceiling`: up to this many pages are flushed one by one.
  public static let singlePageFlushCeiling: PageCount = 33

  /// The cache type of a frame in the kernel's books.
  public func memoryType(of pfn: PFN) -> MemoryType { ramTypes[pfn.rawValue] }

  /// The kilobytes that `/proc/meminfo` shows for leaves of this size.
  public func directMapKilobytes(_ size: LeafSize) -> Int64 {
    counters[.directMap(size)] &* Int64(size.pages.kilobytes)
  }
}

extension Machine {
  /// The kernel version's rules.
  public var kernel: KernelProfile { setup.kernel }
  /// The processor's features.
  public var cpu: CPUFeatures { setup.cpu }
  /// The RAM that the direct map covers.
  public var memory: MemoryMap { setup.memory }
  /// The kernel image, if the machine is known to that detail.
  public var image: KernelImage? { setup.image }

  final class Setup: Sendable {
    let kernel: KernelProfile
    /// The kernel as it was released, without what policies change.
    let released: KernelProfile
    let cpu: CPUFeatures
    let memory: MemoryMap
    let image: KernelImage?
    let policies: [any Policy]
    /// The rules among them.
    let rules: [Rule]
    /// The one of them that wants to be called for every entry.
    let tracker: TableTracker?
    /// Where any of the policies wants to be called.
    let hooks: PolicyHooks
    /// Where the parts of the address space are.
    let layout: AddressLayout
    /// The address of frame 0 in the direct map.
    let pageOffset: VirtualAddress
    /// The addresses of the direct map, from frame 0 to the last one that boot maps.
    let directMapRange: Range<VirtualAddress>
    /// Whether the kernel is one for arm64.
    let isArm64: Bool
    /// What of arm64's linear map is built apart from the rest.
    let linearMap: LinearMapLayout

    init(
      kernel: KernelProfile, cpu: CPUFeatures, memory: MemoryMap, image: KernelImage?,
      policies: PolicySet, linearMap: LinearMapLayout,
    ) {
      self.policies = policies.policies
      rules = policies.rules
      tracker = TableTracker(among: self.policies)
      hooks = self.policies.reduce(into: []) { $0.formUnion($1.hooks) }
      released = kernel
      self.kernel = self.policies.reduce(into: kernel) { $1.adjust(&$0) }
      layout = AddressLayout(kernel.architecture, hasFiveLevels: cpu[.la57])
      pageOffset = layout.pageOffset
      isArm64 = kernel.architecture == .arm64
      self.cpu = cpu
      self.memory = memory
      directMapRange = Self.directMapRange(from: pageOffset, memory)
      self.image = image
      self.linearMap = linearMap
    }

    private init(_ other: Setup, adding range: Range<PFN>) {
      policies = other.policies
      rules = other.rules
      tracker = other.tracker
      hooks = other.hooks
      kernel = other.kernel
      released = other.released
      layout = other.layout
      pageOffset = other.pageOffset
      isArm64 = other.isArm64
      cpu = other.cpu
      memory = MemoryMap(other.memory.ranges + [range])
      directMapRange = Self.directMapRange(from: pageOffset, memory)
      image = other.image
      linearMap = other.linearMap
    }

    private static func directMapRange(
      from start: VirtualAddress, _ memory: MemoryMap,
    ) -> Range<VirtualAddress> {
      start..<VirtualAddress(start.rawValue &+ memory.end.rawValue << 12)
    }

    /// The same with more memory.
    func adding(_ range: Range<PFN>) -> Setup { Setup(self, adding: range) }

    /// The flags of an ordinary kernel page in a leaf of a size (PAGE_KERNEL).
    func pageKernel(_ size: LeafSize) -> EntryFlags {
      leaf(isArm64 ? .arm64PageKernel : cpu.pageKernel, size)
    }

    /// Flags in 4K layout as a leaf of a size has them. On arm64 the level says what is a block.
    func leaf(_ flags: EntryFlags, _ size: LeafSize) -> EntryFlags {
      size == .size4K || isArm64 ? flags : flags.fourKToLarge.union(.pse)
    }
  }
}
