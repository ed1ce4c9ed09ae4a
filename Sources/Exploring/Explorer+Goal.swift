import Engine

/// How near a state is from which something holds.
public enum Reach: Equatable, Sendable {
  /// These calls lead to it, and no fewer do; their places in the alphabet.
  case shortest([Int])
  /// The property holds in none of the states that the calls can reach; the value is how many there are.
  case never(states: Int)
  /// It does not hold in any state up to the depth; beyond it was not looked.
  case notWithin(states: Int)
}

extension Explorer {
  /// Looks for the fewest calls behind which something holds: all sequences up to the depth, each state
  /// once.
  ///
  /// - Parameter holds: the same for states that differ by pages that may change places.
  public func fewestCalls(until holds: (Machine) -> Bool) -> Reach {
    var runs: [LeafRun] = []
    var known: Set<UInt64> = [universe.key(of: start, &runs)]
    var last: [(machine: Machine, path: [Int])] = [(start, [])]
    for _ in 0..<options.depth {
      var found: [(machine: Machine, path: [Int])] = []
      for place in last {
        for (index, call) in alphabet.calls.enumerated() {
          var machine = place.machine
          guard (try? machine.perform(call)) != nil else { continue }
          if holds(machine) { return .shortest(place.path + [index]) }
          guard known.insert(universe.key(of: machine, &runs)).inserted else { continue }
          found.append((machine, place.path + [index]))
        }
      }
      if found.isEmpty { return .never(states: known.count) }
      last = found
    }
    return .notWithin(states: known.count)
  }

  /// What one call breaks at the beginning, in words; none if it breaks nothing or cannot be made.
  public func broken(by call: Int) -> [(property: Property, words: String)] {
    var buffers = CallCheck.Buffers()
    guard alphabet.calls.indices.contains(call), var place = Place([], self) else { return [] }
    let findings = place.make(call, self, undoes: false, &buffers) ?? []
    return findings.map { ($0.sign.property, $0.words) }
  }
}
