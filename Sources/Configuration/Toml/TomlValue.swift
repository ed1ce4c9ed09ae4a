import Screen

/// A value of a TOML file, as far as this program uses it.
enum TomlValue: Equatable, Sendable {
  /// Text.
  case string(String)
  /// A whole number.
  case integer(Int)
  /// True or false.
  case boolean(Bool)
  /// A list of values.
  case array([TomlValue])
  /// An inline table: keys, which may have dots, with their values.
  case table([(path: [String], value: TomlValue)])
  /// A TOML value that no setting uses: a number with a point, a date.
  case other(String)

  /// The type of the value, with its article.
  var kind: String {
    switch self {
    case .string: "a text"
    case .integer: "a whole number"
    case .boolean: "true or false"
    case .array: "a list"
    case .table: "a table"
    case .other: "a number with a point or a date"
    }
  }

  static func == (a: TomlValue, b: TomlValue) -> Bool {
    switch (a, b) {
    case (.string(let a), .string(let b)), (.other(let a), .other(let b)): a == b
    case (.integer(let a), .integer(let b)): a == b
    case (.boolean(let a), .boolean(let b)): a == b
    case (.array(let a), .array(let b)): a == b
    case (.table(let a), .table(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.path == $1.path && $0.value == $1.value }
    default: false
    }
  }

  /// A text as a TOML file writes it.
  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\t": result += "\\t"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case _ where scalar.isUnseen:
        let digits = String(scalar.value, radix: 16)
        let count = digits.count > 4 ? 8 : 4
        result += count == 8 ? "\\U" : "\\u"
        result += String(repeating: "0", count: count - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}

/// What is wrong with the text of a TOML file.
struct TomlError: Error, Equatable, Sendable {
  /// The line, from 1.
  var line: Int
  /// What is wrong.
  var reason: String
  /// What to do about it.
  var wayOut: String
}
