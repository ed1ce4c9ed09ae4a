import Engine
@unsafe @preconcurrency import Glibc
import Interface
import Screen
import Synchronization

/// A line on standard error that shows what a command does, its progress and what stops it. It appears
/// after a second, only if standard error is a terminal, and is erased before anything else is written.
nonisolated final class ProgressLine: Sendable {
  private struct State {
    /// The columns that the line takes; 0 where none is shown.
    var width = 0
    var hasEnded = false

    mutating func erase() {
      if width > 0 { CommandLine.eraseProgress(width) }
      width = 0
    }
  }

  private let words: String
  private let progress: WorkProgress
  private let start = ContinuousClock().now
  private let state = Mutex(State())

  /// The line of the command that runs.
  private static let current = Mutex<ProgressLine?>(nil)

  private init(_ words: String, _ progress: WorkProgress) {
    self.words = words
    self.progress = progress
  }

  /// Does work that may take long, with a line.
  ///
  /// - Parameters:
  ///   - words: what the command does, for the user.
  ///   - work: takes where it reports its progress; `nil` if no line is shown.
  static func during<Value>(
    _ words: String, _ work: (WorkProgress?) throws -> Value,
  ) rethrows -> Value {
    guard let line = begin(words) else { return try work(nil) }
    defer { line.end() }
    return try work(line.progress)
  }

  /// The same for asynchronous work.
  static func during<Value>(
    _ words: String, _ work: (WorkProgress?) async throws -> Value,
  ) async rethrows -> Value {
    guard let line = begin(words) else { return try await work(nil) }
    defer { line.end() }
    return try await work(line.progress)
  }

  /// Erases the line, so that something else can be written; it reappears within a second.
  static func erase() {
    current.withLock { $0 }?.state.withLock { $0.erase() }
  }

  private static func begin(_ words: String) -> ProgressLine? {
    guard CommandLine.isTold else { return nil }
    let line = ProgressLine(words, WorkProgress())
    current.withLock { $0 = line }
    _ = Worker().start {
      repeat { poll(nil, 0, 1000) } while line.show()
    }
    return line
  }

  private func end() {
    Self.current.withLock { $0 = nil }
    state.withLock {
      $0.erase()
      $0.hasEnded = true
    }
  }

  /// Redraws the line. Returns whether it is still wanted.
  private func show() -> Bool {
    var line = WorkLine(
      words: words.visibleLine, percentage: progress.percentage,
      seconds: Int(start.duration(to: ContinuousClock().now).components.seconds), key: "Ctrl-C")
    // A line that wraps could not be taken away.
    while TextWidth.columns(line.text) > 79, !line.words.isEmpty { line.words.removeLast() }
    return state.withLock { state in
      guard !state.hasEnded else { return false }
      state.erase()
      state.width = CommandLine.showProgress(line.text)
      return true
    }
  }
}
