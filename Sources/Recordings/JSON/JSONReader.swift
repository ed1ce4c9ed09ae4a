/// What is wrong with a JSON text, or with a value in it.
enum JSONError: Error, Equatable {
  /// The text is not JSON.
  case syntax
  /// The value that begins at a byte has the wrong type, or there is none.
  case wrongType(at: Int)
  /// A number is not whole, or does not fit into its type.
  case doesNotFit
  /// An object lacks a key.
  case missing(String)
  /// A value is invalid, for this reason.
  case meaningless(String)
}

/// What is read of a JSON text.
protocol JSONReadable {
  /// Reads a value, which begins where the reader stands.
  init(from json: inout JSONReader) throws(JSONError)
}

/// Reads a JSON text (RFC 8259) that is one line, in place in a buffer: nothing is copied except
/// requested strings.
///
/// Values are requested in the order in which they occur. Everything that is passed is checked,
/// requested or not.
struct JSONReader {
  /// An object or array that is being read.
  struct Container {
    fileprivate var isBegun = false
    fileprivate var guess = 0
    fileprivate var seen: UInt64 = 0
  }

  /// The maximum nesting depth of arrays and objects.
  static let depthLimit = 512

  /// A line feed follows the text, so that no token needs a look at where the text ends.
  let bytes: [UInt8]
  let text: Range<Int>
  var position: Int
  private var depth = 0
  /// The total number of frames in the lists of frames that were read.
  var frames: Int64 = 0

  /// Creates a reader of the part of a buffer; the byte behind it is a line feed.
  init(_ bytes: [UInt8], _ text: Range<Int>) {
    precondition(bytes[text.upperBound] == UInt8(ascii: "\n"), "A line feed ends the text.")
    self.bytes = bytes
    self.text = text
    position = text.lowerBound
  }

  /// The byte at the reader's position: a line feed at the end.
  @inline(__always) var byte: UInt8 { bytes[position] }

  @inline(__always) mutating func skipBlanks() {
    while byte == 0x20 || byte == 0x09 || byte == 0x0d { position += 1 }
  }

  /// Checks that only blanks follow.
  mutating func finish() throws(JSONError) {
    skipBlanks()
    guard position == text.upperBound else { throw .syntax }
  }

  // MARK: Objects and arrays

  mutating func beginObject() throws(JSONError) -> Container {
    try begin(UInt8(ascii: "{"))
  }

  mutating func beginArray() throws(JSONError) -> Container {
    try begin(UInt8(ascii: "["))
  }

  private mutating func begin(_ bracket: UInt8) throws(JSONError) -> Container {
    skipBlanks()
    guard byte == bracket else { throw .wrongType(at: position) }
    guard depth < Self.depthLimit else { throw .syntax }
    depth += 1
    position += 1
    return Container()
  }

  /// Goes to the next element of an array, or past its end.
  ///
  /// - Returns: whether there is one.
  @inline(__always)
  mutating func next(in array: inout Container) throws(JSONError) -> Bool {
    try next(in: &array, UInt8(ascii: "]"))
  }

  /// Goes to the next member of an object or array, or past its end.
  @inline(__always)
  private mutating func next(
    in container: inout Container, _ end: UInt8,
  ) throws(JSONError) -> Bool {
    skipBlanks()
    if byte == end {
      position += 1
      depth -= 1
      return false
    }
    if container.isBegun {
      guard byte == UInt8(ascii: ",") else { throw .syntax }
      position += 1
      skipBlanks()
    }
    container.isBegun = true
    return true
  }

  /// Goes to the next element of an array, which must exist.
  mutating func needNext(in array: inout Container) throws(JSONError) {
    guard try next(in: &array) else { throw .wrongType(at: position - 1) }
  }

  /// Goes past the elements of an array that are left, and its end.
  mutating func end(_ array: inout Container) throws(JSONError) {
    while try next(in: &array) { try skip() }
  }

  /// Goes to the value of the next known key, or past the end of the object, which must have had all
  /// the keys that it needs. If a key occurs twice the first one counts.
  @inline(__always)
  mutating func nextKey<Key>(
    _ keys: JSONKeys<Key>, in object: inout Container,
  ) throws(JSONError) -> Key? {
    while try next(in: &object, UInt8(ascii: "}")) {
      let found: Key?
      if let (key, length) = keys.find(in: bytes, at: position, &object.guess) {
        position += length
        found = key
      } else {
        found = try rareKey(keys, in: &object)
      }
      try endKey()
      if let found {
        let bit: UInt64 = 1 << UInt64(object.guess)
        object.guess += 1
        if object.seen & bit == 0 {
          object.seen |= bit
          return found
        }
      }
      try skip()
    }
    if let missing = keys.missing(from: object.seen) { throw .missing(missing.rawValue) }
    return nil
  }

  /// A key that is not known, or is written with escapes.
  @inline(never)
  private mutating func rareKey<Key>(
    _ keys: JSONKeys<Key>, in object: inout Container,
  ) throws(JSONError) -> Key? {
    guard byte == UInt8(ascii: "\"") else { throw .syntax }
    guard let name = try scanString().decoded, let found = keys.find(name) else { return nil }
    object.guess = found.index
    return found.key
  }

  @inline(__always)
  private mutating func endKey() throws(JSONError) {
    skipBlanks()
    guard byte == UInt8(ascii: ":") else { throw .syntax }
    position += 1
  }

  /// Goes to the next value of an object with any keys.
  mutating func nextName(in object: inout Container) throws(JSONError) -> String? {
    guard try next(in: &object, UInt8(ascii: "}")) else { return nil }
    guard byte == UInt8(ascii: "\"") else { throw .syntax }
    let name = try string()
    try endKey()
    return name
  }

  // MARK: Values without a need

  /// Skips a value of any kind.
  mutating func skip() throws(JSONError) {
    skipBlanks()
    switch byte {
    case UInt8(ascii: "\""): _ = try scanString()
    case UInt8(ascii: "{"):
      var object = try beginObject()
      while try next(in: &object, UInt8(ascii: "}")) {
        guard byte == UInt8(ascii: "\"") else { throw .syntax }
        _ = try scanString()
        try endKey()
        try skip()
      }
    case UInt8(ascii: "["):
      var array = try beginArray()
      while try next(in: &array) { try skip() }
    case UInt8(ascii: "t"): try take("true")
    case UInt8(ascii: "f"): try take("false")
    case UInt8(ascii: "n"): try take("null")
    default: _ = try scanNumber()
    }
  }

  private mutating func take(_ word: StaticString) throws(JSONError) {
    guard takes(word) else { throw .syntax }
  }

  /// Goes past a word if it stands there.
  private mutating func takes(_ word: StaticString) -> Bool {
    let count = word.utf8CodeUnitCount
    // A line feed is in no word, so this ends before the text does.
    for index in 0..<count where unsafe bytes[position + index] != word.utf8Start[index] {
      if position + index == text.upperBound { position = text.upperBound }
      return false
    }
    position += count
    return true
  }

  // MARK: Values

  /// A value, or nil for `null`.
  mutating func optional<Value: JSONReadable>(
    _ type: Value.Type = Value.self,
  ) throws(JSONError) -> Value? {
    skipBlanks()
    if byte == UInt8(ascii: "n"), takes("null") { return nil }
    return try Value(from: &self)
  }

  mutating func bool() throws(JSONError) -> Bool {
    skipBlanks()
    switch byte {
    case UInt8(ascii: "t"): try take("true")
    case UInt8(ascii: "f"):
      try take("false")
      return false
    default: throw .wrongType(at: position)
    }
    return true
  }

  /// What was read since a place, for an error.
  func excerpt(from start: Int) -> String {
    String(decoding: bytes[start..<position].prefix(60), as: UTF8.self)
  }

  /// What was read of a key that must be there.
  func need<Value, Key: RawRepresentable<String>>(
    _ value: Value?, _ key: Key,
  ) throws(JSONError) -> Value {
    guard let value else { throw .missing(key.rawValue) }
    return value
  }
}

extension Bool: JSONReadable {
  init(from json: inout JSONReader) throws(JSONError) { self = try json.bool() }
}

extension Array: JSONReadable where Element: JSONReadable {
  init(from json: inout JSONReader) throws(JSONError) {
    self = []
    var list = try json.beginArray()
    while try json.next(in: &list) { append(try Element(from: &json)) }
  }
}
