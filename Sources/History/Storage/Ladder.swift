import Engine

/// Copies of the machine close behind the cursor, so that going back costs no more than going
/// forward: at each of the last positions, and before them at each 64th. Positions count calls, or
/// the events of one call.
struct Ladder: Sendable {
  /// The distance between coarse rungs, and the number of positions behind the cursor that have one
  /// each.
  static let spacing = 64
  /// The distance behind the cursor up to which there are rungs.
  private static let reach = spacing * spacing
  /// The maximum bytes of all rungs together, by estimate.
  private static let bytesMax = 24 << 20

  private struct Rung: Sendable {
    var position: Int
    var copy: MachineCopy
    var bytes: Int
  }

  /// By rising position.
  private var rungs: [Rung] = []
  private var bytes = 0

  /// The last rung that is not after a position.
  func nearest(notAfter position: Int) -> (position: Int, machine: Machine)? {
    let index = index(after: position)
    guard index > 0 else { return nil }
    return (rungs[index - 1].position, rungs[index - 1].copy.machine)
  }

  /// Whether a position should get a rung, on the way from a start to a target. A long way leaves
  /// coarse rungs, and one right before the target; going back from there fills the gaps.
  static func wants(_ position: Int, from start: Int, to target: Int) -> Bool {
    if target - start <= spacing || position == target - 1 { return true }
    return position % spacing == 0 && target - position <= reach
  }

  /// Whether a rung is useful when the cursor is at a position.
  private static func keeps(_ rung: Int, at position: Int) -> Bool {
    if rung > position + 1 { return false }
    return position - rung <= spacing || rung % spacing == 0 && position - rung <= reach
  }

  /// Adds a rung, if there is none.
  mutating func put(_ machine: Machine, at position: Int) {
    let index = index(after: position)
    if index > 0, rungs[index - 1].position == position { return }
    let apart = index > 0 ? machine.bytesApart(from: rungs[index - 1].copy.machine) : 4096
    rungs.insert(Rung(position: position, copy: MachineCopy(machine), bytes: apart), at: index)
    bytes += apart
    dropLowest()
  }

  /// Removes the lowest rungs while all together cost too much.
  private mutating func dropLowest() {
    while bytes > Self.bytesMax, rungs.count > 1 { bytes -= rungs.removeFirst().bytes }
  }

  /// Removes the rungs that are no longer useful when the cursor is at a position, and the lowest
  /// ones if all together cost too much.
  mutating func settle(at position: Int) {
    var bytes = 0
    rungs.removeAll { rung in
      let goes = !Self.keeps(rung.position, at: position)
      if !goes { bytes += rung.bytes }
      return goes
    }
    self.bytes = bytes
    dropLowest()
  }

  /// Drops the rungs after a position.
  mutating func truncate(after position: Int) { rungs.removeAll { $0.position > position } }

  /// The first rung after a position.
  private func index(after position: Int) -> Int {
    rungs.partitioningIndex { $0.position > position }
  }
}

/// A machine that is kept, in one word so that it is cheap to move.
final class MachineCopy: Sendable {
  let machine: Machine

  init(_ machine: Machine) { self.machine = machine }
}
