public import Engine
import KernelText

extension ReadMap {
  /// The most memory that page tables of a machine may take, in bytes.
  private static let tableBytesMax: UInt64 = 3 << 30
  /// Where there are more tables, those with few runs are kept in less memory.
  private static let tablesMax: UInt64 = 1 << 15

  /// A machine with these leaves: what is not told of it, such as the state of the page allocator, it
  /// does not know. Its counters are those of the leaves.
  ///
  /// - Parameters:
  ///   - cpu: its CPU as far as it is known; what the leaves show overrides it.
  ///   - ram: the memory, where another text tells it: what of it has no present leaf is then known to
  ///     be RAM.
  ///   - kernelImage: where the kernel lies, if it is known.
  ///   - kilobytes: what `/proc/meminfo` shows; without it, what the leaves come to.
  /// - Throws: ``KernelTextError/tooLarge(_:)``.
  public func machine(
    kernel: KernelProfile, cpu: CPUFeatures = CPUFeatures(), ram: [Range<PFN>] = [],
    nodes: [NUMANode] = [NUMANode(ranges: [])], kernelImage: KernelImage? = nil,
    kilobytes: [LeafSize: Int64]? = nil, policies: PolicySet = .none,
  ) throws(KernelTextError) -> Machine {
    let tables = tableCount
    guard tables.spelledOut * 4096 <= Self.tableBytesMax else {
      throw .tooLarge(
        "the leaves take \(tables.spelledOut / 256) MiB of page tables; the limit is "
          + "\(Self.tableBytesMax >> 20) MiB")
    }
    var leaves = leaves
    if case .dump(.x86) = origin, !kernel.roClearsDirty {
      // Where set_memory_ro leaves D as it is, what was writable once has it.
      for index in leaves.indices where leaves[index].flags.contains(.present) {
        leaves[index].flags.formUnion(.dirty)
      }
    }
    let absent = absentLeaves(in: ram, cpu)
    if !absent.isEmpty {
      leaves = (leaves + absent).sorted { $0.start < $1.start }
    }
    let cpu = shown(by: cpu)
    let offset = AddressLayout(architecture).pageOffset.rawValue
    let frames = leaves.map { run in
      let first = PFN((run.start.rawValue - offset) >> 12)
      return first..<first + run.pages
    }
    if cpu[.la57] { leaves.move(to: .x86FiveLevels) }
    var machine = Machine(
      kernel: kernel, cpu: cpu, memory: MemoryMap(frames), leaves: leaves,
      directMapKilobytes: kilobytes ?? self.kilobytes, policies: policies, nodes: nodes,
      linearMapImage: image, kernelImage: kernelImage,
      keepsTablesSmall: tables.mixed > Self.tablesMax)
    machine.map(highMap: highMapRuns(kernelImage))
    machine.makeTables(of4K: blanks, of2M: blanksOf2M)
    return machine
  }

  /// The kilobytes of leaves of each size.
  public var kilobytes: [LeafSize: Int64] {
    var kilobytes: [LeafSize: Int64] = [:]
    for run in leaves {
      guard let size = run.size else { continue }
      kilobytes[size, default: 0] += Int64(run.pages.kilobytes)
    }
    return kilobytes
  }

  /// How many tables the leaves need besides those of 512 like 4K leaves, which are kept as one entry:
  /// those that are read as few runs, and all others.
  private var tableCount: (mixed: UInt64, spelledOut: UInt64) {
    var spelledOut = blanks.reduce(0) { $0 + ($1.upperBound - $1.lowerBound).rawValue / 512 }
    spelledOut += blanksOf2M.reduce(0) { $0 + ($1.upperBound - $1.lowerBound).rawValue >> 18 }
    var mixed: UInt64 = 0
    var slot: UInt64 = .max
    var (pieces, pages) = (0, 0 as UInt64)
    func close() {
      if pieces == 0 { return }
      if pages == 512, pieces <= 64 { mixed += 1 } else { spelledOut += 1 }
    }
    for run in leaves where run.size == .size4K {
      let first = run.start.rawValue >> 12
      let end = first + run.pages.rawValue
      for (number, start, stop) in Self.parts(first, end) {
        if number != slot {
          close()
          (slot, pieces, pages) = (number, 0, 0)
        }
        pieces += 1
        pages += stop - start
      }
    }
    close()
    return (mixed, spelledOut)
  }

  /// The parts of a run in blocks of 2M that it shares with others.
  private static func parts(
    _ first: UInt64, _ end: UInt64,
  ) -> [(number: UInt64, start: UInt64, stop: UInt64)] {
    let (low, high) = (first / 512, (end - 1) / 512)
    if low == high {
      return end - first == 512 ? [] : [(low, first, end)]
    }
    var parts: [(UInt64, UInt64, UInt64)] = []
    if first % 512 != 0 { parts.append((low, first, (low + 1) * 512)) }
    if end % 512 != 0 { parts.append((high, high * 512, end)) }
    return parts
  }

  /// What the leaves show of the CPU.
  private func shown(by known: CPUFeatures) -> CPUFeatures {
    var cpu = known
    guard architecture == .x86_64 else { return cpu }
    if let hasFiveLevels { cpu[.la57] = hasFiveLevels }
    if leaves.contains(where: { $0.size == .size1G }) { cpu[.gbpages] = true }
    let present = leaves.lazy.filter { $0.flags.contains(.present) }
    // With page-table isolation no entry has G.
    cpu[.pti] = !present.contains { $0.flags.contains(.global) }
    if present.contains(where: { $0.flags.contains(.encryption) }), !cpu[.sev] { cpu[.sme] = true }
    return cpu
  }

  /// Pages of RAM of which the dump shows no leaf, in tables of 4K entries: they are there, but not
  /// present. Their other flags are those of an ordinary page.
  private func absentLeaves(in ram: [Range<PFN>], _ cpu: CPUFeatures) -> [LeafRun] {
    guard !ram.isEmpty, architecture == .x86_64, !origin.tellsAccess else { return [] }
    let memory = MemoryMap(ram)
    var absent: [LeafRun] = []
    let flags = shown(by: cpu).pageKernel.subtracting(.present).droppingGlobalUnlessPresent
    for blank in blanks {
      for range in memory.ranges where range.overlaps(blank) {
        let part = range.clamped(to: blank)
        absent.append(
          LeafRun(
            start: AddressLayout.directMapAddress(of: part.lowerBound),
            pages: part.upperBound - part.lowerBound, size: .size4K, flags: flags))
      }
    }
    return absent
  }

  /// The leaves of the image's own mapping with their frames. Without a place of the image they are
  /// those of a kernel whose address was not randomised.
  private func highMapRuns(_ kernelImage: KernelImage?) -> [(run: LeafRun, pfn: PFN)] {
    guard let first = highMap.first?.start else { return [] }
    let shown = kernelImage.map { $0.text.lowerBound.alignedDown(to: .size2M).rawValue }
    let isUsual = first == KernelImage.textStart
    guard isUsual || shown != nil else { return [] }
    let lowest = shown ?? (first.rawValue - AddressLayout.kernelMap.rawValue) >> 12
    var runs: [(run: LeafRun, pfn: PFN)] = []
    var next = first
    for run in highMap {
      // In a damaged dump the lines may overlap.
      guard let size = run.size, run.start >= next else { continue }
      next = run.start + run.pages
      // Shown where it is without randomisation, as all of the map.
      let pages = (run.start.rawValue - first.rawValue) >> 12
      let pfn = PFN(lowest + pages)
      let start = VirtualAddress(KernelImage.textStart.rawValue + pages << 12)
      guard pfn == pfn.alignedDown(to: size),
        lowest + pages + run.pages.rawValue < AddressLayout.pfnLimit.rawValue,
        start + run.pages <= AddressLayout.modulesStart
      else { continue }
      runs.append((LeafRun(start: start, pages: run.pages, size: size, flags: run.flags), pfn))
    }
    return runs
  }
}
