public import Engine

/// A direct map that was read: from a page-table dump, a list of leaves, or the memory of a kernel.
public struct ReadMap: Sendable {
  /// What it was read from.
  public enum Origin: Equatable, Sendable {
    /// A page-table dump, in the form of this kernel's.
    case dump(DumpForm)
    /// A list of leaves, as `--format leaves` prints it.
    case leaves
    /// The page tables themselves.
    case tables

    /// Whether A and D are known: a dump does not show them.
    public var tellsAccess: Bool { if case .dump = self { false } else { true } }

    /// How much it tells: the tables most.
    public var rank: Int {
      switch self {
      case .dump: 0
      case .leaves: 1
      case .tables: 2
      }
    }
  }

  /// What it was read from.
  public var origin: Origin
  /// The architecture whose machine shows it.
  public var architecture: Architecture
  /// The leaves, by rising address; the frames follow from the addresses. They are at the addresses of four
  /// levels of tables, whatever the machine has: `machine()` puts them where it has them.
  public var leaves: [LeafRun] = []
  /// Frames without a leaf that is present, for which there is a table of 4K entries.
  public var blanks: [Range<PFN>] = []
  /// Frames without anything, for which there is a table of 2M entries.
  public var blanksOf2M: [Range<PFN>] = []
  /// The frames of the kernel image, where arm64's dump shows it.
  public var image: Range<PFN>?
  /// The leaves of the kernel image's own mapping on x86-64.
  public var highMap: [LeafRun] = []
  /// What is writable and executable outside the direct map.
  public var unsafe = UnsafeElsewhere()
  /// The address of frame 0 on the machine itself; `nil` if it is not known.
  public var base: UInt64?
  /// The kernel's release, where the source tells it.
  public var release: String?
  /// What should be known about it.
  public var notes: [MapNote] = []

  /// Whether the machine's tables have five levels: then frame 0 is where four have no addresses. `nil`
  /// where its address is not known, or the rules are not those of x86-64.
  public var hasFiveLevels: Bool? {
    guard architecture == .x86_64, origin != .dump(.riscv64), let base else { return nil }
    return VirtualAddress(base).needsFiveLevels
  }

  /// Where the parts of the machine's address space are without randomisation.
  var usualLayout: AddressLayout {
    AddressLayout(architecture, hasFiveLevels: hasFiveLevels ?? false)
  }

  /// Creates a map without leaves.
  public init(_ origin: Origin, _ architecture: Architecture) {
    self.origin = origin
    self.architecture = architecture
  }

  /// Mappings that are writable and executable, outside the direct map.
  public struct UnsafeElsewhere: Equatable, Sendable {
    /// One of them.
    public struct Part: Equatable, Sendable {
      /// The first address.
      public var start: UInt64
      /// The number of pages.
      public var pages: UInt64
      /// The heading under which the dump has it.
      public var heading: String
    }
    /// The first of them, at most ``limit``.
    public private(set) var parts: [Part] = []
    /// The pages of all.
    public private(set) var pages: UInt64 = 0

    /// The most that are kept.
    public static let limit = 20

    /// Creates an empty list.
    public init() {}

    mutating func add(_ part: Part) {
      pages = pages.addingReportingOverflow(part.pages).partialValue
      if parts.count < Self.limit { parts.append(part) }
    }
  }
}

/// What should be known about a map that was read.
public enum MapNote: Equatable, Sendable, CustomStringConvertible {
  /// No heading stands before the direct map.
  case startIsCut(base: UInt64)
  /// None stands behind it.
  case endIsCut(PFN)
  /// The last line is not whole.
  case lastLineIsCut
  /// The addresses were randomised.
  case randomised(base: UInt64)
  /// Lines of other programs stood between.
  case otherLines(Int)
  /// A dump of riscv.
  case riscv
  /// Only what is present is shown.
  case presentOnly
  /// What of the memory could not be read: tables, and the address of the first.
  case unreadTables(Int, first: UInt64)

  /// One sentence.
  public var description: String {
    switch self {
    case .startIsCut(let base):
      "no heading stands before the direct map: the dump is cut off at its start, and frame 0 is taken "
        + "to be at \(VirtualAddress(base).hex); --page-offset says where it is"
    case .endIsCut(let pfn):
      "no heading stands behind the direct map: if the dump is cut off at its end, what it had from pfn "
        + "\(pfn.hex) on is missing"
    case .lastLineIsCut: "the last line is cut off, and left out"
    case .randomised(let base):
      "addresses are randomised: frame 0 is at \(VirtualAddress(base).hex), and shown where it is "
        + "without randomisation"
    case .otherLines(let count):
      "\(count) \(count == 1 ? "line is" : "lines are") no part of the dump, and left out"
    case .riscv:
      "this is a riscv kernel: its leaves are shown with the flags that x86-64 has for the same, and its "
        + "rules are not simulated"
    case .presentOnly:
      "only entries that are present are listed: pages that were taken out of the map are missing"
    case .unreadTables(let count, let first):
      "\(count) \(count == 1 ? "table is" : "tables are") not in the file, the first at "
        + "\(PhysicalAddress(first).hex); what they map is missing"
    }
  }
}
