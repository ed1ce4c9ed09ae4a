import Engine

/// The texts from which a machine can be read.
public enum MachineText: Equatable, Sendable {
  /// `/proc/iomem`.
  case iomem
  /// A kernel log.
  case dmesg

  /// Which of them a text is, told by its first line that is typical of one; `nil` for others.
  public init?(recognising text: String) {
    for line in TextLine.lines(of: text) where !line.isBlank {
      let words = line.words
      if words.count >= 3, words[1] == ":", AddressRangeText(words[0]) != nil {
        self = .iomem
        return
      }
      if line.text.contains("-e820: [mem 0x") {
        self = .dmesg
        return
      }
    }
    return nil
  }
}

extension MachineDescription {
  /// The machine that a kernel text tells of: `/proc/iomem` or a log with e820 lines.
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
