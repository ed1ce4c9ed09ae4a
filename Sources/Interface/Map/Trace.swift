import Engine
import History

/// The events of one call, with what it takes to draw any stretch of them.
public struct Trace: Sendable {
  /// The call, counted from 0; `nil` before the first.
  public private(set) var call: Int?
  /// Its events.
  public private(set) var events: [Event] = []
  /// How deep in functions each event lies.
  public private(set) var depths: [UInt8] = []
  /// The events that are shown as a line, by their place; the others only repeat or complete these.
  public private(set) var lines: [Int] = []

  /// The trace of no call.
  public init() {}

  /// The trace of a call.
  init(ofCall call: Int, in timeline: inout Timeline) {
    self.call = call
    events = timeline.events(ofCall: call)
    depths.reserveCapacity(events.count)
    var depth: UInt8 = 0
    for (index, event) in events.enumerated() {
      if !event.isQuiet { lines.append(index) }
      if case .left = event, depth > 0 { depth -= 1 }
      depths.append(depth)
      if case .entered = event, depth < 200 { depth += 1 }
    }
  }

  /// Which line stands for the state after so many events: the last that is not behind it.
  func line(after count: Int) -> Int {
    var low = 0
    var high = lines.count
    while low < high {
      let middle = (low + high) / 2
      if lines[middle] < count { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }
}

extension Event {
  /// Whether the event says nothing that its neighbours do not say: a counter that moves along, a
  /// function that returns 0, the decision for a change that follows at once.
  var isQuiet: Bool {
    switch self {
    case .counted, .decided(.entryChanged), .decided(.collapseDone): true
    case .left(_, let code): code == .success
    default: false
    }
  }
}
