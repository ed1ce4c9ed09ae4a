import Engine

/// The sums of the parts of a state. A call renews those alone that its events say it changed: there is
/// no other way in which a machine changes.
struct StateParts: Sendable, Equatable {
  /// Of each atom of the universe.
  var atoms: [UInt64]
  /// Of the areas.
  var areas: UInt64
  /// Of what is kept beside the tables.
  var rest: UInt64

  /// What a call changed of a state.
  struct Changes: Sendable {
    /// The atoms, by their places.
    fileprivate(set) var atoms: [Bool] = []
    /// Whether the areas changed, and what is kept beside the tables.
    fileprivate(set) var areas = false
    fileprivate(set) var rest = false
    /// The atom that was marked last: events of a call are near each other.
    fileprivate var last = 0
  }
}

extension Universe {
  /// Renews the parts that a call changed.
  ///
  /// - Parameters:
  ///   - machine: the machine behind the call.
  ///   - parts: the sums before it, and after it.
  func renew(
    _ parts: inout StateParts, of machine: Machine, after events: [Event],
    _ changes: inout StateParts.Changes, _ runs: inout [LeafRun],
  ) {
    note(events, machine, &changes)
    for index in changes.atoms.indices where changes.atoms[index] {
      parts.atoms[index] = sum(ofAtom: index, machine, &runs)
    }
    if changes.areas { parts.areas = sumOfAreas(machine, &runs) }
    if changes.rest { parts.rest = machine.laterSum(includingMemory: includesMemory) }
  }

  private func note(
    _ events: [Event], _ machine: Machine, _ changes: inout StateParts.Changes,
  ) {
    if changes.atoms.count != atoms.count {
      changes = StateParts.Changes()
      changes.atoms = Array(repeating: false, count: atoms.count)
    }
    for index in changes.atoms.indices { changes.atoms[index] = false }
    (changes.areas, changes.rest) = (false, false)
    let map = machine.directMapRange
    let origin = machine.directMapAddress(of: 0)
    for event in events {
      switch event {
      case .entered, .left, .decided, .asked, .remedy, .seen, .counted, .flushed, .tableBacked,
        .systemRunning, .kernelSetReadOnly:
        break
      case .entryWritten(let address, let size, old: _, new: _):
        note(address..<address + size.pages, map, origin, &changes)
      case .tableInstalled, .tableFreed:
        note(event.resizedRange, map, origin, &changes)
        // What is kept with a table comes and goes with it.
        if machine.tracksTables { changes.rest = true }
      case .mapped, .unmapped: note(event.resizedRange, map, origin, &changes)
      case .tableTracked, .kept, .policy, .supply, .memoryTypeSet, .stopped, .process:
        changes.rest = true
      case .vmalloc: (changes.areas, changes.rest) = (true, true)
      case .memory: if includesMemory { changes.rest = true }
      case .linearMap:
        for index in changes.atoms.indices { changes.atoms[index] = true }
        (changes.areas, changes.rest) = (true, true)
      }
    }
  }

  /// Marks the atoms that pages lie in; of pages elsewhere, the areas.
  @inline(__always)
  private func note(
    _ range: Range<VirtualAddress>?, _ map: Range<VirtualAddress>,
    _ origin: VirtualAddress, _ changes: inout StateParts.Changes,
  ) {
    guard let range else { return }
    guard map.contains(range.lowerBound), range.upperBound <= map.upperBound else {
      changes.areas = true
      return
    }
    let first = (range.lowerBound - origin).rawValue
    let end = (range.upperBound - origin).rawValue
    var index = changes.last
    if index >= atoms.count || !atoms[index].frames.contains(first) {
      index = atoms.firstIndex { first < $0.frames.upperBound } ?? atoms.count
    }
    changes.last = index
    while index < atoms.count, atoms[index].frames.lowerBound < end {
      changes.atoms[index] = true
      index += 1
    }
  }
}
