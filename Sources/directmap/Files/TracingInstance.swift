@unsafe @preconcurrency import Glibc
import SystemPackage

/// What keeps the kernel from being traced, in one line with the way out.
nonisolated struct TracingLack: Error, CustomStringConvertible {
  let description: String
}

/// A tracing instance of this program's own, `instances/directmap`, with probes of the group `directmap`:
/// other users' traces and all other settings stay as they are. It is locked as long as it is open. One
/// that a killed run left is locked by nobody, and goes when the next one is made.
///
/// Source: Documentation/trace/ftrace.rst and kprobetrace.rst, 6.12.
nonisolated final class TracingInstance {
  /// The name of the instance, and of the group of its probes.
  static let name = "directmap"

  private let tracefs: String
  private var folder: String { "\(tracefs)/instances/\(Self.name)" }
  private var pipe: FileDescriptor?
  private var lock: FileDescriptor?
  /// Whether it is this one's to take away, and not another watch's.
  private var isOwn = false

  /// Makes the instance, defines probes and begins to trace.
  ///
  /// - Parameters:
  ///   - tracefs: where the file system is mounted; `nil` for the usual places.
  ///   - probes: their definitions, the first of which must work.
  ///   - mebibytes: the size of the buffer of all CPUs together.
  init(_ tracefs: String?, _ probes: [TraceProbe], mebibytes: Int) throws(TracingLack) {
    let places = tracefs.map { [$0] } ?? ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]
    guard let place = places.first(where: { Self.exists("\($0)/kprobe_events") }) else {
      if geteuid() != 0, tracefs == nil {
        throw TracingLack(
          description: "who changes what is not told: tracing is for root only; run this as root")
      }
      throw TracingLack(
        description: "who changes what is not told: tracefs is not mounted, or the kernel lacks "
          + "CONFIG_KPROBE_EVENTS; try `mount -t tracefs nodev /sys/kernel/tracing`")
    }
    self.tracefs = place
    if Self.exists(folder) {
      guard takeLock() else {
        throw TracingLack(
          description: "who changes what is not told: another directmap watch is tracing already")
      }
      isOwn = true
      remove()
    }
    isOwn = true
    do throws(Problem) {
      try begin(probes, mebibytes)
    } catch {
      remove()
      throw TracingLack(
        description: "who changes what is not told: \(error.path): \(error.words)")
    }
  }

  private struct Problem: Error {
    var path: String
    var number: Int32

    var words: String {
      switch number {
      case EPERM, EACCES: "no permission; run this as root, on a kernel that is not locked down"
      case ENOENT: "it does not exist on this kernel"
      default: "error \(number)"
      }
    }
  }

  private func begin(_ probes: [TraceProbe], _ mebibytes: Int) throws(Problem) {
    guard unsafe mkdir(folder, 0o700) == 0 else { throw Problem(path: folder, number: errno) }
    try put("0", "tracing_on")
    _ = takeLock()
    try? put("mono", "trace_clock")
    let cpus = max(1, Int(sysconf(Int32(_SC_NPROCESSORS_CONF))))
    try? put(String(max(256, mebibytes << 10 / cpus)), "buffer_size_kb")
    for (index, probe) in probes.enumerated() {
      guard try define(probe, isNeeded: index == 0) else { continue }
      let event = "events/\(Self.name)/\(probe.event)"
      if let filter = probe.filter { try? put(filter, "\(event)/filter") }
      if probe.hasStack { try? put("stacktrace", "\(event)/trigger") }
    }
    try put("1", "events/\(Self.name)/enable")
    for event in ["module_load", "module_free"] {
      try? put("1", "events/module/\(event)/enable")
    }
    let path = "\(folder)/trace_pipe"
    let file = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { throw Problem(path: path, number: errno) }
    pipe = FileDescriptor(rawValue: file)
    try put("1", "tracing_on")
  }

  /// Whether the kernel has taken a probe: some functions are not in every version.
  private func define(_ probe: TraceProbe, isNeeded: Bool) throws(Problem) -> Bool {
    var problem: Problem?
    for line in probe.definitions(Self.name) {
      do throws(Problem) {
        try Self.write(line, to: "\(tracefs)/kprobe_events", appends: true)
        return true
      } catch {
        problem = error
      }
    }
    if isNeeded, let problem { throw problem }
    return false
  }

  deinit { remove() }

  /// All that was traced since the last time.
  func drain() -> [UInt8] {
    guard let pipe else { return [] }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count < 256 << 20 {
      let count = unsafe piece.withUnsafeMutableBytes { unsafe (try? pipe.read(into: $0)) ?? 0 }
      if count <= 0 { break }
      bytes += piece[..<count]
    }
    return bytes
  }

  /// Writes a note into the trace.
  func mark(_ text: String) { try? put(text, "trace_marker") }

  /// Writes a note into the trace of the watch that is under way, from another process.
  static func mark(_ text: String, _ tracefs: String?) throws(TracingLack) {
    let places = tracefs.map { [$0] } ?? ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"]
    for place in places {
      let path = "\(place)/instances/\(name)/trace_marker"
      guard exists(path) else { continue }
      do throws(Problem) {
        return try write(text, to: path)
      } catch {
        throw TracingLack(description: "\(path): \(error.words)")
      }
    }
    throw TracingLack(description: "no directmap watch is tracing; begin one first")
  }

  /// Takes the instance and all probes of the group away, as far as they are there. Goes on where something
  /// fails.
  func remove() {
    guard isOwn else { return }
    try? pipe?.close()
    pipe = nil
    if Self.exists(folder) {
      try? put("0", "tracing_on")
      try? put("0", "events/enable")
      try? lock?.close()
      lock = nil
      unsafe rmdir(folder)
    }
    for event in ownEvents {
      try? Self.write("-:\(event)", to: "\(tracefs)/kprobe_events", appends: true)
    }
  }

  /// The probes of the group: `p:directmap/set_memory_ro set_memory_ro addr=...`.
  private var ownEvents: [String] {
    guard let text = try? CommandLine.text(ofFile: "\(tracefs)/kprobe_events") else { return [] }
    return text.split(separator: "\n").compactMap { line in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let event = line[line.index(after: colon)...].prefix { $0 != " " }
      return event.hasPrefix("\(Self.name)/") ? String(event) : nil
    }
  }

  private func takeLock() -> Bool {
    let file = unsafe open("\(folder)/tracing_on", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return true }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      close(file)
      return false
    }
    lock = FileDescriptor(rawValue: file)
    return true
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0
  }

  private func put(_ text: String, _ name: String) throws(Problem) {
    try Self.write(text, to: "\(folder)/\(name)")
  }

  /// Writes a setting. Never with truncation: opened so, kprobe_events forgets the probes of everybody.
  private static func write(
    _ text: String, to path: String, appends: Bool = false,
  ) throws(Problem) {
    let file = unsafe open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW | (appends ? O_APPEND : 0))
    guard file >= 0 else { throw Problem(path: path, number: errno) }
    let descriptor = FileDescriptor(rawValue: file)
    defer { try? descriptor.close() }
    do {
      try descriptor.writeAll((text + "\n").utf8)
    } catch {
      throw Problem(path: path, number: (error as? Errno)?.rawValue ?? EIO)
    }
  }
}
