// Booting an arm64 machine: as much of setup_arch() and mm_core_init() as the linear map and the page
// allocator need.

extension Machine {
  /// Boots an arm64 machine: the linear map, then the page allocator. No EFI, no user space.
  static func bootArm64(
    _ description: MachineDescription, _ kernel: KernelProfile, _ options: BootOptions,
    _ sink: inout EventListener,
  ) throws(BootError) -> Machine {
    let plan = try Arm64BootPlan(description, options, kernel.linearMap)
    var machine = Machine(
      kernel: kernel, cpu: description.cpu, memory: plan.ram, image: nil,
      policies: options.policies, linearMap: plan.layout)
    try plan.checkTables(isPagesOnly: machine.forcePTEMapping != nil)
    machine.physical = PhysicalMemory(
      ram: plan.ram, nodes: plan.nodes, rules: machine.kernel.buddy)
    machine.mapMem(&sink)
    if options.stopsAtLinearMap { return machine }
    machine.finishLinearMap(&sink)
    let tables = machine.memInit(plan, &sink)
    machine.initTablePages(&sink)
    machine.protectDataAlias(&sink)
    machine.protectTables(tables, &sink)
    machine.emit(.systemRunning, &sink)
    return machine
  }

  /// Hands what boot does not keep over to the page allocator. Models `memblock_free_all()`: kept are
  /// the kernel image, the pool of KFENCE, the page tables and the page descriptors.
  ///
  /// - Returns: where the page tables are.
  private mutating func memInit(
    _ plan: Arm64BootPlan, _ sink: inout EventListener,
  ) -> [Range<PFN>] {
    var boot = BootMemory(ram: plan.ram)
    if let image = plan.image { boot.reserve(image) }
    if let pool = plan.layout.kfenceFrames { boot.reserve(pool) }
    let everywhere = [PFN(0)..<AddressLayout.arm64FrameLimit]
    // One more is the root, which lies in the kernel image.
    let tables = linearMap.value.early.tables + linearMap.value.late.tables
    let pieces = takePieces(PageCount(tables), &boot, in: everywhere)
    for node in plan.nodes {
      let ram = node.ranges.flatMap { range in
        plan.ram.ranges(overlapping: range).map { $0.clamped(to: range) }
      }
      guard !ram.isEmpty else { continue }
      let pages = PageCount(
        BootMemorySizes.sections(of: ram) * BootMemorySizes.memMapPages.rawValue)
      if boot.take(pages, alignedTo: 512, in: ram) == nil {
        boot.take(pages, alignedTo: 512, in: everywhere)
      }
      boot.take(BootMemorySizes.otherPages, in: ram)
    }
    for free in boot.free { physical.handOver(free, &sink) }
    return pieces
  }

  /// Takes pages one by one from the top down, which gives as few pieces as there is room for.
  private func takePieces(
    _ pages: PageCount, _ boot: inout BootMemory, in ranges: [Range<PFN>],
  ) -> [Range<PFN>] {
    if let piece = boot.take(pages, in: ranges) { return [piece] }
    var pieces: [Range<PFN>] = []
    var left = pages
    for free in boot.free.reversed() where left > 0 {
      let part = min(left, free.upperBound - free.lowerBound)
      let piece = PFN(free.upperBound.rawValue - part.rawValue)..<free.upperBound
      boot.reserve(piece)
      pieces.append(piece)
      left -= part
    }
    return pieces
  }
}

/// What is settled before the first page of an arm64 machine is mapped.
struct Arm64BootPlan {
  /// The RAM, in whole pages (`memblock.memory`).
  let ram: MemoryMap
  let nodes: [NUMANode]
  /// The frames of the kernel image.
  let image: Range<PFN>?
  /// What of the linear map is built apart.
  let layout: LinearMapLayout

  /// The most memory that may be mapped by 4K pages: 16 TiB.
  static let pagesLimit: PageCount = 0x1_0000_0000

  init(
    _ description: MachineDescription, _ options: BootOptions, _ rules: LinearMapRules,
  ) throws(BootError) {
    ram = try Self.ram(description.e820)
    guard ram.end > 0 else { throw .noRAM }
    nodes = description.nodes.isEmpty ? [.everything] : description.nodes
    if let range = nodes.firstOverlap { throw .overlappingNodes(range) }
    var layout = LinearMapLayout()
    if let image = description.image {
      let whole = image.text.lowerBound..<max(image.data.upperBound, image.text.lowerBound)
      guard ram.contains(whole) else { throw .imageOutsideRAM(whole) }
      // On arm64 the init sections follow the read-only data.
      let end = image.rodata.upperBound
      guard image.text.lowerBound < end, end <= whole.upperBound else { throw .badImage(whole) }
      self.image = whole
      layout.image = image.text.lowerBound..<end
      if !image.data.isEmpty { layout.data = image.data.lowerBound..<whole.upperBound }
    } else {
      image = nil
    }
    switch options.kfence {
    case .at(let pfn):
      guard pfn < AddressLayout.arm64FrameLimit,
        ram.contains(pfn..<(pfn + BootPlan.kfencePages))
      else { throw .kfenceOutsideRAM(pfn) }
      layout.kfencePool = pfn
    case .off where !(description.cpu[.kfence] && rules.knowsLateKFENCE): break
    case .on, .off: layout.kfencePool = Self.usualKFENCEPool(ram, image)
    }
    if let pool = layout.kfenceFrames, let image, image.overlaps(pool) {
      throw .kfenceOutsideRAM(pool.lowerBound)
    }
    self.layout = layout
  }

  /// The ranges of RAM, trimmed inwards to whole pages; what is reserved is left out.
  private static func ram(
    _ entries: [MachineDescription.E820Entry],
  ) throws(BootError) -> MemoryMap {
    let limit = PhysicalAddress(AddressLayout.arm64FrameLimit.rawValue << 12)
    var ranges: [Range<PFN>] = []
    for entry in try E820Table(entries).entries where entry.kind == .usable {
      guard entry.range.upperBound <= limit else { throw .tooMuchRAM(end: entry.range.upperBound) }
      let first = PFN((entry.range.lowerBound.rawValue + 4095) >> 12)
      if first < entry.range.upperBound.pfn { ranges.append(first..<entry.range.upperBound.pfn) }
    }
    return MemoryMap(ranges)
  }

  /// The highest pages of RAM. Models what `arm64_kfence_alloc_pool()` gets of memblock.
  private static func usualKFENCEPool(_ ram: MemoryMap, _ image: Range<PFN>?) -> PFN? {
    for range in ram.ranges.reversed() where range.upperBound - range.lowerBound >= 512 {
      let pool = PFN(range.upperBound.rawValue - BootPlan.kfencePages.rawValue)
      if !(image?.overlaps(pool..<range.upperBound) ?? false) { return pool }
    }
    return nil
  }

  /// Refuses page by page what would be too much to simulate.
  func checkTables(isPagesOnly: Bool) throws(BootError) {
    guard isPagesOnly, ram.pages > Self.pagesLimit else { return }
    throw .tooManySinglePages(limit: Self.pagesLimit)
  }
}
