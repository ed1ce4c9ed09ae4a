import Foundation
public import Testing

/// Threads for tests that mostly wait for other programs. On the threads of the tests that compute, of
/// which there is one a core, each of them would keep a core idle.
public final class WaitingThreads: TaskExecutor {
  /// For programs in a terminal and on the command line, which wait as well most of the time.
  static let programs = WaitingThreads(count: 4)
  /// For machines in QEMU, each of which keeps a core busy: few, so that none is starved.
  static let guests = WaitingThreads(count: 2)

  private let jobs = NSCondition()
  private nonisolated(unsafe) var waiting: [UnownedJob] = []

  init(count: Int) {
    for _ in 0..<count {
      let thread = Thread { [self] in while true { perform(next()) } }
      // That of a program's main thread.
      thread.stackSize = 8 << 20
      thread.start()
    }
  }

  /// Takes a part of a test.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { unsafe waiting.append(job) }
    jobs.signal()
  }

  private func next() -> UnownedJob {
    jobs.withLock {
      while unsafe waiting.isEmpty { jobs.wait() }
      return unsafe waiting.removeFirst()
    }
  }

  private func perform(_ job: UnownedJob) {
    unsafe job.runSynchronously(on: asUnownedTaskExecutor())
  }
}

/// A trait of suites whose tests wait for other programs: they run beside those that compute.
public struct Waiting: SuiteTrait, TestScoping {
  fileprivate var threads: WaitingThreads

  /// Runs the tests of a suite on threads of their own.
  public func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void,
  ) async throws {
    try await withTaskExecutorPreference(threads) { try await function() }
  }
}

extension Trait where Self == Waiting {
  /// Its tests wait for programs.
  public static var waitsForPrograms: Self { Self(threads: .programs) }
  /// Its tests wait for machines in QEMU.
  public static var waitsForGuests: Self { Self(threads: .guests) }
}
