import KernelText

extension Recording {
  /// Reads a recording from the bytes of its file.
  public init(reading bytes: some Sequence<UInt8>) throws(RecordingError) {
    do {
      var lines = LineStream(of: bytes)
      try lines.beginRecording()
      var stream = try RecordingStream(at: lines)
      var steps: [Step] = []
      while let step = try stream.next() { steps.append(step) }
      self.init(
        kernelName: stream.kernelName, machine: stream.machine, region: stream.region,
        steps: steps)
    } catch let error as RecordingError {
      throw error
    } catch {
      preconditionFailure("A text in memory can be read.")
    }
  }

  /// Whether bytes begin like a recording: with the brace of a JSON object, as no line of the
  /// scenario language does.
  public static func recognizes(_ bytes: some Sequence<UInt8>) -> Bool {
    let spaces: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]
    return bytes.first { !spaces.contains($0) } == UInt8(ascii: "{")
  }
}
