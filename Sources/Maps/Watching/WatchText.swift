public import Engine
import KernelText

/// What a recording of `directmap watch` says of the machine at its beginning.
public struct WatchedMachine: Equatable, Sendable {
  /// The kernel's release.
  public var release: String
  /// The architecture.
  public var architecture: Architecture
  /// Where the machine has its direct map and its page descriptors.
  public var addresses: TraceAddresses
  /// The frames that iomem calls System RAM.
  public var ram: [Range<PFN>]

  /// Creates a machine.
  public init(
    release: String, architecture: Architecture, addresses: TraceAddresses, ram: [Range<PFN>],
  ) {
    self.release = release
    self.architecture = architecture
    self.addresses = addresses
    self.ram = ram
  }
}

/// The text of a recording of `directmap watch`: a trace as the kernel prints it, whose comments hold the
/// machine, the leaves, the counters and the causes. docs/formats.md describes it.
///
/// A recording may end anywhere: each reading is one piece of text that is written at once.
public enum WatchText {
  /// The first line.
  public static let mark = "# directmap watch 1"

  /// The lines about the machine, with which a recording begins.
  public static func head(_ machine: WatchedMachine) -> String {
    var text = mark + "\n# kernel \(machine.release)\n"
    text +=
      "# machine \(machine.architecture.rawValue) page_offset=\(machine.addresses.pageOffset.hex)"
    text += " vmemmap=\(machine.addresses.vmemmap.hex)\n"
    for range in machine.ram {
      text += "# ram \(range.lowerBound.hex) \(range.upperBound.hex)\n"
    }
    return text
  }

  /// A reading.
  public static func text(_ reading: WatchReading) -> String {
    var text = "# reading \(WatchReading.seconds(reading.microseconds, digits: 6)) "
    text += (reading.isWhole ? "whole" : "changes") + "\n"
    if !reading.counters.values.isEmpty { text += "# counters \(reading.counters.noteText)\n" }
    for line in LeavesText.text(of: reading.leaves).split(separator: "\n") {
      text += "# \(line)\n"
    }
    for cause in reading.causes { text += line(cause) }
    return text + "# end\n"
  }

  private static func line(_ cause: WatchCause) -> String {
    var text = "# cause 1G=\(cause.split1G) 2M=\(cause.split2M) calls=\(cause.calls)"
    text += " pages=\(cause.pages) task=\(escaped(cause.task)) function=\(escaped(cause.function))"
    text += " owner=\(escaped(cause.owner))"
    return text + " stack=\(cause.stack.map(escaped).joined(separator: ";"))\n"
  }

  /// Blanks and the signs that the line itself uses, as `%20`.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for byte in text.utf8 {
      if byte > 32, byte < 127, byte != UInt8(ascii: "%"), byte != UInt8(ascii: ";") {
        result.append(Character(UnicodeScalar(byte)))
      } else {
        let digits = String(byte, radix: 16)
        result += "%" + (digits.count == 1 ? "0" : "") + digits
      }
    }
    return result
  }

  static func unescaped(_ text: some StringProtocol) -> String {
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%"), rest.count >= 2,
        let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      else {
        bytes.append(byte)
        continue
      }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
