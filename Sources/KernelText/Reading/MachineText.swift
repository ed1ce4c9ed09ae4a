import Engine

/// The texts from which a machine can be read.
public enum MachineText: Equatable, Sendable {
  /// `/proc/iomem`.
  case iomem
  /// A kernel log.
  case dmesg

  /// Which of them a text is, judged by its first line that is typical of one; `nil` for others.
  public init?(recognising text: String) {
    for line in TextLine.lines(of: text) where !line.isBlank {
      guard let kind = Self.kind(line) else { continue }
      self = kind
      return
    }
    return nil
  }

  /// The kind of text that a line is typical of; `nil` if it may occur in others too.
  public init?(recognisingLine text: String) {
    guard let kind = Self.kind(TextLine(number: 1, text: text[...])) else { return nil }
    self = kind
  }

  private static func kind(_ line: TextLine) -> MachineText? {
    let words = line.unquoted.words
    if words.count >= 3, words[1] == ":", AddressRangeText(words[0]) != nil { return .iomem }
    let message = LogPrefix(line.text).message
    let beginnings = [
      "BIOS-e820: ", "Xen: [mem 0x", "Linux version ", "Booting Linux on physical CPU ",
      "Early memory node ranges",
    ]
    return beginnings.contains { message.hasPrefix($0) } ? .dmesg : nil
  }
}

extension MachineDescription {
  /// The machine that a kernel text describes: `/proc/iomem` or a log with e820 lines.
  public init(
    kernelText text: String, named name: String, cpu: CPUFeatures = CPUFeatures(),
  ) throws(KernelTextError) {
    switch MachineText(recognising: text) {
    case .iomem: self = try IomemText(text).machine(named: name, cpu: cpu)
    case .dmesg: self = try DmesgText(text).machine(named: name, cpu: cpu)
    case nil: throw .unknownKind
    }
  }
}
