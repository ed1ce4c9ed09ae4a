import Engine
import Testing

extension Machine {
  /// Makes a call, if it can be made, and requires that its events lead from the machine before it to the same one.
  mutating func performReplayed(_ call: Call) throws {
    var replayed = self
    var log = EventLog()
    _ = try? perform(call, into: &log)
    replayed.apply(log.events)
    try #require(replayed.checksum == checksum, "\(call)")
  }
}
