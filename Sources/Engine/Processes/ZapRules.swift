/// How a zap goes: what kernel version and boot options say, taken down when it begins.
public struct ZapRules: Hashable, Sendable {
  /// Entries of one folio are cleared together, and a gather holds a page and a count.
  public var batches: Bool
  /// The rmap of a dirty file page is removed after the flush.
  public var delaysRmap: Bool
  /// Where freed pages are written, a stretch of freeing ends at about 512 pages.
  public var limitsFreedPages: Bool
  /// All is flushed and freed at 10000 pages, whatever folios they belong to.
  public var capsPages: Bool
  /// The kernel can be preempted while it frees (CONFIG_PREEMPT).
  public var isPreemptible: Bool
  /// Freed pages are written: zeroed (`init_on_free`) or filled with a pattern (`page_poison`).
  public var zeroes: Bool

  /// Creates rules.
  public init(
    batches: Bool, delaysRmap: Bool, limitsFreedPages: Bool, capsPages: Bool = false,
    isPreemptible: Bool = false, zeroes: Bool,
  ) {
    self.batches = batches
    self.delaysRmap = delaysRmap
    self.limitsFreedPages = limitsFreedPages
    self.capsPages = capsPages
    self.isPreemptible = isPreemptible
    self.zeroes = zeroes
  }

  func add(to sum: inout Checksum) {
    for rule in [batches, delaysRmap, limitsFreedPages, capsPages, isPreemptible, zeroes] {
      sum.add(rule)
    }
  }
}

/// The three states of the series of January 2024 that can be put side by side.
public enum ZapSeries: String, CaseIterable, Sendable {
  /// Page by page, as 6.8.
  case before
  /// In batches of a folio's pages, as it was posted first.
  case posted
  /// The same with the limit by pages, as 6.9 has it.
  case merged

  /// The rules.
  ///
  /// - Parameter zeroes: whether freed pages are zeroed.
  public func rules(zeroes: Bool) -> ZapRules {
    ZapRules(
      batches: self != .before, delaysRmap: true, limitsFreedPages: self == .merged,
      zeroes: zeroes)
  }
}

extension Machine {
  /// The rules that hold.
  public var zapRules: ZapRules {
    ZapRules(
      batches: setup.kernel.batchesZap, delaysRmap: setup.kernel.delaysRmap,
      limitsFreedPages: setup.kernel.limitsFreedPages,
      capsPages: setup.kernel.capsGatheredPages, isPreemptible: setup.cpu[.preemption],
      zeroes: setup.cpu[.initOnFree] || setup.cpu[.pagePoisoning])
  }

  /// What a call would count under other rules; the machine stays as it is.
  ///
  /// - Returns: `nil` if the call cannot be made, or does not zap.
  public func zapTrial(_ call: ProcessCall, under rules: ZapRules) -> ZapCounts? {
    if case .mmap = call { return nil }
    var copy = self
    copy.processes.value.trialRules = rules
    guard (try? copy.perform(.process(call))) != nil else { return nil }
    return copy.lastZap
  }
}
