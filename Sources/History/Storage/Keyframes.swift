import Engine

/// Copies of the machine at some calls of a branch, as starting points.
///
/// A copy costs the tables and page records that were written since the previous one, and saves the
/// work of making all calls again. So copies are spaced by equal amounts of work, measured in
/// events, and the spacing grows whenever all copies of a history together are too large.
struct Keyframes: Sendable {
  /// A machine after a number of calls.
  struct Frame: Sendable {
    /// The number of calls that were made.
    var call: Int
    /// The machine after them.
    var machine: Machine
    /// The number of events of the branch up to here.
    var work: UInt64
    /// The approximate bytes that the frame adds to the previous one.
    var bytes: Int
  }

  /// The frames by rising number of calls; the first is at the start of the branch.
  private(set) var frames: [Frame]
  /// The number of events of all calls so far.
  private var work: UInt64 = 0

  init(_ start: Machine, at call: Int) {
    frames = [Frame(call: call, machine: start, work: 0, bytes: 0)]
  }

  /// The bytes of the frames.
  var bytes: Int { frames.reduce(0) { $0 + $1.bytes } }

  /// The last frame that is not after `call` calls; `nil` if the branch begins later.
  func nearest(notAfter call: Int) -> Frame? {
    let index = frames.partitioningIndex { $0.call > call }
    return index > 0 ? frames[index - 1] : nil
  }

  /// Keeps the machine after `call` calls, if enough was done since the last frame. Returns the
  /// bytes that this costs.
  mutating func offer(
    _ machine: Machine, at call: Int, events: UInt32, distance: UInt64,
  ) -> Int {
    // A call without events takes time too.
    work += UInt64(events) + 8
    guard let last = frames.last, work - last.work >= distance else { return 0 }
    let bytes = machine.bytesApart(from: last.machine)
    frames.append(Frame(call: call, machine: machine, work: work, bytes: bytes))
    return bytes
  }

  /// Drops frames that are too near to the previous one.
  mutating func thin(to distance: UInt64) {
    var kept = [frames[0]]
    for frame in frames.dropFirst() {
      guard let last = kept.last, frame.work - last.work >= distance else { continue }
      var frame = frame
      frame.bytes = frame.machine.bytesApart(from: last.machine)
      kept.append(frame)
    }
    frames = kept
  }
}
