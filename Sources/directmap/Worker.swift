import CLinux
@unsafe @preconcurrency import Glibc
import Synchronization

/// A thread that does one piece of work at a time, so that its owner can go on to read keys. Work gets
/// copies of values and gives values back; nothing that it changes can be seen elsewhere.
///
/// Work that is not wanted any more is left to itself: its result is dropped, and if it has not ended
/// when the next piece comes, another thread takes over.
///
/// ```swift
/// let worker = Worker()
/// let result = worker.start { model.updated() }
/// if worker.wait(for: result, milliseconds: 100) { use(result.take()) }
/// ```
nonisolated final class Worker {
  private var channel: Channel?
  private var current: (any Ending)?

  /// The descriptor that is readable when work has ended; -1 before the first.
  var descriptor: Int32 { channel?.ended.descriptor ?? -1 }

  /// Begins work. What was begun before is dropped.
  func start<Value: Sendable>(_ work: @escaping @Sendable () -> Value) -> Result<Value> {
    if let current, !current.hasEnded {
      channel?.abandon()
      channel = nil
    }
    let result = Result<Value>()
    current = result
    guard let channel = channel ?? Channel.open() else {
      // A system that gives no thread still does the work.
      result.put(work())
      return result
    }
    self.channel = channel
    channel.clear()
    channel.start { result.put(work()) }
    return result
  }

  /// Waits until work has ended, or this many milliseconds; whether it has ended.
  func wait<Value>(for result: Result<Value>, milliseconds: Int) -> Bool {
    let clock = ContinuousClock()
    let deadline = clock.now.advanced(by: .milliseconds(milliseconds))
    while !result.hasEnded {
      let left = clock.now.duration(to: deadline).milliseconds
      guard left > 0 else { return false }
      wait(forAny: [], milliseconds: left)
    }
    return true
  }

  /// Waits until work has ended, one of other descriptors is readable, or this many milliseconds.
  ///
  /// - Returns: which of the others are readable, by their places.
  @discardableResult
  func wait(forAny others: [Int32], milliseconds: Int) -> [Int] {
    var sources = ([descriptor] + others).map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
    let ready = unsafe poll(&sources, nfds_t(sources.count), Int32(clamping: milliseconds))
    guard ready > 0 else { return [] }
    if sources[0].revents != 0 { channel?.clear() }
    return others.indices.filter { sources[$0 + 1].revents != 0 }
  }

  /// Waits this many milliseconds.
  static func pause(milliseconds: Int) { _ = poll(nil, 0, Int32(clamping: milliseconds)) }

  /// What tells whether work has ended.
  private protocol Ending {
    var hasEnded: Bool { get }
  }

  /// What comes of work: nothing before it has ended.
  nonisolated final class Result<Value: Sendable>: Sendable, Ending {
    private struct State {
      var value: Value?
      var hasEnded = false
    }

    private let state = Mutex(State())

    /// Whether the work has ended.
    var hasEnded: Bool { state.withLock(\.hasEnded) }

    /// Takes the value, once.
    func take() -> Value? {
      state.withLock { state in
        defer { state.value = nil }
        return state.value
      }
    }

    fileprivate func put(_ value: Value) {
      state.withLock { $0 = State(value: value, hasEnded: true) }
    }
  }
}

/// What a worker and its thread share.
private nonisolated final class Channel: Sendable {
  private struct State {
    var work: (@Sendable () -> Void)?
    var isAbandoned = false
  }

  private let state = Mutex(State())
  /// Readable when there is something to do, and when something is done. The thread closes both.
  private let begun: WakePipe
  let ended: WakePipe

  private init(begun: WakePipe, ended: WakePipe) { (self.begun, self.ended) = (begun, ended) }

  /// A channel with its thread; `nil` where the system gives none.
  static func open() -> Channel? {
    // With a heap of its own each thread would keep the gigabytes of tables that it frees.
    memory_share_heap()
    guard let begun = WakePipe() else { return nil }
    guard let ended = WakePipe() else {
      begun.close()
      return nil
    }
    let channel = Channel(begun: begun, ended: ended)
    guard channel.runThread() else {
      begun.close()
      ended.close()
      return nil
    }
    return channel
  }

  /// Starts the thread, with the stack of the first one, and without signals, which are for that one.
  private func runThread() -> Bool {
    var attributes = pthread_attr_t()
    guard unsafe pthread_attr_init(&attributes) == 0 else { return false }
    defer { unsafe pthread_attr_destroy(&attributes) }
    unsafe pthread_attr_setstacksize(&attributes, 8 << 20)
    unsafe pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var blocked = sigset_t()
    var before = sigset_t()
    unsafe sigfillset(&blocked)
    for fault in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGFPE, SIGABRT] {
      unsafe sigdelset(&blocked, fault)
    }
    unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
    let own = unsafe Unmanaged.passRetained(self)
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, &attributes,
      { raw in
        if let raw = unsafe raw {
          unsafe Unmanaged<Channel>.fromOpaque(raw).takeRetainedValue().work()
        }
        return nil
      }, own.toOpaque())
    if status != 0 { unsafe own.release() }
    return status == 0
  }

  /// What the thread does.
  private func work() {
    while true {
      let (work, isAbandoned) = state.withLock { state in
        defer { state.work = nil }
        if state.isAbandoned {
          begun.close()
          ended.close()
        }
        return (state.work, state.isAbandoned)
      }
      if isAbandoned { return }
      if let work {
        work()
        state.withLock { if !$0.isAbandoned { ended.wake() } }
      } else {
        var source = pollfd(fd: begun.descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&source, 1, -1)
        begun.drain()
      }
    }
  }

  func start(_ work: @escaping @Sendable () -> Void) {
    state.withLock {
      $0.work = work
      begun.wake()
    }
  }

  /// Lets the thread end when its work has.
  func abandon() {
    state.withLock {
      $0.isAbandoned = true
      begun.wake()
    }
  }

  /// Forgets that work has ended.
  func clear() { ended.drain() }
}
