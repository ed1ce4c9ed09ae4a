/// A stage of the series that made arm64 build its linear map faster, April 2024: it replaces how the
/// kernel's version goes about it, and nothing else.
struct LinearMapStage: PublishedPolicy {
  let name: PolicyName

  var hooks: PolicyHooks { [] }

  func adjust(_ kernel: inout KernelProfile) { name.linearMapStage?.adjust(&kernel.linearMap) }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let tally = machine.linearMapBooks.early
    return [
      .count("tables", Int64(tally.tables)), .count("mapped in the fixmap", Int64(tally.fixmaps)),
      .count("TLB invalidations", Int64(tally.invalidations)),
      .note("How map_mem() reaches the tables that it fills, as of April 2024."),
    ]
  }
}

extension PolicyName {
  /// The stage of April 2024 that the policy is; `nil` for all other policies.
  var linearMapStage: LinearMapRules.Stage? {
    switch self {
    case .noContRemap2024: .noContRemap
    case .batchBarriers2024: .before
    case .pgtableOps2024: .after
    case .rutlandSketch2024: .reviewSketch
    case .rutland2024: .review
    case .lazyUnmap2024: .lazyUnmap
    default: nil
    }
  }

  /// The policies that make sense on x86-64.
  public static var x86: [PolicyName] { allCases.filter { $0.runs(on: .x86_64) } }

  /// Whether the policy makes sense on an architecture. BPF packs are the only part of x86-64's
  /// remedies that arm64 has too; keys of page tables and the generic CPA are proposed for arm64.
  public func runs(on architecture: Architecture) -> Bool {
    switch self {
    case .progPack, .noProgPack: true
    case .kpkeys2025, .kpkeysBlocks2026, .genericCPA2026: architecture == .arm64
    default: (kind == .linearMapStage) == (architecture == .arm64)
    }
  }
}
