import Engine
import History
import Narration

/// The events of one call, with what it takes to draw any stretch of them. A call with more events than
/// are kept at a time is shown in parts: the trace is that of one part.
public struct CallTrace: Sendable {
  /// The call, counted from 0; `nil` before the first.
  public private(set) var call: Int?
  /// Its events, or those of the part.
  public private(set) var events = CallEvents([])
  /// The functions it went through.
  public private(set) var tree = CallTree()
  /// The events that are shown as a line, by their place; the others only repeat or complete these.
  public private(set) var lines: [Int] = []
  /// How many events that follow a line are of its kind and told with it, by the line's place.
  package private(set) var repeats: [Int: Int] = [:]
  /// How deep it goes into what repeats.
  public private(set) var depth = TraceDepth.folded
  /// What the events of the call come to, up to the last of these.
  var sums: EventSums { events.sums }

  /// The trace of no call.
  public init() {}

  /// The trace of a call around one of its events.
  package init(
    ofCall call: Int, around place: Int, in timeline: inout Timeline, _ depth: TraceDepth,
  ) {
    self.call = call
    self.depth = depth
    events = timeline.events(ofCall: call, around: place)
    for index in events.indices {
      let event = events[index]
      if !events.isQuiet(at: index, depth) {
        lines.append(index)
      } else if let shape = event.lineShape,
        let first = lines.reversed().prefix(8).first(where: { events[$0].lineShape == shape })
      {
        repeats[first, default: 0] += 1
      }
    }
    let seen = timeline.steps.indices.contains(call) ? timeline.steps.deed(call).functions : []
    tree = CallTree(events, lines: lines, timeline.machine.mergingPolicies, depth, seen: seen)
    lines = tree.lines
  }

  /// Whether it tells of an event of a call.
  package func tells(ofCall call: Int, around place: Int) -> Bool {
    self.call == call && (events.isWhole || events.indices.contains(place))
  }

  /// Where an event of the call stands, for those who tell its rule.
  package func place(of event: Int, on machine: Machine) -> EventPlace {
    var place = tree.place(of: event, on: machine)
    if case .seen(let step) = events[event], tree.seen.indices.contains(step.function) {
      place.seen = tree.seen[step.function]
    }
    return place
  }

  /// The line that shows the state after a number of events: the last that is not behind it.
  package func line(after count: Int) -> Int { tree.line(after: count) }
}
