/// Why a slot is not one leaf: what the kernel's test asks for, with all that fails, what would clear
/// it, and what each who merges has to say.
public struct MergeAnswer: Equatable, Sendable {
  /// What the slot is mapped by.
  public enum Mapping: Equatable, Sendable {
    /// A leaf of this size, the slot's or a larger one.
    case leaf(LeafSize)
    /// A table.
    case table
    /// Nothing: either RAM that is not mapped yet, or no RAM.
    case nothing(isRAM: Bool)
  }

  /// The kernel version by its name.
  public var kernel: String
  /// The first address of the slot.
  public var slot: VirtualAddress
  /// The size of the leaf that was asked for: 2M or 1G.
  public var size: LeafSize
  /// What the slot is mapped by. But for a table, there is nothing more to the answer.
  public var mapping: Mapping
  /// Whether nothing ever merges in such a kernel, as on arm64: then there are no conditions.
  public internal(set) var isForGood = false
  /// The conditions of `collapse_pmd_page()` or `collapse_pud_page()`, in their order.
  public var conditions: [MergeCondition] = []
  /// What the kernel would find first; `nil` if the slot could be one leaf.
  public var obstacle: CollapseObstacle?
  /// The entries that fail any condition.
  public var entries = EntrySet()
  /// The flags that most leaves of the table have, in 4K layout: what the others are compared with.
  /// `nil` if it has no leaf.
  public var majority: EntryFlags?
  /// What would make all entries alike.
  public var clearing: Clearing?
  /// Who would merge, by their own rules: the kernel first, then the policies.
  public var mergers: [MergerAnswer] = []

  /// How many entries fail a condition.
  public var blockers: Int { entries.count }

  /// Whether all conditions hold: the slot could be one leaf, if anybody looked.
  public var couldMerge: Bool { mapping == .table && obstacle == nil }

  /// Whether the first entry is one of those that differ from most. The kernel compares with it, so
  /// that it finds fault with the second.
  public var isFirstOdd: Bool {
    conditions.contains {
      switch $0.kind {
      case .flagsEqual, .framesInRow, .present:
        $0.entries.contains(0) && $0.entries.count <= TableNode.entryCount / 2
      case .sizeAvailable, .leaves, .frameAligned, .not4KByRequest: false
      }
    }
  }

  /// The entries to point at: those that a policy has against the merge, or else the kernel.
  public var pointed: EntrySet {
    mergers.first { $0.title != nil && !$0.entries.isEmpty }?.entries ?? entries
  }

  /// The policies' counts that are wrong.
  public var drifts: [Drift] { mergers.compactMap(\.drift) }
}

/// A condition of a collapse.
public struct MergeCondition: Equatable, Sendable {
  /// What is asked.
  public enum Kind: Equatable, Sendable, CaseIterable {
    /// The CPU, and the boot, have leaves of the size.
    case sizeAvailable
    /// All entries are leaves, none a table: asked for 1G.
    case leaves
    /// The first frame is a multiple of the size.
    case frameAligned
    /// No entry is KERNEL_4K. The kernel looks at the first alone; in another it is a differing flag.
    case not4KByRequest
    /// All entries are present.
    case present
    /// The frames follow each other.
    case framesInRow
    /// All entries have the same flags.
    case flagsEqual
  }

  /// What is asked.
  public var kind: Kind
  /// Whether it holds.
  public var isMet = true
  /// Whether the kernel's test gets so far. What it asks of all entries, it asks of one after the
  /// other, so that of these conditions all are reached or none.
  public var isReached = true
  /// The entries for which it does not hold; empty where it is not about entries.
  public var entries = EntrySet()
  /// What is wrong with the first of them, neighbours of one kind together, `listed` of these at most.
  public var first: [OddEntry] = []

  /// How many stretches of entries a condition tells about.
  public static let listed = 8

  init(_ kind: Kind) { self.kind = kind }
}

/// What is wrong with an entry, and with those behind it that are wrong in the same way, compared with
/// most of the table.
public struct OddEntry: Equatable, Sendable {
  /// Their places in the table, 0 to 511.
  public var indices: ClosedRange<Int>
  /// Whether it points to a table.
  public var isTable = false
  /// Whether it maps nothing.
  public var isNone = false
  /// The bits it lacks, in 4K layout.
  public var lacking: EntryFlags = []
  /// The bits it has and most have not, in 4K layout.
  public var extra: EntryFlags = []
  /// The frame of the first, if they are out of row.
  public var frame: PFN?

  init(index: Int) { indices = index...index }

  /// Takes the next entry in, if it is wrong in the same way.
  mutating func extend(by next: OddEntry) -> Bool {
    guard next.indices.lowerBound == indices.upperBound + 1,
      next.isTable == isTable, next.isNone == isNone, next.lacking == lacking,
      next.extra == extra, (next.frame == nil) == (frame == nil)
    else { return false }
    indices = indices.lowerBound...next.indices.upperBound
    return true
  }
}

/// What one who merges has to say.
public struct MergerAnswer: Equatable, Sendable {
  /// The policy; `nil` for the kernel and for a rule of one's own.
  public var name: PolicyName?
  /// What the policy or the rule is called; `nil` for the kernel.
  public var title: String?
  /// Its rule.
  public var rule: MergeRule
  /// The entries that block the merge by its rule, where it has one about entries of its own.
  public var entries = EntrySet()
  /// What would give the entries the flags it asks for; `nil` where any common flags do.
  public var clearing: Clearing?
  /// Where its count of this table is wrong.
  public var drift: Drift?

  init(_ policy: (any Policy)?, _ rule: MergeRule) {
    name = policy?.published
    title = policy?.title
    self.rule = rule
  }
}
