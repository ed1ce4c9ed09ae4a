import Engine
import Lanes

extension Model {
  /// Shows another space, and says which.
  mutating func show(_ space: MapSpace) {
    guard space != lane.place.space else { return }
    lane.show(space)
    let isEmpty = space != .direct && space.stretches(machine, withFreed: false).isEmpty
    say(
      "the map shows \(space.words(machine.architecture))"
        + (isEmpty ? ", where nothing is mapped yet" : ""))
  }

  /// Shows the next space, around in a circle; that of the process only where there is one.
  mutating func showNextSpace() {
    let all = MapSpace.allCases.filter { $0 != .process || !machine.userRanges.isEmpty }
    let place = all.firstIndex(of: lane.place.space) ?? 0
    show(all[(place + 1) % all.count])
  }
}
