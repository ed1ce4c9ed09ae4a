import Engine
import KernelText

/// The result of a replay.
public struct ReplayReport: JSONReport, Codable, Equatable, Sendable {
  /// A part of a workload, ended by a note.
  public enum Phase: String, Codable, Sendable {
    /// Up to the note `loaded`.
    case loading
    /// Up to the note `rmmod_half`.
    case removing
    /// Up to the end.
    case end
  }

  /// Splits in each phase, 2M and 1G leaves together.
  public struct Splits: Codable, Equatable, Sendable {
    /// While modules were loaded; `nil` if no note says when that ended.
    public var loadingModules: Int64?
    /// While modules were removed; `nil` if no note says when that ended.
    public var removingModules: Int64?
    /// In everything after that.
    public var afterwards: Int64 = 0

    /// All of them.
    public var total: Int64 { (loadingModules ?? 0) + (removingModules ?? 0) + afterwards }
  }

  /// A note of the recorder with counters.
  public struct Mark: Codable, Equatable, Sendable {
    /// A counter that differs.
    public struct Difference: Codable, Equatable, Sendable {
      /// The line of meminfo or vmstat.
      public var name: String
      /// What the recorder read.
      public var recorded: UInt64
      /// What the replayed machine has.
      public var here: UInt64
    }

    /// The line number, from 1.
    public var line: Int
    /// The note's first word.
    public var name: String
    /// What differs.
    public var differences: [Difference]
  }

  /// The kernel whose rules were applied.
  public var kernel: String
  /// Leaves before the first event.
  public var leavesBefore: LeafCounts
  /// Leaves after the last.
  public var leavesAfter = LeafCounts()
  /// Calls of `change_page_attr_set_clr()`.
  public var requests = 0
  /// The same by the function that made them.
  public var requestsByCall: [String: Int] = [:]
  /// Calls of `set_direct_map_invalid_noflush()` and `..._default_noflush()`.
  public var invalidAndDefaultCalls = 0
  /// Calls of `set_direct_map_valid_noflush()`.
  public var validCalls = 0
  /// Modules that were loaded.
  public var modulesLoaded = 0
  /// Modules that were removed.
  public var modulesRemoved = 0
  /// BPF programs that were loaded.
  public var bpfLoaded = 0
  /// BPF programs whose closing was noted.
  public var bpfClosed = 0
  /// Splits of large leaves of the direct map.
  public var splits = Splits()
  /// Tables of the direct map that became leaves again.
  public var collapses: Int64 = 0
  /// The number of notes with counters, except the first one, whose counters the machine adopted.
  public private(set) var markCount = 0
  /// The number of them with all counters equal.
  public private(set) var equalMarks = 0
  /// These notes, at most the first ``marksLimit`` of them.
  public private(set) var marks: [Mark] = []
  /// The differences to the leaves that were recorded afterwards; `nil` if none were given.
  public var differences: [LeafDifference]?

  /// Events before the note `start`, which were left out.
  public var eventsBeforeStart = 0
  /// Lines of requests whose frames the trace does not give.
  public internal(set) var requestsWithoutFrames = FirstOnes<Int>()
  /// Lines with frames that belong to no request.
  public internal(set) var framesWithoutRequest = FirstOnes<Int>()
  /// Places where the kernel lost events.
  public var losses: FirstOnes<FtraceSurvey.Loss>
  /// Lines that are neither events nor comments.
  public var unreadableLines: FirstOnes<Int>
  /// Irrelevant events, and the number of times they occurred.
  public var ignored: [String: Int]

  /// The most notes that are kept: more are counted.
  public static let marksLimit = 1000

  init(kernel: String, _ trace: FtraceSurvey, _ machine: Machine) {
    self.kernel = kernel
    leavesBefore = LeafCounts(machine)
    losses = trace.losses
    unreadableLines = trace.unreadableLines
    ignored = trace.ignored
    eventsBeforeStart = trace.eventsBeforeStart ?? 0
  }

  mutating func add(_ mark: Mark) {
    markCount += 1
    if mark.differences.isEmpty { equalMarks += 1 }
    if markCount <= Self.marksLimit { marks.append(mark) }
  }

  mutating func end(_ phase: Phase, splits count: Int64) {
    switch phase {
    case .loading: splits.loadingModules = (splits.loadingModules ?? 0) + count
    case .removing: splits.removingModules = (splits.removingModules ?? 0) + count
    case .end: splits.afterwards += count
    }
  }

  mutating func finish(_ machine: Machine) {
    leavesAfter = LeafCounts(machine)
    collapses = machine.counters[.level2Collapses] + machine.counters[.level3Collapses]
  }

  /// Whether nothing that was compared differs.
  public var isEqual: Bool { equalMarks == markCount && differences?.isEmpty ?? true }
}
