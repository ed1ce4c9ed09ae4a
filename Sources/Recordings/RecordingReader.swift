import Engine

/// Turns the lines of a recording into calls and states.
struct RecordingReader {
  struct Failure: Error {
    var reason: String
    init(_ reason: String) { self.reason = reason }
  }

  let region: Range<PFN>
  let machine: Machine
  /// The place of the next `vmap` mapping. The recordings do not show addresses; these never have
  /// the same offset from a 2M boundary as their frames, as in every recorded mapping.
  var nextPlace: VirtualAddress
  /// The pages of every live mapping.
  var areaPages: [Name: PageCount] = [:]

  /// The most memory that the page tables of the first leaves may take, in tables: 1 GiB.
  private static let tableLimit: UInt64 = 1 << 18

  init(_ header: RecordingHeader) throws(RecordingError) {
    func fail(_ reason: String) -> RecordingError { RecordingError(line: 1, reason: reason) }
    guard header.format == "directmap-kernel-trace", header.version == 1 else {
      throw fail(
        "format \"\(header.format)\" version \(header.version); expected "
          + "\"directmap-kernel-trace\" version 1")
    }
    guard let (kernel, policies) = Self.kernel(header.kernel) else {
      throw fail("the kernel \"\(header.kernel)\" has no profile here")
    }
    let layouts: [AddressLayout] = [.x86, .x86FiveLevels]
    guard let layout = layouts.first(where: { header.page_offset == $0.pageOffset.hex }) else {
      let known = layouts.map(\.pageOffset.hex).joined(separator: " or ")
      throw fail("page_offset \(header.page_offset) is not \(known)")
    }
    nextPlace =
      layout.vmalloc.lowerBound
      + PageCount((layout.vmalloc.upperBound - layout.vmalloc.lowerBound).rawValue / 2)
    let first = PFN(header.region.first_pfn)
    let limit = AddressLayout.pfnLimit
    guard first < limit, header.region.pages > 0, header.region.pages <= (limit - first).rawValue
    else { throw fail("the region lies outside the direct map") }
    region = first..<(first + PageCount(header.region.pages))
    var cpu = CPUFeatures()
    cpu[.pse] = header.cpu.pse
    cpu[.gbpages] = header.cpu.pdpe1gb
    cpu[.nx] = header.cpu.nx
    cpu[.pge] = header.cpu.pge
    cpu[.clflush] = header.cpu.clflush
    cpu.cpus = min(max(header.cpu.cpus, 1), 8192)
    cpu[.pti] = header.cpu.pti ?? false
    cpu[.la57] = layout.hasFiveLevels
    let leaves: [LeafRun]
    do {
      leaves = try Self.runs(
        header.initial.leaves, from: layout.directMapAddress(of: first),
        pages: PageCount(header.region.pages))
    } catch {
      throw fail(error.reason)
    }
    let tables = leaves.reduce(0) { $0 + $1.tables }
    guard tables <= Self.tableLimit else {
      throw fail("the leaves take \(tables / 256) MiB of page tables; the limit is 1 GiB")
    }
    let kilobytes = header.initial.direct_map_kB
    machine = Machine(
      kernel: kernel, cpu: cpu, memory: MemoryMap([region]), leaves: leaves,
      directMapKilobytes: [
        .size4K: kilobytes.of4K, .size2M: kilobytes.of2M, .size1G: kilobytes.of1G,
      ], policies: policies)
  }

  /// The profile and the patches that a recording names: `Linux 6.1.192 + merge RFC of August 2022`.
  private static func kernel(_ name: String) -> (KernelProfile, PolicySet)? {
    let parts = name.split(separator: " + ", maxSplits: 1)
    guard let version = parts.first, var kernel = KernelProfile(version: version) else {
      return nil
    }
    guard parts.count == 2 else { return (kernel, .none) }
    let policy: PolicyName
    switch parts[1] {
    case "merge RFC of August 2022": policy = .aaronLu2022
    case "merge-mapping branch of 2022": policy = .hyeyooCount2022
    default: return nil
    }
    // The recorder made the kernel's own function callable.
    kernel.hasP = true
    guard let policies = try? PolicySet([policy]) else { return nil }
    return (kernel, policies)
  }

  mutating func step(_ step: RecordingStep) throws(Failure) -> Recording.Step {
    let call = try self.call(step)
    guard let results = step.results else {
      guard let counted = step.split_count, let found = step.entries_not_standard else {
        throw Failure("a kernel BUG must tell split_count and entries_not_standard")
      }
      return Recording.Step(call: call, stopsCounting: counted, found: found)
    }
    guard case .code(let code) = step.ret else { throw Failure("a BUG has no results") }
    let pages = region.upperBound - region.lowerBound
    let leaves = try Self.runs(
      results.leaves, from: machine.directMapAddress(of: region.lowerBound), pages: pages)
    var aliases: [(area: Name, leaves: [LeafRun])] = []
    for (handle, runs) in results.alias_leaves {
      let name = try Self.areaName(handle)
      guard let pages = areaPages[name] else { throw Failure("no mapping is called \(handle)") }
      aliases.append((name, try Self.runs(runs, from: VirtualAddress(0), pages: pages)))
    }
    return Recording.Step(
      call: call, returned: ReturnCode(rawValue: code), leaves: leaves, aliasLeaves: aliases,
      counters: Self.counters(results))
  }

  /// Runs with addresses; they must be leaves of a known size that cover the pages without a gap.
  static func runs(
    _ recorded: [RecordedRun], from start: VirtualAddress, pages: PageCount,
  ) throws(Failure) -> [LeafRun] {
    var runs: [LeafRun] = []
    runs.reserveCapacity(recorded.count)
    var next: UInt64 = 0
    for run in recorded {
      guard run.page == next, run.pages > 0, run.pages <= pages.rawValue - next else {
        throw Failure("the leaves do not cover the pages in order, at page \(run.page)")
      }
      let address = start + PageCount(run.page)
      let isWhole = run.size.map {
        run.pages % $0.pages.rawValue == 0 && address.isAligned(to: $0)
      }
      guard isWhole ?? true else {
        throw Failure("a \(run.sizeName) leaf is cut at page \(run.page)")
      }
      runs.append(
        LeafRun(
          start: address, pages: PageCount(run.pages), size: run.size, flags: run.attributes))
      next += run.pages
    }
    guard next == pages.rawValue else { throw Failure("the leaves end at page \(next)") }
    return runs
  }

  private static func counters(_ step: RecordingResults) -> [Recording.Expected] {
    typealias Expected = Recording.Expected
    let calls = step.calls
    var all = [
      Expected(name: "splits 2M", source: .growth(.level2Splits), value: step.splits.of2M),
      Expected(name: "splits 1G", source: .growth(.level3Splits), value: step.splits.of1G),
      Expected(
        name: "DirectMap4k", source: .kilobytes(.size4K), value: step.direct_map_kB.of4K),
      Expected(
        name: "DirectMap2M", source: .kilobytes(.size2M), value: step.direct_map_kB.of2M),
      Expected(
        name: "DirectMap1G", source: .kilobytes(.size1G), value: step.direct_map_kB.of1G),
      Expected(
        name: "flush_tlb_all", source: .growth(.flushTLBAll), value: calls.flush_tlb_all),
      Expected(name: "cpa_flush", source: .growth(.cpaFlush), value: calls.cpa_flush),
      Expected(
        name: "__cpa_flush_tlb", source: .growth(.cpaFlushTLB), value: calls.__cpa_flush_tlb),
      Expected(
        name: "flush_tlb_one_kernel", source: .growth(.flushTLBOneKernel),
        value: calls.flush_tlb_one_kernel),
      Expected(
        name: "flush_tlb_kernel_range", source: .growth(.flushTLBKernelRange),
        value: calls.flush_tlb_kernel_range),
      // The engine writes caches back through the inner function, as the kernel does.
      Expected(name: "clflush_cache_range", source: .never, value: calls.clflush_cache_range),
    ]
    if let collapses = step.collapses {
      all.append(
        Expected(
          name: "collapses 2M", source: .growth(.level2Collapses), value: collapses.of2M))
      all.append(
        Expected(
          name: "collapses 1G", source: .growth(.level3Collapses), value: collapses.of1G))
    }
    if let merges = step.merges {
      all.append(
        Expected(name: "merges level1", source: .growth(.level1Merges), value: merges.level1))
      all.append(
        Expected(name: "merges level2", source: .growth(.level2Merges), value: merges.level2))
    }
    let open = step.indeterminate
    return open.isEmpty ? all : all.filter { !open.contains($0.name) }
  }
}

extension LeafRun {
  /// How many page tables the leaves fill.
  var tables: UInt64 {
    switch size {
    case .size4K: pages.rawValue / 512
    case .size2M: pages.rawValue / (512 * 512)
    case .size1G, nil: 0
    }
  }
}
