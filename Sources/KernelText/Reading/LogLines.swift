/// A line of a kernel log: the original text, and the kernel's part of it.
struct LogLine {
  /// The line. If several were joined, it has the number of the first.
  let line: TextLine
  /// What the kernel said.
  var message: Substring { prefix.message }

  fileprivate let prefix: LogPrefix

  init(_ line: TextLine) {
    self.line = line
    prefix = LogPrefix(line.text)
  }
}

/// Joins log lines that mail programs have cut, in one pass with room for one line: soft line ends
/// of quoted-printable (`=`), and lines wrapped at a blank.
struct LogLines {
  private var open: LogLine?
  /// Whether the open line ended in `=`.
  private var isSoft = false
  /// Whether the open line was long enough to have been wrapped.
  private var isLong = false

  /// The minimum width at which mail programs wrap, and the longest line of quoted-printable.
  private static let wrapMin = 60
  private static let quotedPrintableMax = 76
  /// The longest line that is put together.
  private static let limit = 8192

  /// Takes the next line of the text; returns the previous one when it is known to be complete.
  mutating func add(_ line: TextLine) -> LogLine? {
    let length = line.text.utf8.count
    let endsSoft =
      line.text.utf8.last == UInt8(ascii: "=")
      && (Self.quotedPrintableMax - 3...Self.quotedPrintableMax).contains(length)
    let text = (endsSoft ? line.text.dropLast() : line.text).decodingEqualsSigns
    let next = LogLine(TextLine(number: line.number, text: text))
    defer {
      isSoft = endsSoft
      isLong = length >= Self.wrapMin
    }
    guard let before = open, !next.prefix.isMarked, before.line.text.utf8.count < Self.limit,
      isSoft || !next.message.isEmpty && before.goesOn(isLong: isLong)
    else {
      defer { open = next }
      return open
    }
    // An address range may be wrapped behind its hyphen.
    let start = isSoft ? before.line.text : before.line.text.trimmingBlanks
    let glue = isSoft || start.utf8.last == UInt8(ascii: "-") ? "" : " "
    let rest = isSoft ? text : next.message
    open = LogLine(
      TextLine(number: before.line.number, text: Substring(start + glue + rest)))
    return nil
  }

  /// The last line.
  mutating func finish() -> LogLine? {
    defer { open = nil }
    return open
  }
}

extension LogLine {
  /// What types of memory of more than one word begin with (`e820_print_type()`).
  private static let halves = [
    "ACPI", "System", "kernel", "kernel reserved", "device", "soft", "persistent", "type",
  ].map { Substring($0) }

  /// Whether the line lacks its end. If lines have time stamps, a line that could continue does, as
  /// the next has none.
  fileprivate func goesOn(isLong: Bool) -> Bool {
    if message.hasPrefix("Command line: ") || message.hasPrefix("Kernel command line: ") {
      return isLong && prefix.isMarked
    }
    guard let bracket = message.range(of: "[mem") else { return false }
    guard let end = message[bracket.upperBound...].firstIndex(of: "]") else { return true }
    let rest = message[message.index(after: end)...]
    if message.hasPrefix("e820: update ") {
      guard let arrow = rest.range(of: "==>") else { return true }
      return rest[arrow.upperBound...].trimmingBlanks.isEmpty
    }
    let type = rest.trimmingBlanks
    if message.hasPrefix("e820: remove ") { return type.isEmpty && prefix.isMarked }
    return DmesgReader.mapName(message) != nil && (type.isEmpty || Self.halves.contains(type))
  }
}

extension Substring {
  /// The text with `=` where quoted-printable has `=3D`.
  fileprivate var decodingEqualsSigns: Substring {
    guard utf8.contains(UInt8(ascii: "=")), range(of: "=3D") != nil else { return self }
    var text = ""
    var rest = self
    while let sign = rest.range(of: "=3D") {
      text += rest[..<sign.lowerBound] + "="
      rest = rest[sign.upperBound...]
    }
    return Substring(text + rest)
  }
}
