import Engine
import Narration

/// A claim or a number about a machine, as `expect` states it.
public indirect enum Expression: Equatable, Sendable {
  /// A plain number.
  case number(UInt64)
  /// A length in bytes, written with a unit.
  case length(UInt64)
  /// A set of flag words, such as `P RW NX`.
  case flags(EntryFlags)
  /// A named number, such as `none` or `EBUSY`.
  case constant(Constant)
  /// A number of the machine by its kernel name.
  case reading(Reading)
  /// A number of the machine that no counter keeps.
  case quantity(Quantity)
  /// A number of the last answer to `tlb`, or of the one with a name.
  case tlb(TLBMeasure, Name?)
  /// By how much the last call moved a number.
  case last(Reading)
  /// What the last call returned.
  case returned
  /// A property of the leaf that maps a page.
  case leaf(Property, Call.Target)
  /// A property of an area.
  case area(AreaProperty, Name)
  /// `!`: 1 for 0, 0 for all else.
  case not(Expression)
  /// The number with the other sign.
  case negative(Expression)
  /// Two expressions and what is between them.
  case binary(Operator, Expression, Expression)

  /// What can stand between two expressions; raw values are the spelling.
  public enum Operator: String, CaseIterable, Sendable {
    case or = "||"
    case and = "&&"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    /// Whether the left side has all bits of the right.
    case has
    case plus = "+"
    case minus = "-"
    case times = "*"

    /// How tightly it binds, 1 the loosest.
    package var precedence: Int {
      switch self {
      case .or: 1
      case .and: 2
      case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .has: 3
      case .plus, .minus: 4
      case .times: 5
      }
    }

    /// The operators that bind so tightly.
    package static func operators(of precedence: Int) -> [Operator] {
      allCases.filter { $0.precedence == precedence }
    }
  }

  /// A property of the leaf that maps a page; raw values are the names.
  public enum Property: String, CaseIterable, Sendable {
    /// The bytes that the leaf maps; 0 where nothing is mapped.
    case size
    /// All bits but the frame number; 0 where nothing is mapped.
    case flags
    /// Whether P is set.
    case present
    /// Whether P and RW are set.
    case writable
    /// Whether P is set and NX is not.
    case executable
    /// The cache type in the kernel's books.
    case type
  }

  /// A named number; raw values are the spelling.
  public enum Constant: String, CaseIterable, Sendable {
    case none, `false`, `true`
    case writeBack = "WB"
    case writeCombining = "WC"
    case uncached = "UC-"
    case writeThrough = "WT"
    case fault = "EFAULT"
    case busy = "EBUSY"
    case invalid = "EINVAL"
    case notImplemented = "ENOSYS"
    case noMemory = "ENOMEM"
    case bug = "BUG"
  }
}

extension Expression {
  /// A number of the machine that no counter keeps; raw values are the names.
  public enum Quantity: String, CaseIterable, Sendable {
    /// The pages that policies' caches hold.
    case pagesCached = "pages_cached"
    /// The free pages of the page allocator.
    case freePages = "free_pages"
    /// Tables of 4K entries of arm64's linear map.
    case pteTables = "pte_tables"
    /// Tables of 2M entries of arm64's linear map.
    case pmdTables = "pmd_tables"
    /// Tables of 1G entries of arm64's linear map.
    case pudTables = "pud_tables"
    /// Tables of arm64's linear map that were allocated when it was up.
    case lateTables = "late_tables"
    /// TLB invalidations while arm64's linear map was built.
    case earlyInvalidations = "map_tlbi"
    /// TLB invalidations of fixmap slots since.
    case lateInvalidations = "late_tlbi"
    /// How often tables of arm64's linear map were set to zero that were allocated when it was up.
    case lateZeroings = "late_zeroings"
    /// Blocks of arm64's linear map that were split.
    case blockSplits = "block_splits"
    /// The bytes of vmalloc areas that nobody asked for.
    case vmallocWasted = "vmalloc_wasted"
    /// The bytes that vmalloc areas take.
    case vmallocTaken = "vmalloc_taken"
    /// The 2M leaves that map them.
    case vmallocHuge = "vmalloc_huge"
    /// The 4K entries that map them.
    case vmallocSmall = "vmalloc_small"
    /// The pages of freed addresses that wait for a flush.
    case vmallocLazy = "vmalloc_lazy"
    /// The pages that the process maps.
    case userPages = "user_pages"
    // Counts of the last zap; `ZapCounter` tells of each.
    case zapPages = "zap_pages"
    case zapRuns = "zap_runs"
    case zapWords = "zap_words"
    case zapBatches = "zap_batches"
    case zapForcedFlushes = "zap_forced_flushes"
    case zapFlushes = "zap_flushes"
    case zapFullFlushes = "zap_full_flushes"
    case zapTLBRemovals = "zap_tlb_removals"
    case zapRmapOperations = "zap_rmap_ops"
    case zapDelayedRmaps = "zap_delayed_rmaps"
    case zapRefOperations = "zap_ref_ops"
    case zapPagesFreed = "zap_pages_freed"
    case zapFoliosFreed = "zap_folios_freed"
    case zapChunks = "zap_chunks"
    case zapLongestPages = "zap_longest_pages"
    case zapLongestCost = "zap_longest_cost"
    case zapLongestWait = "zap_longest_wait"
    case zapCost = "zap_cost"
    case zapMostPages = "zap_most_pages"
    case zapTables = "zap_tables"
  }
}

extension Expression {
  /// Every word that an expression can have, for hints and completion.
  public static var vocabulary: [String] {
    Reading.all.map(\.name) + Quantity.allCases.map(\.rawValue)
      + TLBMeasure.allCases.map(\.rawValue) + Property.allCases.map(\.rawValue)
      + AreaProperty.allCases.map(\.rawValue) + ["last", "ret"]
      + Constant.allCases.map(\.rawValue) + EntryFlags.allWords.map(\.name) + ["has"]
  }
}
