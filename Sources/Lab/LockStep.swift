public import Engine
public import History

/// A real kernel and its simulation side by side: each call is made on both.
public struct LockStep {
  private let kernel: LabKernel
  /// The machine as the kernel showed it last.
  public private(set) var machine: Machine
  /// The calls that were made, with the addresses that the kernel chose.
  public private(set) var made: [Call] = []

  /// Begins where the kernel had booted.
  public init(_ kernel: LabKernel) {
    self.kernel = kernel
    machine = kernel.machine
  }

  /// Makes a call on the kernel; what was observed, with how the simulation differs if it does.
  ///
  /// - Throws: `CallError.outside` where the call cannot be made: nothing has changed then.
  public mutating func make(_ call: Call) throws(CallError) -> Observation {
    let observation = try kernel.observe(call, on: machine, after: made, watching: WatchedKernel())
    _ = Deed.observed(observation).apply(to: &machine)
    if let call = observation.call { made.append(call) }
    return observation
  }

  /// Makes calls from the beginning, up to the first of which the simulation differs. Calls that cannot be
  /// made are left out.
  ///
  /// - Returns: the calls that were made, up to that one, and the difference; `nil` if there is none.
  public static func firstDifference(
    of calls: some Sequence<Call>, on kernel: LabKernel,
    tell: (Int) -> Bool = { _ in true },
  ) throws(CallError) -> (calls: [Call], difference: String?) {
    var step = LockStep(kernel)
    var done: [Call] = []
    for call in calls {
      guard tell(done.count) else { break }
      let observation: Observation
      do throws(CallError) {
        observation = try step.make(call)
      } catch {
        if kernel.hasStopped { throw error }
        continue
      }
      done.append(call)
      if let difference = observation.difference { return (done, difference) }
    }
    return (done, nil)
  }
}

/// Finds a short list that still has what a longer one has.
public enum Shrinking {
  /// Leaves out as many items as possible: first large parts, then smaller ones, then single items, until
  /// no item can be left out.
  ///
  /// - Parameter stillFails: whether a shorter list has what is looked for.
  public static func shortest<Item, Failure: Error>(
    of items: [Item], where stillFails: ([Item]) throws(Failure) -> Bool,
  ) throws(Failure) -> [Item] {
    var items = items
    var size = max(1, items.count / 2)
    while true {
      var start = 0
      var hasShrunk = false
      while start < items.count, items.count > 1 {
        let end = min(start + size, items.count)
        let shorter = Array(items[..<start] + items[end...])
        if !shorter.isEmpty, try stillFails(shorter) {
          items = shorter
          hasShrunk = true
        } else {
          start = end
        }
      }
      if size == 1, !hasShrunk { return items }
      if !hasShrunk { size = max(1, size / 2) }
    }
  }
}
