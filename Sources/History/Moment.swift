/// A point in a timeline: the number of complete calls, and the number of events of the next one.
public struct Moment: Hashable, Comparable, Sendable {
  /// The calls that are complete.
  public var call: Int
  /// The events of the current call that have happened; 0 between calls.
  public var event: Int

  /// The point after `call` calls and `event` events of the next.
  public init(call: Int, event: Int = 0) {
    self.call = call
    self.event = event
  }

  /// The beginning.
  public static let start = Moment(call: 0)

  /// Whether one point comes before another.
  public static func < (a: Moment, b: Moment) -> Bool {
    (a.call, a.event) < (b.call, b.event)
  }
}
