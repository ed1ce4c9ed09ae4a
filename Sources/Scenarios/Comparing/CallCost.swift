import Engine

/// What calls of one kind took under a variant: the evaluation of merging that the thread of May 2022
/// names, "measuring boot time and bpf/module load/unload time".
public struct CallCost: Codable, Equatable, Sendable {
  /// What is counted apart.
  public enum Kind: String, CaseIterable, Codable, Sendable {
    /// Boot, up to SYSTEM_RUNNING. The kernel counts splits and merges from there on only.
    case boot
    /// Modules that are loaded.
    case moduleLoad = "module load"
    /// Modules that are unloaded.
    case moduleUnload = "module unload"
    /// BPF programs that are loaded.
    case bpfLoad = "bpf load"
    /// BPF programs that are freed.
    case bpfFree = "bpf free"
    /// All other calls.
    case other

    init(_ call: Call) {
      switch call {
      case .user(.moduleLoad): self = .moduleLoad
      case .user(.moduleUnload): self = .moduleUnload
      case .user(.bpfLoad): self = .bpfLoad
      case .user(.bpfFree): self = .bpfFree
      case .user(.vmalloc), .user(.vfree), .user(.ioremap), .user(.iounmap), .user(.walk),
        .user(.ftraceLoad), .user(.ftraceFree), .user(.kprobeLoad), .user(.kprobeFree),
        .user(.secretmemFault), .user(.secretmemRelease), .user(.execmemAlloc),
        .user(.execmemRestore), .user(.execmemFree), .user(.kfence), .user(.cpuNode),
        .user(.gmemFault), .user(.gmemRelease), .user(.gmemWrite), .user(.mermapGet),
        .user(.mermapPut), .user(.rmpUpdate), .user(.hwpoison),
        .user(.unpoison),
        .user(.kexecLoad), .user(.kexecUnload):
        self = .other
      case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch, .poke,
        .vmap, .vmapPageRange, .vunmap, .policy, .process, .linearMap, .collapse, .allocPages,
        .freePages,
        .freePagesAt, .drainPages, .age, .scatter, .function:
        self = .other
      }
    }
  }

  /// Which calls.
  public var kind: Kind
  /// How many.
  public private(set) var calls: Int64 = 0
  /// Leaves that they split, of 2M and 1G.
  public private(set) var splits: Int64 = 0
  /// Leaves that merged.
  public private(set) var merges: Int64 = 0
  /// Words or counts kept with tables that were tested.
  public private(set) var wordsTested: Int64 = 0
  /// Entries that were read to compare them.
  public private(set) var entriesScanned: Int64 = 0
  /// Flushes that every CPU took part in.
  public private(set) var shootdowns: Int64 = 0
  /// Of these, those for which every CPU was interrupted: all, unless they are broadcast.
  public private(set) var interrupts: Int64 = 0
  /// Full flushes of one CPU alone, which are no shootdowns.
  public private(set) var ownFlushes: Int64 = 0
  /// Of the flushes, full ones that only a merge asked for.
  public private(set) var mergeFlushes: Int64 = 0
  /// Pages that were invalidated one by one.
  public private(set) var pagesFlushed: Int64 = 0
  /// The time of all this by the cost model.
  public private(set) var nanoseconds: Int64 = 0

  init(_ kind: Kind) { self.kind = kind }

  /// Adds a call that the counters of a kernel grew by.
  mutating func add(_ growth: Counters, on kernel: KernelProfile) {
    calls += 1
    splits += growth.splits
    merges += growth.merges
    wordsTested += growth[.wordsTested]
    entriesScanned += growth[.entriesScanned]
    shootdowns += growth.shootdowns
    mergeFlushes += growth[.mergeFlushes]
    ownFlushes += growth[.mermapFlushTLB]
    pagesFlushed += growth[.flushTLBOneKernel]
    let interrupted = growth.interrupts(kernel)
    interrupts += interrupted
    nanoseconds += MergeCost.nanoseconds(growth, interrupts: interrupted)
  }
}

extension ComparisonReport {
  /// What calls cost, a line for each kind of call and each variant; `nil` where all are of arm64.
  public var costTable: String? {
    guard linearMapTable == nil else { return nil }
    var cells = [
      [
        "calls", "variant", "policies", "count", "splits", "merges", "words", "scanned",
        "shootdowns", "for merges", "pages", "us", "us a call",
      ]
    ]
    // Columns of their own only where a variant has flushes that interrupt nobody, or of one CPU.
    let all = variants.flatMap { $0.costs ?? [] }
    let hasBroadcasts = all.contains { $0.interrupts != $0.shootdowns }
    if hasBroadcasts { cells[0].insert("interrupts", at: 9) }
    let hasOwnFlushes = all.contains { $0.ownFlushes > 0 }
    if hasOwnFlushes { cells[0].insert("own CPU", at: 9) }
    for kind in CallCost.Kind.allCases {
      for variant in variants {
        guard let cost = variant.costs?.first(where: { $0.kind == kind }) else { continue }
        // Before SYSTEM_RUNNING nobody counts splits and merges.
        func counted(_ value: Int64) -> String { kind == .boot ? "-" : "\(value)" }
        var row = [
          kind.rawValue, variant.name,
          variant.policies.isEmpty ? "-" : variant.policies.joined(separator: "+"),
          "\(cost.calls)", counted(cost.splits), counted(cost.merges), "\(cost.wordsTested)",
          "\(cost.entriesScanned)", "\(cost.shootdowns)", "\(cost.mergeFlushes)",
          "\(cost.pagesFlushed)", Self.microseconds(cost.nanoseconds),
          Self.microseconds(cost.nanoseconds / max(1, cost.calls)),
        ]
        if hasBroadcasts { row.insert("\(cost.interrupts)", at: 9) }
        if hasOwnFlushes { row.insert("\(cost.ownFlushes)", at: 9) }
        cells.append(row)
      }
    }
    return lines(of: cells).joined(separator: "\n")
  }

  /// Microseconds with one decimal place.
  private static func microseconds(_ nanoseconds: Int64) -> String {
    let tenths = (nanoseconds + 50) / 100
    return "\(tenths / 10).\(tenths % 10)"
  }
}
