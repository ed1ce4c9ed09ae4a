import Engine
import History
import Lanes
import Narration

/// Finds what is worth a marker in a recording: splits, merges, refills and shrinks of caches, notes and
/// captions, as time goes on.
struct MarkerFinder: Sendable {
  private var branch = 0
  private var moment = Moment.start
  private var note: String?
  private var caption: [String] = []

  /// The most sentences of one step.
  static let limit = 8

  /// What happened since it was asked last, a sentence each. Nothing happens where time goes back.
  mutating func find(in model: inout Model) -> [String] {
    let timeline = model.timeline
    defer {
      branch = timeline.current
      moment = timeline.moment
    }
    var found: [String] = []
    if model.presentation.caption != caption {
      caption = model.presentation.caption
      if !caption.isEmpty { found.append(caption.joined(separator: " ")) }
    }
    if model.lane.note != note {
      note = model.lane.note
      if let note { found.append(note) }
    }
    guard timeline.moment > moment, timeline.current == branch else { return found }
    var events: [String] = []
    let last = min(timeline.moment.call, timeline.steps.count - 1)
    for call in moment.call...max(moment.call, last) where call < timeline.steps.count {
      let from = call == moment.call ? moment.event : 0
      let isWhole = call < timeline.moment.call
      events += model.timeline.markers(
        ofCall: call, from: from, to: isWhole ? nil : timeline.moment.event)
      if events.count > Self.limit { break }
    }
    if events.count > Self.limit {
      events = events.prefix(Self.limit) + ["... and more of the kind."]
    }
    return found + events
  }
}

extension Timeline {
  /// What is worth a marker between two events of a call; without an end, up to its last.
  fileprivate mutating func markers(ofCall call: Int, from: Int, to: Int?) -> [String] {
    // Of a call with more events than are kept, those around the first.
    let events = events(ofCall: call, around: from)
    let start = min(max(from, events.startIndex), events.endIndex)
    return events[start..<max(start, min(to ?? events.endIndex, events.endIndex))]
      .lazy.filter { $0.facts.traits.contains(.marker) }.prefix(MarkerFinder.limit + 1).map {
        $0.sentence()
      }
  }
}
