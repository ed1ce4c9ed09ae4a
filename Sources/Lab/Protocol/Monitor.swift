/// QEMU's monitor, as far as it is needed: to keep the state of the machine's devices, and to go back to it.
///
/// Source: QEMU Machine Protocol Specification, docs/interop/qmp-spec.
final class Monitor {
  private let wire: Wire
  private var lines: [UInt8] = []
  private var isReady = false
  private let clock = ContinuousClock()

  /// Talks over a stream that QEMU has just got.
  init(_ wire: Wire) { self.wire = wire }

  /// Keeps the state of processors and devices under a name. The memory is not part of it: it is shared,
  /// and its owner keeps it.
  func save(_ name: String) throws(LabError) { try command("savevm \(name)") }

  /// Goes back to what was kept.
  func load(_ name: String) throws(LabError) { try command("loadvm \(name)") }

  /// Forgets what was kept.
  func remove(_ name: String) throws(LabError) { try command("delvm \(name)") }

  /// Takes what QEMU tells of itself, so that its messages do not pile up.
  func drain() {
    while let bytes = try? wire.read(milliseconds: 0), !bytes.isEmpty { continue }
  }

  /// Makes the monitor carry out a line that prints nothing if all went well.
  func command(_ line: String) throws(LabError) {
    if !isReady {
      try execute(#"{"execute":"qmp_capabilities"}"#)
      try execute(
        #"{"execute":"migrate-set-capabilities","arguments":{"capabilities":"#
          + #"[{"capability":"x-ignore-shared","state":true}]}}"#)
      isReady = true
    }
    let answer = try execute(
      #"{"execute":"human-monitor-command","arguments":{"command-line":"\#(line)"}}"#)
    guard answer.contains(#""return": """#) || answer.contains(#""return":"""#) else {
      throw .protocolBroken("\(line): \(answer.prefix(200))")
    }
  }

  /// The seconds that an answer may take: a snapshot writes all memory of the guest to disk.
  private static let patience = 300

  @discardableResult
  private func execute(_ command: String) throws(LabError) -> String {
    try wire.write(Array((command + "\n").utf8))
    let deadline = clock.now.advanced(by: .seconds(Self.patience))
    while clock.now < deadline {
      while let end = lines.firstIndex(of: 10) {
        let line = String(decoding: lines[..<end], as: UTF8.self)
        lines.removeSubrange(...end)
        if line.contains(#""error":"#) { throw .protocolBroken(String(line.prefix(200))) }
        // Greetings and events stand between the answers.
        if line.hasPrefix(#"{"return""#) { return line }
      }
      lines += try wire.read(milliseconds: 1000)
    }
    throw .protocolBroken("no answer within \(Self.patience) s to \(command.prefix(120))")
  }
}
