import Engine
import History

/// The events of one call, with what it takes to draw any stretch of them.
public struct CallTrace: Sendable {
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
  private(set) var sums = EventSums()

  /// The trace of no call.
  public init() {}

  /// The trace of a call.
  init(ofCall call: Int, in timeline: inout Timeline) {
    self.call = call
    events = timeline.events(ofCall: call)
    for (index, event) in events.enumerated() {
      if !events.isQuiet(at: index) {
        lines.append(index)
      } else if let shape = event.lineShape,
        let first = lines.reversed().prefix(8).first(where: { events[$0].lineShape == shape })
      {
        repeats[first, default: 0] += 1
      }
      sums.add(event)
    }
    tree = CallTree(events, lines: lines, timeline.machine.mergingPolicies)
  }

  /// The line that shows the state after a number of events: the last that is not behind it.
  func line(after count: Int) -> Int { tree.line(after: count) }
}
