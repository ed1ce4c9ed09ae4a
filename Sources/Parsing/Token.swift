/// A piece of a line.
struct Token: Equatable {
  /// What it is.
  enum Kind: Equatable {
    /// A letter or `_`, then letters, digits, `_`, `-` and `.`.
    case word
    /// A digit, then letters, digits and `_`.
    case number
    /// Text between quotation marks; the value has no marks and no escapes.
    case string(String)
    /// An operator, a parenthesis, a colon.
    case symbol
  }

  /// What it is.
  var kind: Kind
  /// The characters as they stand in the line.
  var text: String
  /// The column of its first character, from 1.
  var column: Int
}
