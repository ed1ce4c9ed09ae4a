@unsafe @preconcurrency import Glibc

/// A descriptor that one thread, or a signal handler, makes readable for another one that waits.
nonisolated struct WakePipe: Sendable {
  /// Readable when there is something to wake up for.
  let descriptor: Int32
  /// What is written to. Writing may be done in a signal handler.
  let source: Int32

  /// A pipe on which nothing is to be read; `nil` where the system gives none.
  init?() {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { return nil }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (descriptor, source) = (ends[0], ends[1])
  }

  /// Makes the descriptor readable. A full pipe is as good.
  func wake() { Self.wake(source) }

  /// The same by what is written to alone.
  static func wake(_ source: Int32) {
    var byte: UInt8 = 33
    _ = unsafe write(source, &byte, 1)
  }

  /// Makes it unreadable; whether it was readable.
  @discardableResult
  func drain() -> Bool {
    var bytes: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
    var wasReadable = false
    while unsafe read(descriptor, &bytes, bytes.count) > 0 { wasReadable = true }
    return wasReadable
  }

  /// Gives both ends back.
  func close() {
    _ = Glibc.close(descriptor)
    _ = Glibc.close(source)
  }
}
