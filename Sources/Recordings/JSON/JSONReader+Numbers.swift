extension JSONReader {
  /// A number as its digits write it: `mantissa * 10^exponent`.
  struct Number {
    var isNegative = false
    /// The digits without a point.
    var digits: ArraySlice<UInt8> = []
    /// The digits behind the point.
    var fraction: ArraySlice<UInt8> = []
    /// What follows `e`, kept small enough to count with.
    var exponent = 0
  }

  /// A whole number that is not negative.
  @inline(__always)
  mutating func unsigned() throws(JSONError) -> UInt64 {
    skipBlanks()
    let first = position
    var index = first
    var value: UInt64 = 0
    while case let digit = bytes[index] &- UInt8(ascii: "0"), digit < 10 {
      value = value &* 10 &+ UInt64(digit)
      index += 1
    }
    let count = index - first
    let isPlain =
      count > 0 && count < 19 && (count == 1 || bytes[first] != UInt8(ascii: "0"))
      && bytes[index] != UInt8(ascii: ".") && bytes[index] | 0x20 != UInt8(ascii: "e")
    if isPlain {
      position = index
      return value
    }
    return try rareInteger()
  }

  /// A whole number.
  @inline(__always)
  mutating func signed() throws(JSONError) -> Int64 {
    skipBlanks()
    if byte == UInt8(ascii: "-") { return try rareInteger() }
    guard let value = Int64(exactly: try unsigned()) else { throw .doesNotFit }
    return value
  }

  /// A whole number in any form: long, negative, or with an exponent.
  @inline(never)
  private mutating func rareInteger<Value: FixedWidthInteger>() throws(JSONError) -> Value {
    guard byte == UInt8(ascii: "-") || byte &- UInt8(ascii: "0") < 10 else {
      throw .wrongType(at: position)
    }
    let number = try scanNumber()
    var digits = Array(number.digits) + Array(number.fraction)
    var exponent = number.exponent - number.fraction.count
    while digits.last == UInt8(ascii: "0") {
      digits.removeLast()
      exponent += 1
    }
    if digits.isEmpty { return 0 }
    guard exponent >= 0, exponent <= 20 else { throw .doesNotFit }
    digits += repeatElement(UInt8(ascii: "0"), count: exponent)
    let text = (number.isNegative ? "-" : "") + String(decoding: digits, as: UTF8.self)
    guard let value = Value(text) else { throw .doesNotFit }
    return value
  }

  /// Goes past a number.
  mutating func scanNumber() throws(JSONError) -> Number {
    var number = Number()
    if byte == UInt8(ascii: "-") {
      number.isNegative = true
      position += 1
    }
    number.digits = scanDigits()
    guard let first = number.digits.first,
      first != UInt8(ascii: "0") || number.digits.count == 1
    else { throw .syntax }
    if byte == UInt8(ascii: ".") {
      position += 1
      number.fraction = scanDigits()
      if number.fraction.isEmpty { throw .syntax }
    }
    if byte | 0x20 == UInt8(ascii: "e") {
      position += 1
      let isNegative = byte == UInt8(ascii: "-")
      if isNegative || byte == UInt8(ascii: "+") { position += 1 }
      let digits = scanDigits()
      if digits.isEmpty { throw .syntax }
      let value = digits.reduce(0) { min($0 * 10 + Int($1 - UInt8(ascii: "0")), 1 << 40) }
      number.exponent = isNegative ? -value : value
    }
    return number
  }

  private mutating func scanDigits() -> ArraySlice<UInt8> {
    let first = position
    while byte &- UInt8(ascii: "0") < 10 { position += 1 }
    return bytes[first..<position]
  }
}

extension UInt64: JSONReadable {
  init(from json: inout JSONReader) throws(JSONError) { self = try json.unsigned() }
}

extension Int64: JSONReadable {
  init(from json: inout JSONReader) throws(JSONError) { self = try json.signed() }
}

extension Int: JSONReadable {
  init(from json: inout JSONReader) throws(JSONError) { self = Int(try json.signed()) }
}

extension Int32: JSONReadable {
  init(from json: inout JSONReader) throws(JSONError) {
    guard let value = Int32(exactly: try json.signed()) else { throw .doesNotFit }
    self = value
  }
}
