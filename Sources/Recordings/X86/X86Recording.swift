import KernelText

/// A recording of an x86-64 kernel that is one text: zaps, or what a probe module did.
public enum X86Recording: Sendable {
  /// What a process that unmaps memory made the kernel do.
  case zaps(ZapRecording)
  /// What a probe module called and saw.
  case probe(ProbeRecording)

  /// Whether a text begins as such a recording does: with the kernel's release and command line, then
  /// commands or zaps.
  ///
  /// - Parameter beginning: the first lines, 1 KiB or more where there are as many.
  public static func recognizes(_ beginning: some StringProtocol) -> Bool {
    let text = Substring(beginning)
    guard let release = text.after("# "), release.first?.isNumber == true else { return false }
    return ZapRecording.recognizes(text) || ProbeRecording.recognizes(text)
  }

  /// Whether a line is a zap as an object, as `zap.jsonl` has them.
  public static func recognizes(line: some Sequence<UInt8>) -> Bool {
    line.starts(with: "{\"kind\": \"".utf8)
  }

  /// Reads a text.
  public init(_ text: String) throws(X86RecordingError) {
    self =
      ZapRecording.recognizes(text[...])
      ? .zaps(try ZapRecording(text)) : .probe(try ProbeRecording(text))
  }

  /// Reads zaps that are objects, one a line.
  ///
  /// - Parameter release: the kernel's release, which the lines do not tell, perhaps with its command
  ///   line.
  public init(zapLines lines: String, release: String) throws(X86RecordingError) {
    self = .zaps(try ZapRecording(lines: lines, release: release))
  }

  /// Makes here what was done and compares.
  public func check() throws(X86RecordingError) -> RecordingCheck {
    switch self {
    case .zaps(let recording): try recording.check()
    case .probe(let recording): try recording.check()
    }
  }
}
