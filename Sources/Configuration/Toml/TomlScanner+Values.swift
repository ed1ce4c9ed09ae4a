extension TomlScanner {
  /// The maximum nesting depth of arrays and inline tables.
  private static let depthLimit = 16

  /// Reads a value.
  mutating func value(depth: Int = 0) throws(TomlError) -> TomlValue {
    guard depth < Self.depthLimit else {
      throw error("too many lists inside each other", "write one list")
    }
    switch next {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try string())
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "{"): return .table(try table(depth: depth))
    case nil, 0x0a, 0x0d, UInt8(ascii: "#"):
      throw error("a value is missing", "write one after the equals sign")
    default: return try word()
    }
  }

  /// A number, true or false; anything else most likely lacks its quotes.
  private mutating func word() throws(TomlError) -> TomlValue {
    let start = position
    while let byte = next, Self.isBare(byte) || "+.:".utf8.contains(byte) { position += 1 }
    guard position > start else {
      throw error("a value cannot begin with \(here)", "put a text in quotes")
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    switch text {
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    default: break
    }
    guard
      let first = text.utf8.first(where: { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }),
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    else {
      if ["inf", "nan"].contains(text.filter { $0.isLetter }) { return .other(text) }
      throw error("\(text) is no value", "put a text in quotes: \(TomlValue.quoted(text))")
    }
    if let number = Self.integer(text) { return .integer(number) }
    guard text.contains(".") || text.contains(":") || text.contains("-") || text.contains("e")
    else {
      throw error("\(text) is no number", "give one that fits, or put a text in quotes")
    }
    return .other(text)
  }

  /// A whole number in base 10, 16, 8 or 2, with underscores between its digits.
  private static func integer(_ text: String) -> Int? {
    guard !text.hasSuffix("_"), !text.hasPrefix("_"), !text.contains("__") else { return nil }
    let digits = text.filter { $0 != "_" }
    for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where digits.hasPrefix(prefix) {
      let rest = digits.dropFirst(2)
      return rest.allSatisfy(\.isHexDigit) ? Int(rest, radix: radix) : nil
    }
    let unsigned = digits.drop { $0 == "-" || $0 == "+" }
    if unsigned.count > 1, unsigned.first == "0" { return nil }
    return Int(digits)
  }

  private mutating func array(depth: Int) throws(TomlError) -> [TomlValue] {
    position += 1
    var values: [TomlValue] = []
    while true {
      skipLines()
      if take("]") { return values }
      guard next != nil else { throw error("a list has no end", "put a ] after it") }
      values.append(try value(depth: depth + 1))
      skipLines()
      if take(",") { continue }
      guard take("]") else {
        throw error(
          "a list continues with \(here)", "put commas between its values, a ] after them")
      }
      return values
    }
  }

  private mutating func table(
    depth: Int,
  ) throws(TomlError) -> [(path: [String], value: TomlValue)] {
    position += 1
    var entries: [(path: [String], value: TomlValue)] = []
    skipSpaces()
    if take("}") { return entries }
    while true {
      let path = try path()
      guard take("=") else { throw error("an = is missing after a name", "write NAME = VALUE") }
      skipSpaces()
      entries.append((path, try value(depth: depth + 1)))
      skipSpaces()
      if take(",") { continue }
      guard take("}") else {
        throw error(
          "a table continues with \(here)",
          "put commas between its values, a } after them, in one line")
      }
      return entries
    }
  }

  /// The next character, for an error.
  private var here: String {
    guard let byte = next, byte != 0x0a, byte != 0x0d else { return "the end of the line" }
    guard byte >= 0x20, byte != 0x7f else { return "a control character" }
    let character = String(decoding: bytes[position...].prefix(4), as: UTF8.self).prefix(1)
    return "'\(character)'"
  }

  // MARK: - Text

  /// A text in quotes, in one line.
  mutating func string() throws(TomlError) -> String {
    let quote = bytes[position]
    position += 1
    if bytes[position...].starts(with: [quote, quote]) {
      throw error("a text over several lines is not read", "write it in one line")
    }
    var text: [UInt8] = []
    while let byte = next, byte != 0x0a {
      position += 1
      if byte == quote { return String(decoding: text, as: UTF8.self) }
      if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
        text += Array(String(Character(try escaped())).utf8)
        continue
      }
      guard byte >= 0x20 && byte != 0x7f || byte == 0x09 else {
        throw error("a text holds a control character", "write it as \\u and four digits")
      }
      text.append(byte)
    }
    throw error("a text has no end", "put \(Character(Unicode.Scalar(quote))) behind it")
  }

  private mutating func escaped() throws(TomlError) -> Unicode.Scalar {
    guard let byte = next, byte != 0x0a else {
      throw error("a text ends in a backslash", "write two for one")
    }
    position += 1
    switch byte {
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "e"): return "\u{1b}"
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): return Unicode.Scalar(byte)
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let count = byte == UInt8(ascii: "u") ? 4 : 8
      let digits = String(decoding: bytes[position...].prefix(count), as: UTF8.self)
      guard digits.utf8.count == count, digits.allSatisfy(\.isHexDigit),
        let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value)
      else {
        throw error("a \\u names no character", "give four digits after it, or eight to \\U")
      }
      position += count
      return scalar
    default: throw error("a backslash stands before an ordinary character", "write two for one")
    }
  }
}
