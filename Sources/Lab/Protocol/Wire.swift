import CLinux
@unsafe @preconcurrency import Glibc

/// A stream of bytes to another process, with a limit of time on every wait. It is closed when nobody
/// has it any more.
final class Wire {
  /// The descriptor.
  let descriptor: Int32
  private var isOpen = true

  /// Takes over a descriptor of a socket.
  init(_ descriptor: Int32) { self.descriptor = descriptor }

  deinit { close() }

  /// Closes it before its time: then the other side sees its end.
  func close() {
    if isOpen { descriptor_close(descriptor) }
    isOpen = false
  }

  /// Two ends of one stream; the second is for another process and is to be closed here.
  static func pair() throws(LabError) -> (own: Wire, other: Wire) {
    var ends: [Int32] = [-1, -1]
    let result = unsafe socket_pair(&ends)
    guard result == 0 else { throw .system(what: "no socket", reason: reason(-result)) }
    return (Wire(ends[0]), Wire(ends[1]))
  }

  /// Writes bytes within ten seconds.
  func write(_ bytes: [UInt8]) throws(LabError) {
    let result = unsafe socket_write(descriptor, bytes, bytes.count, 10_000)
    guard result == 0 else { throw .ended(Wire.reason(-result)) }
  }

  /// What has come; empty if nothing came within this many milliseconds.
  func read(milliseconds: Int) throws(LabError) -> [UInt8] {
    var failed: Int = 0
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
      let result = unsafe socket_read(
        descriptor, buffer.baseAddress, buffer.count, Int32(clamping: max(0, milliseconds)))
      count = max(0, result)
      failed = result
    }
    // What was not read yet when the other side went makes a reset of its end.
    if failed == 0 || failed == -Int(ECONNRESET) { throw .ended("") }
    if failed < 0, failed != -Int(ETIMEDOUT) { throw .ended(Wire.reason(Int32(-failed))) }
    return bytes
  }

  /// What the system calls an error.
  static func reason(_ number: Int32) -> String { unsafe String(cString: strerror(number)) }
}
