import Engine
@unsafe @preconcurrency import Glibc
import Interface
import Synchronization

/// Has lines answered by the worker: what takes long is told of on standard error, and Ctrl-C stops it.
final class PlainWork {
  private let worker = Worker()
  private let clock = ContinuousClock()
  /// Readable when Ctrl-C was pressed; `nil` where that ends the program.
  private var interrupts: WakePipe?
  private let stopsAtInterrupt: Bool
  private let tells: Bool

  /// How often it is told how far work is, in milliseconds.
  private static let interval = 5000

  /// - Parameter stopsAtInterrupt: whether Ctrl-C stops the work, and not the program.
  init(stopsAtInterrupt: Bool) {
    self.stopsAtInterrupt = stopsAtInterrupt
    tells = CommandLine.isTold
  }

  /// Does something, within which Ctrl-C stops what is under way and leaves the program alone.
  func watching<Value>(_ body: () throws(UserError) -> Value) throws(UserError) -> Value {
    guard stopsAtInterrupt else { return try body() }
    guard let pipe = WakePipe() else { return try body() }
    interrupts = pipe
    interruptSource.store(pipe.source, ordering: .relaxed)
    let before = signal(SIGINT) { _ in
      WakePipe.wake(interruptSource.load(ordering: .relaxed))
    }
    defer {
      // One that came as the work ended was meant for the work: it goes with the pipe.
      signal(SIGINT, before)
      pipe.close()
      interrupts = nil
    }
    return try body()
  }

  /// Changes a session on the worker's thread; `nil` where that was stopped, and the session is as it
  /// was.
  func run<Value: Sendable>(
    _ words: String, _ session: inout PlainSession,
    _ change: @escaping @Sendable (inout PlainSession, WorkProgress) -> Value,
  ) -> Value? {
    let progress = WorkProgress()
    let start = clock.now
    let result = worker.start { [session] in
      var session = session
      session.progress = progress
      let value = change(&session, progress)
      session.progress = nil
      return (session, value)
    }
    var next = Self.interval
    while !result.hasEnded {
      let elapsed = start.duration(to: clock.now).milliseconds
      let ready = worker.wait(
        forAny: [interrupts?.descriptor ?? -1], milliseconds: max(0, next - elapsed))
      if !ready.isEmpty, isInterrupted() {
        progress.stop()
        return nil
      }
      if start.duration(to: clock.now).milliseconds >= next {
        next += Self.interval
        if tells { tell(words, progress, start) }
      }
    }
    guard !isInterrupted(), let (changed, value) = result.take() else { return nil }
    session = changed
    return value
  }

  private func tell(_ words: String, _ progress: WorkProgress, _ start: ContinuousClock.Instant) {
    let line = WorkLine(
      words: words, percentage: progress.percentage,
      seconds: Int(start.duration(to: clock.now).components.seconds), key: "Ctrl-C")
    CommandLine.tell(stopsAtInterrupt ? line.text : "\(line.words): \(line.figures)")
  }

  /// Whether Ctrl-C was pressed since it was asked last.
  private func isInterrupted() -> Bool { interrupts?.drain() ?? false }
}

/// What the handler of SIGINT writes to. The handler may run at any place of the program.
private nonisolated let interruptSource = Atomic<Int32>(-1)
