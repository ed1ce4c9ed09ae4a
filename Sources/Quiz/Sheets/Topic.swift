/// The topic of the exercises of a worksheet.
public enum Topic: String, CaseIterable, Sendable {
  /// All of the others in turn.
  case mixed
  /// Large leaves that split, or do not.
  case splits
  /// Leaves that re-form, and what blocks that.
  case merging
  /// The grouping cache of April 2021.
  case grouping
  /// TLB flushes.
  case flush
  /// Areas of vmalloc space, and the direct map behind them.
  case alias
  /// Modules, BPF programs, secret memory.
  case modules
  /// vmalloc with and without 2M leaves.
  case vmalloc
  /// Memory that a process frees.
  case zapping
  /// The linear map of arm64.
  case arm64
  /// What a search over sequences of calls proves.
  case explore

  /// A description, in a few words.
  public var summary: String {
    switch self {
    case .mixed: "all of these in turn"
    case .splits: "large leaves that split, or do not"
    case .merging: "leaves that re-form, and what blocks that"
    case .grouping: "the grouping cache for module memory, and kernels without it"
    case .flush: "what the TLBs forget: nothing, single pages, everything"
    case .alias: "areas of vmalloc space, and the direct map behind them"
    case .modules: "modules, BPF programs, ftrace, secret memory"
    case .vmalloc: "vmalloc with and without 2M leaves"
    case .zapping: "memory that a process frees, in batches"
    case .arm64: "the linear map of arm64"
    case .explore: "what no sequence of calls does, proved by search"
    }
  }

  private var isSingle: Bool { self != .mixed }

  /// The topics that have their own exercises.
  static var single: [Topic] { allCases.filter(\.isSingle) }

  /// The subjects of its exercises, the most instructive first.
  var kinds: [Question.Kind] {
    switch self {
    case .mixed: Question.Kind.allCases
    case .splits: [.splits, .size, .directMap4K, .returned]
    case .merging: [.merges, .size, .heals, .blockers, .bits]
    case .grouping: [.splits, .cached, .directMap4K, .fullFlushes]
    case .flush: [.flush, .fullFlushes]
    case .alias: [.alias, .splits, .permission, .flush]
    case .modules: [.splits, .bits, .merges, .directMap4K, .flush, .alias, .heals]
    case .vmalloc: [.areaLeaves, .wasted, .size, .splits, .returned]
    case .zapping: [.zapWords, .zapForced, .zapLongest, .zapReferences]
    case .arm64: [.returned, .size, .splits, .alias, .permission, .flush]
    case .explore: [.healing, .breaker, .undo]
    }
  }
}
