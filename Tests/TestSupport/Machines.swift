import Engine

extension Machine {
  /// A running machine whose only memory is `gibibytes` of 1G leaves from the frame of 6G on.
  public static func ofLargeLeaves(
    gibibytes: UInt64 = 2, size: LeafSize = .size1G, kernel: KernelProfile = .linux6_12,
    cpu: CPUFeatures = CPUFeatures(), policies: PolicySet = .none,
  ) -> Machine {
    let pages = PageCount(gibibytes << 18)
    let layout = AddressLayout(kernel.architecture, hasFiveLevels: cpu[.la57])
    let leaves = LeafRun(
      start: layout.directMapAddress(of: largeLeavesStart), pages: pages, size: size,
      flags: size == .size4K ? cpu.pageKernel : cpu.pageKernel.union(.pse))
    return Machine(
      kernel: kernel, cpu: cpu,
      memory: MemoryMap([largeLeavesStart..<(largeLeavesStart + pages)]), leaves: [leaves],
      directMapKilobytes: [size: Int64(pages.kilobytes)], policies: policies)
  }

  /// The first frame of `ofLargeLeaves`.
  public static let largeLeavesStart: PFN = 0x180000

  /// The runs of the whole direct map.
  public var directMapRuns: [LeafRun] {
    tables.runs(from: layout.pageOffset, pages: memory.end - 0)
  }
}
