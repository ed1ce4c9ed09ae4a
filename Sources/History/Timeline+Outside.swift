public import Engine

/// A kernel that runs outside of the simulation and makes calls for real. What it does is observed.
///
/// To a history it is a function: the same call after the same calls. That it is one machine that only
/// goes forward, and is brought back for a call in the past, is its own business.
public protocol OutsideKernel: AnyObject, Sendable {
  /// Makes a call and tells what happened.
  ///
  /// - Parameters:
  ///   - call: the call.
  ///   - machine: the machine as it was observed after the calls so far.
  ///   - calls: the calls so far, the first one after boot first.
  ///   - wishes: what is to be among the functions that are seen.
  /// - Throws: `CallError.outside` where the kernel cannot make it. Then it stands where it stood.
  func observe(
    _ call: Call, on machine: Machine, after calls: [Call], watching wishes: WatchedKernel,
  ) throws(CallError) -> Observation
}

/// What stops ask of a kernel outside.
public struct WatchedKernel: Equatable, Sendable {
  /// Addresses of pages: what writes one of the entries that map them is seen.
  public var pages: [VirtualAddress] = []
  /// Names of functions: their entries and returns are seen.
  public var functions: [String] = []

  /// Nothing more than what is looked at anyhow.
  public init() {}

  /// Whether nothing is asked.
  public var isEmpty: Bool { pages.isEmpty && functions.isEmpty }
}

extension Timeline {
  /// Has a call made outside and adds what was observed; returns what the kernel function returned.
  mutating func ask(
    _ outside: any OutsideKernel, _ call: Call, after count: Int, _ notes: [String],
  ) throws(CallError) -> ReturnCode {
    let steps = steps
    // The same call in the past: what came of it is known, unless something else is watched now.
    if count < end.call, steps.call(count) == call, notes.isEmpty,
      watched.isEmpty || steps.deed(count).watched == watched
    {
      go(to: Moment(call: count + 1))
      return steps.summary(count).returned
    }
    let calls = (0..<count).compactMap { steps.call($0) }
    var observation = try outside.observe(
      call, on: machine(after: count), after: calls, watching: watched)
    observation.watched = watched
    if moment.event > 0 { go(to: Moment(call: count)) }
    observe(observation, notes: notes)
    return self.steps.summary(count).returned
  }
}
