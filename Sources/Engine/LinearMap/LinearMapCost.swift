/// What `map_mem()` costs in time, by three constants.
///
/// They are fitted on one column of what was published, the Altra VM of 64 GiB, and there on three
/// rows: from the base to the first patch only invalidations go, from the first to the second only
/// barriers, and what is left is the writing of entries. The other rows of the column and all other
/// columns are predictions. Zeroing a table is within the figure of an entry: each table has 512, so
/// one column cannot tell them apart.
public struct LinearMapCost: Equatable, Sendable {
  /// Picoseconds of a TLB invalidation in the fixmap, with its barriers: (2227 - 431) ms for the
  /// 1017792 that the first patch saves.
  public static let invalidation: UInt64 = 1_764_604
  /// Picoseconds of DSB and ISB behind an entry: (431 - 162) ms for the 16744448 that the second
  /// patch saves.
  public static let barrier: UInt64 = 16_065
  /// Picoseconds of writing an entry: what is left of 162 ms, for 16810048 of them.
  public static let entry: UInt64 = 2_681

  /// Picoseconds of the same work under the rules of a stage.
  public static func picoseconds(
    _ tally: LinearMapBooks.Tally, under rules: LinearMapRules,
  ) -> UInt64 {
    tally.invalidations(under: rules, isLate: false) * invalidation
      + tally.barriers(under: rules) * barrier + tally.entries * entry
  }

  /// A column of the published times of `map_mem()` with rodata=full.
  public struct Published: Equatable, Sendable {
    /// The machine, as it was named.
    public var machine: String
    /// Its memory in GiB.
    public var gibibytes: UInt64
    /// Whether the constants are fitted on it.
    public var isFitted: Bool
    /// Milliseconds by stage; what was merged was not published.
    public var milliseconds: [(stage: LinearMapRules.Stage, value: UInt64)]

    /// Whether two columns say the same.
    public static func == (a: Self, b: Self) -> Bool {
      a.machine == b.machine && a.gibibytes == b.gibibytes && a.isFitted == b.isFitted
        && a.milliseconds.map(\.value) == b.milliseconds.map(\.value)
    }
  }

  /// What was published, March and April 2024.
  public static var published: [Published] {
    [
      column("Apple M2 VM", 16, [153, 77, 13, 11, 6]),
      column("Ampere Altra VM", 64, [2227, 431, 162, 109, 61], isFitted: true),
      column("Ampere Altra VM", 256, [8798, 1727, 655, 449, 257]),
      column("Ampere Altra metal", 512, [17442, 3796, 1656, 1257, 838]),
    ]
  }

  private static func column(
    _ machine: String, _ gibibytes: UInt64, _ values: [UInt64], isFitted: Bool = false,
  ) -> Published {
    let stages: [LinearMapRules.Stage] = [.base, .noContRemap, .before, .after, .lazyUnmap]
    return Published(
      machine: machine, gibibytes: gibibytes, isFitted: isFitted,
      milliseconds: zip(stages, values).map { (stage: $0, value: $1) })
  }
}
