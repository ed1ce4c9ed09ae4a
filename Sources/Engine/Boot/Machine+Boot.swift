// From a memory map to a running machine, in the order of `start_kernel()` and `kernel_init()`,
// init/main.c, 6.12. `docs/boot.md` tells what is modelled and what is not.

extension Machine {
  /// Boots a machine.
  public init(
    booting description: MachineDescription, kernel: KernelProfile,
    options: BootOptions = BootOptions(),
  ) throws(BootError) {
    var sink = EventListener.silent
    self = try Self.boot(description, kernel, options, &sink)
  }

  /// Boots a machine and appends all that happens to a log.
  public static func boot(
    _ description: MachineDescription, kernel: KernelProfile,
    options: BootOptions = BootOptions(), into log: inout EventLog,
  ) throws(BootError) -> Machine {
    var listener = EventListener(consume log)
    defer { log = listener.log }
    return try boot(description, kernel, options, &listener)
  }

  private static func boot(
    _ description: MachineDescription, _ kernel: KernelProfile, _ options: BootOptions,
    _ sink: inout EventListener,
  ) throws(BootError) -> Machine {
    guard description.architecture == kernel.architecture else {
      throw .otherArchitecture(description.architecture, kernel: kernel.name)
    }
    if let name = description.cpu.stray(on: kernel.architecture) {
      throw .switchOfOtherArchitecture(name, kernel: kernel.name)
    }
    for name in options.policies.names where !name.runs(on: kernel.architecture) {
      throw .policyOfOtherArchitecture(name, kernel: kernel.name)
    }
    if kernel.architecture == .arm64 {
      return try bootArm64(description, kernel, options, &sink)
    }
    let plan = try BootPlan(description, options)
    var machine = Machine(
      kernel: kernel, cpu: description.cpu, memory: plan.mapped, image: description.image,
      policies: options.policies)
    machine.physical = PhysicalMemory(ram: plan.ram, nodes: plan.nodes, rules: machine.kernel.buddy)
    machine.initMemMapping(plan, &sink)
    machine.memInit(plan, &sink)
    if let image = machine.image {
      machine.mapKernelImage(image, &sink)
      machine.ptiSetKernelImageNonglobal(image, &sink)
      machine.idtSetup(image, &sink)
    }
    if let pool = plan.kfencePool { machine.kfenceInitPool(pool, &sink) }
    machine.splitFirstPage(&sink)
    machine.setRealModePermissions(plan, &sink)
    if let image = machine.image {
      machine.freeInitmem(image, &sink)
      if machine.cpu[.rodata] { machine.markRodataRO(image, &sink) }
      machine.ptiCloneKernelText(image, &sink)
    }
    machine.emit(.systemRunning, &sink)
    return machine
  }
}

/// What is settled before the first page is mapped.
struct BootPlan {
  /// The RAM ranges (`memblock.memory`).
  let ram: MemoryMap
  /// What the direct map will cover: the RAM and all of the first MiB (`pfn_mapped`).
  let mapped: MemoryMap
  /// The frames of the kernel image: in use from the start.
  let image: Range<PFN>?
  /// The NUMA nodes.
  let nodes: [NUMANode]
  /// The first frame of the KFENCE pool.
  let kfencePool: PFN?
  /// Whether the direct map is built upwards.
  let isBottomUp: Bool

  /// The end of the first MiB (`ISA_END_ADDRESS`).
  static let isaEnd: PFN = 0x100
  /// The most memory that page tables may take, in tables: 1 GiB.
  static let tableLimit: UInt64 = 1 << 18

  init(_ description: MachineDescription, _ options: BootOptions) throws(BootError) {
    ram = try E820Table(description.e820).ramRanges()
    guard ram.end > Self.isaEnd else { throw .noRAM }
    mapped = MemoryMap(ram.ranges + [0..<Self.isaEnd])
    if let image = description.image { try Self.check(image, ram) }
    image = description.image.map { $0.text.lowerBound..<$0.data.upperBound }
    nodes = description.nodes.isEmpty ? [.everything] : description.nodes
    if let range = nodes.firstOverlap { throw .overlappingNodes(range) }
    let cpu = description.cpu
    if cpu[.movableNode], image == nil { throw .movableNodeWithoutImage }
    isBottomUp = (options.isBottomUp || cpu[.movableNode]) && image != nil
    switch options.kfence {
    case .off where !cpu[.kfence]: kfencePool = nil
    case .on, .off: kfencePool = Self.usualKFENCEPool(ram, image)
    case .at(let pfn):
      guard pfn < AddressLayout.pfnLimit, ram.contains(pfn..<(pfn + Self.kfencePages)) else {
        throw .kfenceOutsideRAM(pfn)
      }
      kfencePool = pfn
    }
    try checkTables(description.cpu)
  }

  private static func check(_ image: KernelImage, _ ram: MemoryMap) throws(BootError) {
    let window = AddressLayout.modulesStart - KernelImage.textStart
    let frames = image.text.lowerBound..<max(image.data.upperBound, image.text.lowerBound)
    guard image.data.upperBound < AddressLayout.pfnLimit, !image.text.isEmpty,
      image.text.lowerBound.isAligned(to: .size2M),
      image.text.upperBound <= image.rodata.lowerBound,
      image.rodata.upperBound <= image.data.lowerBound, frames.upperBound > frames.lowerBound,
      frames.upperBound - frames.lowerBound <= window,
      image.isInData(image.initmem), image.isInData(image.bss)
    else { throw .badImage(frames) }
    guard ram.contains(frames) else { throw .imageOutsideRAM(frames) }
  }

  /// Refuses what would not fit into the simulating machine: a table for each 2M or 1G of RAM.
  private func checkTables(_ cpu: CPUFeatures) throws(BootError) {
    guard !cpu.allows1G else { return }
    let size: LeafSize = cpu.allows2M ? .size1G : .size2M
    let tables = mapped.pages.rawValue / size.pages.rawValue
    if tables > Self.tableLimit { throw .tooManyTables(mebibytes: tables / 256) }
  }
}

extension BootPlan {
  /// The pages of the KFENCE pool: two for each of 255 objects, and two (`KFENCE_POOL_SIZE`).
  static let kfencePages: PageCount = 512

  /// The highest 2M block below the page descriptors at the top of RAM. Models in outline what
  /// `memblock_alloc()` leaves to `kfence_alloc_pool_and_metadata()`.
  private static func usualKFENCEPool(_ ram: MemoryMap, _ image: Range<PFN>?) -> PFN? {
    let descriptors = (ram.pages.rawValue / 64 + 511) & ~511
    for range in ram.ranges.reversed() {
      let top = range.upperBound.alignedDown(to: .size2M).rawValue
      guard top > descriptors + kfencePages.rawValue else { continue }
      let pool = PFN(top - descriptors - kfencePages.rawValue)
      let isTaken = image?.overlaps(pool..<(pool + kfencePages)) ?? false
      if pool >= max(range.lowerBound, isaEnd), !isTaken { return pool }
    }
    return nil
  }
}

extension KernelImage {
  /// Whether a part lies between the read-only data and the end of the image, if it is known.
  fileprivate func isInData(_ part: Range<PFN>?) -> Bool {
    guard let part else { return true }
    return rodata.upperBound <= part.lowerBound && part.upperBound <= data.upperBound
  }
}
