import KernelText

extension JSONReader {
  /// A string.
  mutating func string() throws(JSONError) -> String {
    skipBlanks()
    guard byte == UInt8(ascii: "\"") else { throw .wrongType(at: position) }
    let (range, decoded) = try scanString()
    return decoded ?? String(decoding: bytes[range], as: UTF8.self)
  }

  /// One of a few words; nil, and the reader does not move, if there is another value.
  @inline(__always)
  mutating func word<Word>(_ words: JSONKeys<Word>, _ guess: inout Int) -> Word? {
    skipBlanks()
    guard let (word, length) = words.find(in: bytes, at: position, &guess) else { return nil }
    position += length
    return word
  }

  /// The number that a string holds as `0x` and at most 16 hexadecimal digits; nil, and the reader
  /// stays where it is, if another value stands there.
  @inline(__always)
  mutating func hexadecimal() -> UInt64? {
    skipBlanks()
    var index = position
    for expected in [UInt8(ascii: "\""), UInt8(ascii: "0"), UInt8(ascii: "x")] {
      guard bytes[index] == expected else { return nil }
      index += 1
    }
    let first = index
    var value: UInt64 = 0
    while true {
      let byte = bytes[index]
      let digit: UInt8
      if byte &- UInt8(ascii: "0") < 10 {
        digit = byte &- UInt8(ascii: "0")
      } else if (byte | 0x20) &- UInt8(ascii: "a") < 6 {
        digit = (byte | 0x20) &- UInt8(ascii: "a") &+ 10
      } else {
        break
      }
      value = value << 4 | UInt64(digit)
      index += 1
    }
    guard bytes[index] == UInt8(ascii: "\""), (1...16).contains(index - first) else { return nil }
    position = index + 1
    return value
  }

  /// Goes past a string.
  ///
  /// - Returns: the bytes between its quotes, and its text where that is not what these bytes say.
  mutating func scanString() throws(JSONError) -> (bytes: Range<Int>, decoded: String?) {
    let first = position + 1
    var index = first
    var isPlain = true
    var all: UInt8 = 0
    while true {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") { break }
      all |= byte
      if byte == UInt8(ascii: "\\") {
        isPlain = false
        index += 1
      }
      // A line feed is one of these, so this ends before the text does.
      guard bytes[index] >= 0x20 else {
        position = index
        throw .syntax
      }
      index += 1
    }
    position = index + 1
    if isPlain && all < 0x80 { return (first..<index, nil) }
    return (first..<index, try decoded(first..<index))
  }

  /// The text of a string with escapes, or with more than ASCII.
  private func decoded(_ range: Range<Int>) throws(JSONError) -> String {
    var utf8: [UInt8] = []
    utf8.reserveCapacity(range.count)
    var rest = bytes[range]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\") else {
        utf8.append(byte)
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "\""): utf8.append(UInt8(ascii: "\""))
      case UInt8(ascii: "\\"): utf8.append(UInt8(ascii: "\\"))
      case UInt8(ascii: "/"): utf8.append(UInt8(ascii: "/"))
      case UInt8(ascii: "b"): utf8.append(0x08)
      case UInt8(ascii: "f"): utf8.append(0x0c)
      case UInt8(ascii: "n"): utf8.append(0x0a)
      case UInt8(ascii: "r"): utf8.append(0x0d)
      case UInt8(ascii: "t"): utf8.append(0x09)
      case UInt8(ascii: "u"): utf8 += Character(try Self.scalar(&rest)).utf8
      default: throw .syntax
      }
    }
    guard let text = String(validating: utf8, as: UTF8.self) else { throw .syntax }
    return text
  }

  /// The character of `\u` and four digits, or of two such for one beyond 16 bits.
  private static func scalar(_ rest: inout ArraySlice<UInt8>) throws(JSONError) -> Unicode.Scalar {
    var code = try unit(&rest)
    if 0xd800..<0xdc00 ~= code {
      guard rest.popFirst() == UInt8(ascii: "\\"), rest.popFirst() == UInt8(ascii: "u"),
        case let low = try unit(&rest), 0xdc00..<0xe000 ~= low
      else { throw .syntax }
      code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw .syntax }
    return scalar
  }

  private static func unit(_ rest: inout ArraySlice<UInt8>) throws(JSONError) -> UInt32 {
    guard let value = UInt64(hex: String(decoding: rest.prefix(4), as: UTF8.self)),
      rest.count >= 4, rest.prefix(2) != [UInt8(ascii: "0"), UInt8(ascii: "x")]
    else { throw .syntax }
    rest = rest.dropFirst(4)
    return UInt32(value)
  }
}

extension String: JSONReadable {
  init(from json: inout JSONReader) throws(JSONError) { self = try json.string() }
}
