/// What one who puts leaves together has to say to a slot, by its own rule.
public enum MergeRule: Equatable, Sendable {
  /// The kernel never puts leaves together by itself.
  case never
  /// Only `set_memory_rox()` looks, and at 1G only right after it made a 2M leaf.
  case onRox
  /// Each flush of CPA tries the whole GiB of the request, by the kernel's own test.
  case onFlush
  /// One bit for eight entries: what is kept, and what the table would give.
  case bitmap(tracked: UInt64, found: UInt64)
  /// A count of the entries that are not standard: what is kept, and what the table has.
  case count(tracked: Int, found: Int)
  /// A protection and how many entries have it: what is kept, and what the table has.
  case alike(EntryFlags, tracked: Int, found: Int)
  /// The table is not tracked: it came from no split, or lies outside what the policy counts.
  case untracked
  /// The slot merges when its pageblock is free as a whole: what keeps it, in pages.
  case pageblock(MigrateType, PageblockUse, isLiteral: Bool)
  /// The policy makes 2M leaves only.
  case only2M
  /// The policy keeps the pageblock mapped by 4K entries on purpose.
  case keptSplit
  /// A rule in the scenario language: what its lines come to for the slot.
  case rule(RuleVerdict)
  /// A rule in the scenario language without a line that merges.
  case ruleWithoutMerge(Name)

  /// Whether it says that somebody merges at some time.
  public var merges: Bool {
    switch self {
    case .never, .keptSplit, .ruleWithoutMerge: false
    case .onRox, .onFlush, .bitmap, .count, .alike, .untracked, .pageblock, .only2M, .rule: true
    }
  }
}
