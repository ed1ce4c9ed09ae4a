import KernelText

extension LineStream {
  /// Reads the line as a JSON object.
  func decode<Value: JSONReadable>(_ type: Value.Type) throws(RecordingError) -> Value {
    var json = JSONReader(bytes, line)
    do {
      let value = try Value(from: &json)
      try json.finish()
      return value
    } catch {
      throw RecordingError(line: number, reason: JSONReader(bytes, line).reason(for: error))
    }
  }
}

extension JSONReader {
  /// What is missing or wrong, in one clause.
  fileprivate func reason(for error: JSONError) -> String {
    // If the text is not JSON, that matters more than what is wrong with a value before that.
    var whole = self
    do {
      try whole.skip()
      try whole.finish()
    } catch {
      return whole.position >= text.upperBound
        ? "no whole JSON object; the file may be cut off" : Self.noObject
    }
    switch error {
    case .syntax, .doesNotFit: return Self.noObject
    case .wrongType(let place):
      let path = path(to: place)
      return path.isEmpty
        ? "no JSON object" : "the value of \"\(path)\" has the wrong type"
    case .missing(let key): return "the key \"\(key)\" is missing"
    case .meaningless(let reason): return reason
    }
  }

  private static var noObject: String {
    "no JSON object, or one with a number that does not fit into 64 bits"
  }

  /// The keys down to the value at a place: `leaves[0][3]`.
  private func path(to place: Int) -> String {
    var reader = self
    return (try? reader.walk(to: place)) ?? ""
  }

  /// Goes on to a place; the keys down to it, or nil if it lies behind the value.
  private mutating func walk(to place: Int) throws(JSONError) -> String? {
    skipBlanks()
    if position == place { return "" }
    switch byte {
    case UInt8(ascii: "{"):
      var object = try beginObject()
      while let name = try nextName(in: &object) {
        if let rest = try walk(to: place) {
          return rest.isEmpty || rest.first == "[" ? name + rest : "\(name).\(rest)"
        }
      }
    case UInt8(ascii: "["):
      var array = try beginArray()
      var index = 0
      while try next(in: &array) {
        if let rest = try walk(to: place) {
          return "[\(index)]" + (rest.isEmpty || rest.first == "[" ? rest : ".\(rest)")
        }
        index += 1
      }
      // The place of a missing element is at the end.
      if position - 1 == place { return "[\(index)]" }
    default: try skip()
    }
    return nil
  }
}
