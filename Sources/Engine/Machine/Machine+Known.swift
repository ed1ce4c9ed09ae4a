extension Machine {
  /// A running machine whose direct map is known leaf by leaf: from a recording, or from a dump.
  ///
  /// - Parameters:
  ///   - leaves: runs of direct-map addresses; the frames follow from the addresses.
  ///   - linearMapImage: the frames of the kernel image in the linear map of arm64, if known.
  ///   - directMapKilobytes: what `/proc/meminfo` shows, which is no census of the leaves.
  public init(
    kernel: KernelProfile, cpu: CPUFeatures, memory: MemoryMap, leaves: [LeafRun],
    directMapKilobytes: [LeafSize: Int64], policies: PolicySet = .none,
    nodes: [NUMANode] = [NUMANode(ranges: [])], linearMapImage: Range<PFN>? = nil,
  ) {
    self.init(
      kernel: kernel, cpu: cpu, memory: memory, image: nil, policies: policies,
      linearMap: LinearMapLayout(image: linearMapImage))
    physical = PhysicalMemory(unknown: self.kernel.buddy, nodes: nodes)
    for run in leaves {
      guard let size = run.size, let pfn = AddressLayout.directMapFrame(of: run.start) else {
        continue
      }
      let fill = LeafFill(
        start: run.start, pfn: pfn, count: run.leafCount, size: size, flags: run.flags)
      apply(.mapped(fill))
    }
    for size in LeafSize.allCases {
      let pages = (directMapKilobytes[size] ?? 0) / 4
      apply(.counted(.directMap(size), pages / Int64(size.pages.rawValue)))
    }
    apply(.systemRunning)
  }
}
