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

  /// The trace of no call.
  public init() {}

  /// The trace of a call.
  init(ofCall call: Int, in timeline: inout Timeline) {
    self.call = call
    events = timeline.events(ofCall: call)
    depths.reserveCapacity(events.count)
    var depth: UInt8 = 0
    for event in events {
      if case .left = event, depth > 0 { depth -= 1 }
      depths.append(depth)
      if case .entered = event, depth < 200 { depth += 1 }
    }
  }
}
