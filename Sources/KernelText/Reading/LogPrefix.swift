/// The text before the kernel's words in a line of a log, as tools print it and people paste it.
///
///     > [    0.000000][    T0] words         dmesg, with the caller (CONFIG_PRINTK_CALLER); quoted
///     kern  :info  : [    0.000000] words    dmesg -x
///     [Mon Jan  1 00:00:00 2024] words       dmesg -T
///     2024-01-01T00:00:00,000000+00:00 words dmesg --time-format iso
///     <6>[    0.000000] words                dmesg -r, a serial console
///     6,0,0,-;words                          /dev/kmsg
///     Jul  5 12:00:37 host kernel: words     syslog, journalctl
///     2024-01-01T00:00:00+0000 host kern.info kernel: words
///
/// The pieces come in any order and number, so one reader removes them one after the other,
/// including blanks and mail quoting between them. Each looks at a bounded part of the line.
public struct LogPrefix {
  /// The kernel's words.
  public private(set) var message: Substring
  /// Whether there was anything before them other than blanks and quoting: a line without may be the
  /// rest of the one before.
  public private(set) var isMarked = false

  /// The maximum number of pieces that are removed.
  private static let pieceLimit = 12

  /// Reads the beginning of a line.
  public init(_ text: Substring) {
    message = text
    for _ in 0..<Self.pieceLimit {
      dropQuotes()
      guard takePiece() else { return }
      isMarked = true
    }
  }

  private mutating func takePiece() -> Bool {
    switch message.utf8.first {
    case nil: false
    case UInt8(ascii: "["): takeBracket()
    case UInt8(ascii: "<"): takeLevel()
    case (48...57)?: takeISOTime() || takeRecord() || takeTag()
    default: takeTag() || takeSyslogTime() || takeFacility()
    }
  }

  private mutating func dropQuotes() {
    message = Substring(message.utf8.drop { Self.isBlank($0) || $0 == UInt8(ascii: ">") })
  }

  /// Removes what a scan has passed; a scan that found nothing leaves the line unchanged.
  private mutating func take(_ scan: (inout ByteScan) -> Bool) -> Bool {
    var bytes = ByteScan(message.utf8)
    guard scan(&bytes) else { return false }
    message = Substring(bytes.rest)
    return true
  }

  // MARK: - The pieces

  /// `[    0.000000]`, `[    0.000000 <    0.000000>]`, `[    T0]`, `[Mon Jan  1 00:00:00 2024]`; not
  /// `[mem 0x...]` or `[Firmware Bug]`.
  private mutating func takeBracket() -> Bool {
    take { bytes in
      guard bytes.take("[") else { return false }
      bytes.dropBlanks()
      let inside = bytes.take(upTo: UInt8(ascii: "]"), within: 48)
      guard let inside, let first = inside.first, bytes.take("]") else { return false }
      if first == UInt8(ascii: "T") || first == UInt8(ascii: "C") {
        let number = inside.dropFirst()
        if !number.isEmpty, number.allSatisfy({ Self.isDigit($0) || Self.isBlank($0) }) {
          return true
        }
      }
      if Self.isDigit(first) || first == UInt8(ascii: "+") {
        return inside.allSatisfy {
          Self.isDigit($0) || Self.isBlank($0) || Self.clockMarks.contains($0)
        }
      }
      let word = Substring(inside.prefix(3))
      return inside.contains(UInt8(ascii: ":"))
        && (Self.months.contains(word) || Self.weekdays.contains(word))
    }
  }

  /// `<6>`.
  private mutating func takeLevel() -> Bool {
    take { $0.take("<") && (1...3).contains($0.takeDigits()) && $0.take(">") }
  }

  /// `kernel:`, `kernel[0]:`, `host kernel:`, `host kern.info kernel:`.
  private mutating func takeTag() -> Bool {
    take { bytes in
      for _ in 0..<3 {
        if Self.isKernelTag(bytes.takeWord()) { return true }
        bytes.dropBlanks()
      }
      return false
    }
  }

  private static func isKernelTag(_ word: Substring) -> Bool {
    guard word.hasPrefix("kernel"), word.hasSuffix(":") else { return false }
    let middle = word.dropFirst("kernel".count).dropLast()
    return middle.isEmpty || middle.hasPrefix("[") && middle.hasSuffix("]")
  }

  /// `Jul  5 12:00:37`, with a day of the week before it, a fraction or a year behind it.
  private mutating func takeSyslogTime() -> Bool {
    take { bytes in
      var word = bytes.takeWord()
      if Self.weekdays.contains(word) {
        bytes.dropBlanks()
        word = bytes.takeWord()
      }
      guard Self.months.contains(word) else { return false }
      bytes.dropBlanks()
      guard (1...2).contains(bytes.takeDigits()) else { return false }
      bytes.dropBlanks()
      guard Self.takeClock(&bytes) else { return false }
      _ = bytes.takeWord()
      var later = bytes
      later.dropBlanks()
      let isYear = later.takeDigits() == 4 && later.rest.first.map(Self.isBlank) ?? true
      if isYear { bytes = later }
      return true
    }
  }

  /// `2024-01-01T00:00:00`, and all that follows up to a blank.
  private mutating func takeISOTime() -> Bool {
    take { bytes in
      guard bytes.takeDigits() == 4, bytes.take("-"), bytes.takeDigits() == 2, bytes.take("-"),
        bytes.takeDigits() == 2, bytes.take("T") || bytes.take(" "), Self.takeClock(&bytes)
      else { return false }
      _ = bytes.takeWord()
      return true
    }
  }

  private static func takeClock(_ bytes: inout ByteScan) -> Bool {
    (1...2).contains(bytes.takeDigits()) && bytes.take(":") && bytes.takeDigits() == 2
      && bytes.take(":") && bytes.takeDigits() == 2
  }

  /// `kern  :info  :` or `kern.info:`, where the second colon may be missing.
  private mutating func takeFacility() -> Bool {
    take { bytes in
      guard Self.facilities.contains(bytes.takeLetters()) else { return false }
      bytes.dropBlanks()
      guard bytes.take(":") || bytes.take(".") else { return false }
      guard Self.levels.contains(bytes.takeLetters()) else { return false }
      bytes.dropBlanks()
      _ = bytes.take(":")
      return true
    }
  }

  /// `6,0,0,-;` or `6,0,0,-,caller=T1;`: level, sequence number, microseconds, flags.
  private mutating func takeRecord() -> Bool {
    take { bytes in
      for _ in 0..<3 {
        guard (1...20).contains(bytes.takeDigits()), bytes.take(",") else { return false }
      }
      return bytes.take(upTo: UInt8(ascii: ";"), within: 64) != nil && bytes.take(";")
    }
  }

  private static let clockMarks = Array("+-.:,<>TZ".utf8)
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ].map { Substring($0) }
  private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    .map { Substring($0) }
  private static let facilities = ["kern", "user", "daemon", "syslog"].map { Substring($0) }
  private static let levels = [
    "emerg", "alert", "crit", "err", "error", "warn", "warning", "notice", "info", "debug",
  ].map { Substring($0) }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
  private static func isBlank(_ byte: UInt8) -> Bool { byte == 32 || byte == 9 }
}

/// Goes over bytes from the left. Nothing looks further than a word of 64 bytes.
private struct ByteScan {
  private(set) var rest: Substring.UTF8View

  init(_ bytes: Substring.UTF8View) { rest = bytes }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }

  mutating func dropBlanks() { rest = rest.drop { $0 == 32 || $0 == 9 } }

  /// Skips digits, at most 20; returns their number.
  mutating func takeDigits() -> Int {
    let digits = rest.prefix(20).prefix { (48...57).contains($0) }
    let count = digits.count
    rest = rest.dropFirst(count)
    return count
  }

  mutating func takeLetters() -> Substring {
    let letters = rest.prefix(16).prefix { (97...122).contains($0) }
    rest = rest[letters.endIndex...]
    return Substring(letters)
  }

  /// Takes up to 64 bytes without a blank.
  mutating func takeWord() -> Substring {
    let word = rest.prefix(64).prefix { $0 != 32 && $0 != 9 }
    rest = rest[word.endIndex...]
    return Substring(word)
  }

  /// Skips the text before a byte that must come soon.
  mutating func take(upTo byte: UInt8, within limit: Int) -> Substring.UTF8View? {
    guard let end = rest.prefix(limit).firstIndex(of: byte) else { return nil }
    defer { rest = rest[end...] }
    return rest[..<end]
  }
}
