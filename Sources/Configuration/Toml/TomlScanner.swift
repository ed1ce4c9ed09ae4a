/// Reads the pieces of a TOML file from its bytes, which must be UTF-8.
///
/// TOML 1.0 values that no setting needs (numbers with a point, dates) are skipped as one piece;
/// multi-line text and arrays of tables are refused.
struct TomlScanner {
  let bytes: [UInt8]
  /// The position of the next byte.
  var position = 0
  /// The line of that position, from 1.
  var line = 1

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  func error(_ reason: String, _ wayOut: String) -> TomlError {
    TomlError(line: line, reason: reason, wayOut: wayOut)
  }

  /// Skips a byte if it is the next one.
  mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  mutating func skipSpaces() {
    while let byte = next, byte == 0x20 || byte == 0x09 { position += 1 }
  }

  /// Skips spaces, a comment and the end of the line; false if something else follows.
  mutating func skipToNextLine() -> Bool {
    skipSpaces()
    if next == UInt8(ascii: "#") {
      while let byte = next, byte != 0x0a { _ = byte; position += 1 }
    }
    if next == 0x0d, position + 1 < bytes.count, bytes[position + 1] == 0x0a { position += 1 }
    guard let byte = next else { return true }
    guard byte == 0x0a else { return false }
    position += 1
    line += 1
    return true
  }

  /// Skips the rest of the line, whatever it contains.
  mutating func dropLine() {
    while let byte = next, byte != 0x0a { _ = byte; position += 1 }
    if next == 0x0a {
      position += 1
      line += 1
    }
  }

  /// Skips spaces, comments and ends of lines, which may appear inside an array.
  mutating func skipLines() {
    while next != nil {
      skipSpaces()
      guard next == UInt8(ascii: "#") || next == 0x0a || next == 0x0d else { return }
      let before = position
      guard skipToNextLine(), position > before else { return }
    }
  }

  // MARK: - Keys

  /// A dotted key: `screen.theme`, `themes."my own"`.
  mutating func path() throws(TomlError) -> [String] {
    var path: [String] = []
    repeat {
      skipSpaces()
      path.append(try key())
      skipSpaces()
    } while take(".")
    return path
  }

  private mutating func key() throws(TomlError) -> String {
    if next == UInt8(ascii: "\"") || next == UInt8(ascii: "'") { return try string() }
    let start = position
    while let byte = next, Self.isBare(byte) { position += 1 }
    guard position > start else {
      throw error("a name is missing", "write NAME = VALUE, or [TABLE]")
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  static func isBare(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
