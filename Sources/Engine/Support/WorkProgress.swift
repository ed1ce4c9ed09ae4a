import Synchronization

/// How far long work has come, and whether it is to stop. The thread that works reports and asks,
/// another one looks and stops it.
///
/// Work that was stopped leaves unusable values: the one who stopped it drops them and goes
/// on with the copies from before.
public final class WorkProgress: Sendable {
  private let stopped = Atomic(false)
  private let done = Atomic<UInt64>(0)
  private let total = Atomic<UInt64>(0)

  /// Work that has not begun.
  public init() {}

  /// Whether the work is to stop.
  public var isStopped: Bool { stopped.load(ordering: .relaxed) }

  /// Asks the work to stop, at the next place where it looks.
  public func stop() { stopped.store(true, ordering: .relaxed) }

  /// Tells how far the part that is under way has come.
  ///
  /// - Parameters:
  ///   - done: what is done, in any unit.
  ///   - total: all there is to do, in the same unit; 0 if that is unknown.
  public func report(_ done: UInt64, of total: UInt64) {
    self.total.store(total, ordering: .relaxed)
    self.done.store(done, ordering: .relaxed)
  }

  /// How much of the part that is under way is done, from 0 to 100; `nil` if that is unknown.
  public var percentage: Int? {
    let total = total.load(ordering: .relaxed)
    guard total > 0 else { return nil }
    let done = min(done.load(ordering: .relaxed), total)
    return Int((Double(done) / Double(total) * 100).rounded(.down))
  }
}
