extension Machine {
  /// A running machine whose direct map is known leaf by leaf: from a recording, or from a dump.
  ///
  /// - Parameters:
  ///   - leaves: runs of direct-map addresses; the frames follow from the addresses.
  ///   - linearMapImage: the frames of the kernel image in the linear map of arm64, if known.
  ///   - kernelImage: where the kernel image lies on x86-64, if known: it is protected.
  ///   - keepsTablesSmall: whether tables in which few entries differ are kept in little memory, which
  ///     takes longer to read: for machines with millions of them.
  ///   - directMapKilobytes: what `/proc/meminfo` shows, which is no census of the leaves.
  public init(
    kernel: KernelProfile, cpu: CPUFeatures, memory: MemoryMap, leaves: [LeafRun],
    directMapKilobytes: [LeafSize: Int64], policies: PolicySet = .none,
    nodes: [NUMANode] = [NUMANode(ranges: [])], linearMapImage: Range<PFN>? = nil,
    kernelImage: KernelImage? = nil, keepsTablesSmall: Bool = false,
  ) {
    self.init(
      kernel: kernel, cpu: cpu, memory: memory, image: kernelImage, policies: policies,
      linearMap: LinearMapLayout(image: linearMapImage))
    physical = PhysicalMemory(unknown: self.kernel.buddy, nodes: nodes)
    var mixed = MixedBlock()
    for run in leaves {
      guard let size = run.size, let pfn = AddressLayout.directMapFrame(of: run.start) else {
        continue
      }
      if keepsTablesSmall, size == .size4K {
        mixed.take(run, pfn, &tables)
        continue
      }
      let fill = LeafFill(
        start: run.start, pfn: pfn, count: run.leafCount, size: size, flags: run.flags)
      apply(.mapped(fill))
    }
    mixed.flush(&tables)
    for size in LeafSize.allCases {
      let pages = (directMapKilobytes[size] ?? 0) / 4
      apply(.counted(.directMap(size), pages / Int64(size.pages.rawValue)))
    }
    if kernelImage != nil { apply(.kernelSetReadOnly) }
    apply(.systemRunning)
  }
  /// Maps the kernel image a second time, as a dump of its own mapping shows it.
  public mutating func map(highMap runs: [(run: LeafRun, pfn: PFN)]) {
    for (run, pfn) in runs {
      guard let size = run.size else { continue }
      apply(
        .mapped(
          LeafFill(start: run.start, pfn: pfn, count: run.leafCount, size: size, flags: run.flags)))
    }
  }

  /// Makes the tables that hold nothing, or nothing in some places, as a dump shows them.
  ///
  /// - Parameters:
  ///   - of4K: frames for which there is a table of 4K entries; a frame that is mapped is left as it is.
  ///   - of2M: frames for which there is a table of 2M entries.
  public mutating func makeTables(of4K: [Range<PFN>], of2M: [Range<PFN>]) {
    for (frames, size) in of2M.map({ ($0, LeafSize.size2M) }) + of4K.map({ ($0, .size4K) }) {
      guard let larger = size.larger else { continue }
      var pfn = frames.lowerBound.alignedDown(to: larger)
      while pfn < frames.upperBound {
        let first = max(pfn, frames.lowerBound).alignedUp(to: size)
        let address = directMapAddress(of: first)
        if first < frames.upperBound, tables.lookup(address) == nil {
          apply(.mapped(LeafFill(start: address, pfn: first, count: 1, size: size, flags: [])))
          apply(.unmapped(address, size.pages))
        }
        pfn = pfn + larger.pages
      }
    }
  }
}
