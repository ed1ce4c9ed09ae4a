import Interface
import Synchronization

/// A watch on a thread of its own, for a screen that reads keys meanwhile.
nonisolated final class WatchFeed: Sendable {
  private let queue = Queue()
  private let news: WakePipe?
  private let end: WakePipe?
  private let result: Worker.Result<Bool>

  /// What was seen and not taken yet.
  private final class Queue: Sendable {
    let list = Mutex<[Sighting]>([])
  }

  /// Begins to watch.
  init(_ run: WatchRun) {
    let (queue, news, end) = (queue, WakePipe(), WakePipe())
    (self.news, self.end) = (news, end)
    result = Worker().start {
      let isWhole: Void? = try? run.run(stopAt: end?.descriptor ?? -1) { told in
        guard let sighting = told.sighting else { return }
        queue.list.withLock { $0.append(sighting) }
        news?.wake()
      }
      return isWhole != nil
    }
  }

  /// The descriptor that is readable when something was seen; -1 if the system gives none.
  var descriptor: Int32 { news?.descriptor ?? -1 }

  /// What was seen since the last time.
  func take() -> [Sighting] {
    news?.drain()
    return queue.list.withLock { list in
      defer { list = [] }
      return list
    }
  }

  /// Whether the watch has ended, as after a signal.
  var hasEnded: Bool { result.hasEnded }

  /// Ends the watch, and waits until what it made in the kernel is gone.
  func stop() {
    end?.wake()
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: .seconds(10))
    while !hasEnded, clock.now < deadline { Worker.pause(milliseconds: 10) }
  }
}
