import Engine

/// Copies of the machine at some of its calls. What a copy costs is the tables that were written
/// since, so they are kept at a distance, which doubles whenever there are too many.
struct Keyframes: Sendable {
  private static let countMax = 64
  private var distance = 8
  private var frames: [(call: Int, machine: Machine)]

  init(_ start: Machine) { frames = [(0, start)] }

  /// The last frame that is not after a number of calls.
  func nearest(notAfter call: Int) -> (call: Int, machine: Machine) {
    var low = 0
    var high = frames.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if frames[middle].call <= call { low = middle } else { high = middle }
    }
    return frames[low]
  }

  /// Keeps the machine as it is after so many calls, if it stands at the right distance.
  mutating func offer(_ machine: Machine, at call: Int) {
    guard call % distance == 0 else { return }
    let index = frames.firstIndex { $0.call >= call } ?? frames.count
    if index < frames.count, frames[index].call == call { return }
    frames.insert((call, machine), at: index)
    if frames.count > Self.countMax {
      distance *= 2
      frames.removeAll { $0.call % distance != 0 }
    }
  }

  /// Forgets the frames after so many calls.
  mutating func truncate(after call: Int) { frames.removeAll { $0.call > call } }
}
