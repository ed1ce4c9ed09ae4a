public import Engine
import KernelText
import Recordings

/// What a kernel under test has done so far.
struct LabState {
  var calls: GuestCalls
  let counters: GuestCounters
  let booted: Machine
  let description: MachineDescription
  /// The rules that come nearest to the kernel.
  let nearest: NearestProfile
  /// The direct map and the counters after boot.
  private let first: [LeafRun]
  private let firstCounters: [Counter: Int64]
  /// The calls that the guest has made since it booted.
  var made: [Call] = []
  /// Where the guest can be brought back to; the first is where it had booted.
  var snapshots: [Snapshot] = []

  /// Whether it is nowhere in the calls that were made, as after a recording of another kind.
  var isElsewhere = false
  /// Whether the flushes of each call are counted.
  var countsFlushes = false
  /// The addresses whose entries are watched in the call that comes.
  var watched: [VirtualAddress] = []
  /// The functions that are looked at in every call, and those that stops ask for in the one that comes.
  var lookedAt: [UInt64: String] = [:]
  var watchedFunctions: [UInt64: String] = [:]
  /// The lines of the source that are stopped at.
  var lookedAtLines: [UInt64: SourceLines.Line] = [:]
  /// What was seen after the last call.
  var lastStep: Recording.Step?

  struct Snapshot {
    var guest: GuestSnapshot
    var made: [Call]
    var calls: GuestCalls
  }

  /// A snapshot is taken after this many calls.
  static let snapshotDistance = 32
  /// The most memory that snapshots take, in bytes.
  static let snapshotBytesMax: UInt64 = 1 << 30

  init(_ guest: Guest, _ profile: KernelProfile?) throws(LabError) {
    calls = GuestCalls(guest)
    counters = GuestCounters(guest)
    let iomem: IomemText
    do {
      iomem = try IomemText(guest.facts.iomem)
      description = try iomem.machine(named: "Linux \(guest.facts.release)", cpu: guest.facts.cpu)
    } catch {
      throw .notUnderstood("/proc/iomem")
    }
    let version = guest.facts.version ?? KernelVersion(major: 6, minor: 1)
    nearest = NearestProfile(
      of: version, update: KernelVersion.update(of: guest.facts.release),
      on: guest.architecture.name, events: counters.names,
      hasFunction: { guest.has($0) })
    let kernel = profile ?? nearest.profile
    let end = description.e820.filter { $0.kind == .usable }.map(\.range.upperBound.rawValue).max()
    first = guest.directMap(pages: PageCount((end ?? 0) >> 12))
    firstCounters = counters.read()
    booted = Self.machine(first, firstCounters, guest.facts.cpu, kernel, .none)
    // Without it nothing can be made in the past, and all else works.
    try? keep()
  }

  func machine(as profile: KernelProfile, _ policies: PolicySet) -> Machine {
    Self.machine(first, firstCounters, booted.cpu, profile, policies)
  }

  /// A machine with the leaves and the counters of the guest.
  private static func machine(
    _ leaves: [LeafRun], _ counters: [Counter: Int64], _ cpu: CPUFeatures, _ kernel: KernelProfile,
    _ policies: PolicySet,
  ) -> Machine {
    var machine = Machine(
      kernel: kernel, cpu: cpu, memory: MemoryMap(leaves.mappedFrames), leaves: leaves,
      directMapKilobytes: [:], policies: policies)
    let values = counters.sorted { $0.key.rawValue < $1.key.rawValue }
    machine.apply(machine.events(reaching: values.map { ($0.key, $0.value) }))
    return machine
  }

  // MARK: - Going back

  /// Brings the guest to where it has made these calls and no others: back to the nearest snapshot, and on
  /// from there.
  mutating func bringBack(to past: [Call]) throws(LabError) {
    guard past != made || calls.guest.isBroken || isElsewhere else { return }
    let fitting = snapshots.filter { past.starts(with: $0.made) }
    guard let snapshot = fitting.max(by: { $0.made.count < $1.made.count }) else {
      throw .notPossible(
        calls.guest.canBeKept
          ? "the guest cannot be brought back: no snapshot of it could be taken"
          : "a guest that somebody else started cannot be brought back; go to the end with >")
    }
    try calls.guest.restore(snapshot.guest)
    calls = snapshot.calls
    made = snapshot.made
    isElsewhere = false
    for call in past[made.count...] {
      _ = try calls.make(call, isAgain: true)
      made.append(call)
    }
  }

  /// Takes a snapshot where the last one is far behind.
  mutating func keepIfDue() throws(LabError) {
    let last = snapshots.filter { made.starts(with: $0.made) }.map(\.made.count).max()
    guard last.map({ made.count - $0 >= Self.snapshotDistance }) ?? true else { return }
    try keep()
  }

  /// Takes a snapshot. Where snapshots take too much memory, the oldest but the first is forgotten.
  mutating func keep() throws(LabError) {
    guard calls.guest.canBeKept else { return }
    snapshots.append(Snapshot(guest: try calls.guest.save(), made: made, calls: calls))
    while snapshots.count > 2,
      snapshots.reduce(0, { $0 + $1.guest.bytes }) > Self.snapshotBytesMax
    {
      calls.guest.forget(snapshots.remove(at: 1).guest)
    }
  }

  // MARK: - Looking inside

  /// The functions that are looked at unless others are named: those of set_memory.c that compilers leave,
  /// and those that flush.
  private static let usualFunctions = [
    "change_page_attr_set_clr", "__change_page_attr_set_clr", "__change_page_attr",
    "__should_split_large_page", "should_split_large_page", "__split_large_page",
    "split_large_page", "cpa_process_alias", "cpa_flush", "__cpa_flush_tlb", "__cpa_flush_all",
    "cpa_collapse_large_pages", "collapse_large_pages", "collapse_pmd_page", "collapse_pud_page",
    "populate_pgd", "unmap_pte_range", "flush_tlb_all",
    "flush_tlb_kernel_range", "change_memory_common", "split_kernel_leaf_mapping",
    "__apply_to_page_range",
  ]

  /// - Parameter patterns: names, in which `*` stands for anything; `usual` for those above.
  ///
  /// - Parameter lines: names of functions inside which every line of the source is stopped at.
  mutating func look(inside patterns: [String], lines: [String] = []) throws(LabError) {
    var functions: [UInt64: String] = [:]
    for pattern in patterns {
      // Which of the usual ones a compiler leaves differs from kernel to kernel.
      let names = pattern == "usual" ? Self.usualFunctions : [pattern]
      let found = names.flatMap { calls.guest.symbols.functions(matching: $0) }
      if found.isEmpty { throw .noSymbol(pattern) }
      for function in found.prefix(200) { functions[function.address] = function.name }
    }
    var ranges: [Range<UInt64>] = []
    for pattern in lines {
      let found = calls.guest.symbols.functions(matching: pattern)
      if found.isEmpty { throw .noSymbol(pattern) }
      for function in found.prefix(20) {
        functions[function.address] = function.name
        let end = calls.guest.symbols.end(ofFunctionAt: function.address)
        if let end { ranges.append(function.address..<end) }
      }
    }
    lookedAt = functions
    // Where a function begins it is entered already.
    lookedAtLines = (try calls.guest.sources?.lines(in: ranges) ?? [:]).filter {
      functions[$0.key] == nil
    }
    guard lines.isEmpty || !lookedAtLines.isEmpty else {
      throw .notPossible(
        "nothing tells where the lines of \(lines.joined(separator: ", ")) begin; that takes gdb and a "
          + "vmlinux with debug information")
    }
    try calls.guest.sources?.read(functions: functions.keys.sorted())
  }
}

extension Guest {
  /// The leaves of the direct map from frame 0 on, at the addresses that a machine here has for them.
  public func directMap(pages: PageCount) -> [LeafRun] {
    reader.runs(
      from: VirtualAddress(layout.direct(0)), pages: pages, shownAs: layout.own.pageOffset)
  }

  /// The leaves of an area, counted from 0.
  func area(_ start: VirtualAddress, pages: PageCount) -> [LeafRun] {
    reader.runs(
      from: VirtualAddress(layout.guestAddress(of: start)), pages: pages, shownAs: VirtualAddress(0)
    )
  }

  /// The leaves of an area, counted from 0.
  func area(_ area: Area) -> [LeafRun] { self.area(area.start, pages: area.pages) }

  /// The physical addresses of the entries that map an address here, from the level of 1G leaves down, with
  /// what each maps if it is a leaf.
  func entries(of address: VirtualAddress) -> [(size: LeafSize, physical: UInt64)] {
    Array(zip([.size1G, .size2M, .size4K], reader.entries(layout.guestAddress(of: address))))
  }

  /// The kernel's page tables.
  public var reader: TableReader<GuestMemory> {
    TableReader(
      qemu.memory, root: layout.root, levels: layout.levels, format: architecture.format)
  }
}

extension [LeafRun] {
  /// The frames that runs of the direct map show.
  var mappedFrames: [Range<PFN>] {
    var ranges: [Range<PFN>] = []
    for run in self where run.size != nil {
      guard let first = AddressLayout.directMapFrame(of: run.start) else { continue }
      if let last = ranges.last, last.upperBound == first {
        ranges[ranges.count - 1] = last.lowerBound..<first + run.pages
      } else {
        ranges.append(first..<first + run.pages)
      }
    }
    return ranges
  }
}
