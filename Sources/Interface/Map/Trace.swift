import Engine
import History

/// The events of one call, with what it takes to draw any stretch of them.
public struct Trace: Sendable {
  /// The call, counted from 0; `nil` before the first.
  public private(set) var call: Int?
  /// Its events.
  public private(set) var events: [Event] = []
  /// The functions it went through.
  public private(set) var tree = CallTree()
  /// The events that are shown as a line, by their place; the others only repeat or complete these.
  public private(set) var lines: [Int] = []
  /// How many events that follow a line are of its kind and told with it, by the line's place.
  private(set) var repeats: [Int: Int] = [:]
  /// What they come to.
  private(set) var sums = Sums()

  /// The trace of no call.
  public init() {}

  /// The trace of a call.
  init(ofCall call: Int, in timeline: inout Timeline) {
    self.call = call
    events = timeline.events(ofCall: call)
    for (index, event) in events.enumerated() {
      if !events.isQuiet(at: index) {
        lines.append(index)
      } else if let kind = event.kindToFold,
        let first = lines.reversed().prefix(8).first(where: { events[$0].kindToFold == kind })
      {
        repeats[first, default: 0] += 1
      }
      sums.add(event)
    }
    tree = CallTree(events, lines: lines, timeline.machine.mergingPolicies)
  }

  /// Which line stands for the state after so many events: the last that is not behind it.
  func line(after count: Int) -> Int { tree.line(after: count) }
}

extension Trace {
  /// What the events of a call come to.
  struct Sums: Equatable, Sendable {
    /// Entries that were rewritten.
    var written = 0
    /// Leaves of 1G and 2M that were split, and that re-formed.
    var splits1G = 0
    var splits2M = 0
    var merges1G = 0
    var merges2M = 0
    /// Flushes of everything, and pages that were flushed one by one.
    var fullFlushes = 0
    var flushedPages: UInt64 = 0
    /// The same of caches.
    var cacheFlushes = 0
    var cachedPages: UInt64 = 0
    /// Leaves of 2M that were mapped, and pages of a vmalloc area that nobody asked for.
    var mapped2M: UInt64 = 0
    var unused: PageCount = 0
    /// Pages that a zap gathered, in how many entries, and pages that were freed of them.
    var gatheredPages: UInt64 = 0
    var gatheredEntries = 0
    var zappedFree: UInt64 = 0
    /// Flushes of user addresses, and those of them that were forced.
    var userFlushes = 0
    var forcedFlushes = 0

    mutating func add(_ event: Event) {
      switch event {
      case .entryWritten: written += 1
      case .tableInstalled(_, inPlaceOf: .size1G, old: _, first: _): splits1G += 1
      case .tableInstalled: splits2M += 1
      case .tableFreed(_, .size1G, leaf: _): merges1G += 1
      case .tableFreed: merges2M += 1
      case .flushed(let flush) where flush.isFull: fullFlushes += 1
      case .flushed(.pages(let pages)), .flushed(.kernelRange(let pages)):
        flushedPages += pages.rawValue
      case .flushed(.allCaches): cacheFlushes += 1
      case .flushed(.cacheLines(let pages)): cachedPages += pages.rawValue
      case .mapped(let fill) where fill.size == .size2M: mapped2M += fill.count
      case .decided(.vmalloc(.roundedUp(let asked, let taken))): unused = taken - asked
      case .process(let change): add(change)
      default: break
      }
    }

    private mutating func add(_ change: ProcessChange) {
      switch change {
      case .gathered(let entries):
        gatheredPages += entries.pages.rawValue
        gatheredEntries += Int(entries.runs)
      case .chunkFreed(let chunk): zappedFree += UInt64(chunk.pagesFreed)
      case .tlbFlushed(_, _, isFull: _, let isForced):
        userFlushes += 1
        if isForced { forcedFlushes += 1 }
      default: break
      }
    }
  }
}
