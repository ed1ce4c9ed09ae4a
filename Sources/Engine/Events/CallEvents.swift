/// Events of a call in a row, by their places in the call: all of them, or as many as are kept at a
/// time of a call that has too many.
public struct CallEvents: RandomAccessCollection, Sendable {
  /// The place of the first event that is kept.
  public let startIndex: Int
  /// How many events the call has.
  public let total: Int
  /// Where the functions that are under way at the first event were entered, from the outermost on, and
  /// what they were asked.
  public let underWay: [Event]
  /// What the events of the call come to, up to the last one that is kept.
  public let sums: EventSums
  private let kept: [Event]

  /// All events of a call.
  public init(_ events: [Event]) {
    self.init(
      events, from: 0, total: events.count, underWay: [], sums: EventSums(events))
  }

  /// Some events of a call.
  ///
  /// - Parameters:
  ///   - first: the place of the first one.
  ///   - total: how many the call has.
  ///   - underWay: the events that entered functions which are not left at the first one.
  ///   - sums: what all events up to the last of these come to.
  init(
    _ events: [Event], from first: Int, total: Int, underWay: [Event], sums: EventSums,
  ) {
    self.sums = sums
    kept = events
    startIndex = first
    self.total = total
    self.underWay = underWay
  }

  /// Behind the last event that is kept.
  public var endIndex: Int { startIndex + kept.count }

  /// The event at a place that is kept.
  public subscript(place: Int) -> Event { kept[place - startIndex] }

  /// Whether these are all events of the call.
  public var isWhole: Bool { kept.count == total }
}
