import Engine
import History
import Testing

@testable import Lab

extension LabState {
  /// Makes a call after others, and brings the machine to what was observed.
  ///
  /// - Parameter made: the calls so far; the one that was made joins them.
  mutating func observe(
    _ call: Call, on machine: inout Machine, after made: inout [Call],
  ) throws -> Observation {
    let observation = try observe(call, on: machine, after: made, watching: WatchedKernel())
    _ = Deed.observed(observation).apply(to: &machine)
    made.append(try #require(observation.call))
    return observation
  }
}
