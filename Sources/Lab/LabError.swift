/// Why the machine under test cannot do what was asked of it.
public enum LabError: Error, Equatable, Sendable {
  /// A program that is needed is not there, or cannot be started; what the system says.
  case notStarted(program: String, reason: String)
  /// QEMU has ended; its last words.
  case ended(String)
  /// The guest did not come so far within the time that it has; what it was to do, and the last lines of
  /// its console.
  case tooSlow(what: String, seconds: Int, console: String)
  /// The guest's kernel has stopped; the last lines of its console.
  case stopped(console: String)
  /// What the other side of the debugger's protocol said is not what the protocol allows.
  case protocolBroken(String)
  /// The kernel has no such function or variable.
  case noSymbol(String)
  /// A file is not what it was taken for.
  case notAKernel(String)
  /// Frames that the kernel uses itself.
  case framesInUse(first: UInt64, pages: UInt64)
  /// The kernel has no memory left for what was asked.
  case noMemory(String)
  /// The system has no room for the guest's memory, or no descriptor; what it says.
  case system(what: String, reason: String)
  /// A line that no real kernel can be asked for.
  case notPossible(String)
  /// What the guest shows of itself cannot be read.
  case notUnderstood(String)
}

extension LabError: CustomStringConvertible {
  /// The reason and the way out, in one line.
  public var description: String {
    switch self {
    case .notStarted(let program, let reason):
      "\(program) cannot be started: \(reason); on Debian, apt-get install qemu-system-x86 "
        + "qemu-system-arm, or name it with --qemu"
    case .ended(let words):
      words.isEmpty ? "QEMU has ended" : "QEMU has ended: \(words)"
    case .tooSlow(let what, let seconds, let console):
      "\(what) took longer than \(seconds) s" + Self.lines(console)
    case .stopped(let console): "the guest's kernel has stopped" + Self.lines(console)
    case .protocolBroken(let what): "QEMU's debugger answers otherwise than expected: \(what)"
    case .noSymbol(let name): "this kernel has no \(name)"
    case .notAKernel(let reason): reason
    case .framesInUse(let first, let pages):
      "the kernel uses frames among \(pages) from pfn 0x\(String(first, radix: 16)) on; "
        + "choose pages that are free"
    case .noMemory(let what): "the kernel has no memory for \(what); give the guest more with --ram"
    case .system(let what, let reason): "\(what): \(reason)"
    case .notPossible(let reason): reason
    case .notUnderstood(let what): "the guest's \(what) cannot be read"
    }
  }

  private static func lines(_ console: String) -> String {
    console.isEmpty ? "" : "; its console ends: \(console)"
  }
}
