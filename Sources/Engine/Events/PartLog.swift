/// Listens to a call of any length: keeps a part of its events, tells how far it is, and breaks it off
/// if it is to stop.
///
/// A call is divided into parts of about equal length, at places that depend on its events alone. Only
/// one part is kept at a time.
public struct PartLog {
  /// How many events a part has, or a few more: those of a change of 1 GiB page by page are one part.
  public static let usualLength = 1 << 20

  /// The machine before the first event that is kept; `nil` for the machine before the call.
  public private(set) var start: Machine?
  /// What the call came to so far.
  public internal(set) var summary = CallSummary()
  private var sums = EventSums()
  private var kept: [Event] = []
  private var underWay: [Event] = []
  private var stack: [Event] = []
  private var last: Event?
  /// The place of the first event of the part under way.
  private var first = 0
  /// How many events there were.
  private var total = 0
  /// The place of an event in the part that is wanted.
  private let wanted: Int
  private let length: Int
  /// Whether what follows is of no interest.
  private var isDone = false
  private let stopsWhenDone: Bool
  private let progress: WorkProgress?
  private let visit: ((Int, Event) -> Void)?
  /// Whether the call was stopped from outside.
  private(set) var isStopped = false
  private var looks: UInt32 = 0
  private var widest: UInt64 = 0

  /// A log of the last part of a call, which is all of it unless it is long.
  public init(length: Int = usualLength, progress: WorkProgress? = nil) {
    self.init(
      around: .max, length: length, progress: progress, stopsWhenDone: false, visiting: nil)
  }

  /// A log of the part that holds an event; the call is broken off behind it.
  public init(around place: Int, length: Int = usualLength, progress: WorkProgress? = nil) {
    self.init(
      around: place, length: length, progress: progress, stopsWhenDone: true, visiting: nil)
  }

  /// A log that keeps nothing, and shows each event with its place.
  public init(progress: WorkProgress? = nil, visiting: ((Int, Event) -> Void)?) {
    self.init(
      around: -1, length: Self.usualLength, progress: progress, stopsWhenDone: false,
      visiting: visiting)
    isDone = true
  }

  private init(
    around place: Int, length: Int, progress: WorkProgress?, stopsWhenDone: Bool,
    visiting: ((Int, Event) -> Void)?,
  ) {
    wanted = place
    self.length = max(1, length)
    self.progress = progress
    self.stopsWhenDone = stopsWhenDone
    self.visit = visiting
  }

  /// The events that are kept, when the call is over.
  ///
  /// - Parameter total: how many events the call has, where that is known and the log broke it off.
  public func events(of total: Int? = nil) -> CallEvents {
    CallEvents(kept, from: first, total: total ?? self.total, underWay: underWay, sums: sums)
  }

  /// Whether the part that was wanted is there, so that the call need not go on.
  var isComplete: Bool { isDone && stopsWhenDone }

  mutating func record(_ event: Event) {
    summary.record(event)
    visit?(total, event)
    total += 1
    if isDone { return }
    sums.add(event)
    last = event
    follow(event)
    if mayHoldWanted { kept.append(event) }
  }

  /// Whether the part under way may hold the wanted event. One that is surely over before it is not worth
  /// keeping.
  private var mayHoldWanted: Bool { wanted == .max || wanted - first < 2 * length }

  /// Keeps up with the functions that are under way.
  @inline(__always)
  private mutating func follow(_ event: Event) {
    if case .left(let function, _) = event { return leave(function) }
    if case .entered = event { stack.append(event) }
    if case .remedy(let step) = event { follow(step, event) }
    if case .asked = event { stack.append(event) }
  }

  private mutating func follow(_ step: RemedyStep, _ event: Event) {
    switch step {
    case .entered: stack.append(event)
    case .left(let function, _):
      while let last = stack.popLast() {
        if case .remedy(.entered(function, _)) = last { return }
      }
    }
  }

  private mutating func leave(_ function: KernelFunction) {
    while let last = stack.popLast() {
      if case .entered(function, _, _) = last { return }
    }
  }

  /// Whether the next event begins another part: where something has just ended, or late enough
  /// anywhere.
  var wantsMachine: Bool {
    guard total - first >= length, !isDone else { return false }
    if total - first >= length + length / 4 { return true }
    if case .left = last { return true }
    if case .entryWritten = last { return true }
    return false
  }

  mutating func keep(_ machine: Machine) {
    if wanted < total {
      isDone = true
      return
    }
    kept.removeAll(keepingCapacity: true)
    first = total
    // A copy makes the call copy each table that it writes to.
    start = mayHoldWanted ? machine : nil
    underWay = stack
  }

  mutating func goesOn(_ done: UInt64, of total: UInt64) -> Bool {
    looks &+= 1
    if looks & 0xFFF == 0, let progress {
      if total >= widest {
        widest = total
        progress.report(done, of: total)
      }
      isStopped = progress.isStopped
    }
    return !isStopped && !isComplete
  }
}
