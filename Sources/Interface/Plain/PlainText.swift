import Screen

/// How lines of plain text leave the program: without orders to a terminal, without drawing, and in
/// ASCII where no more can be shown.
public struct PlainText: Equatable, Sendable {
  /// Whether only ASCII may leave.
  public var isASCII: Bool

  /// Creates a way out.
  public init(isASCII: Bool = false) { self.isASCII = isASCII }

  /// A line that can go anywhere: no control characters, nothing that reorders or hides what stands
  /// beside it, no lines or boxes.
  public func line(_ text: String) -> String {
    var result = ""
    var hasArrow = false
    for scalar in text.unicodeScalars {
      if scalar.value < 0x7F, scalar.value >= 0x20 {
        result.unicodeScalars.append(scalar)
      } else {
        result += Self.words[scalar] ?? standIn(scalar)
        hasArrow = hasArrow || scalar == "\u{2192}"
      }
    }
    // An arrow may stand between spaces of its own.
    return hasArrow ? result.replacing("  to  ", with: " to ") : result
  }

  private func standIn(_ scalar: Unicode.Scalar) -> String {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator:
      return [0x09, 0x0A, 0x0D, 0x2028, 0x2029].contains(scalar.value) ? " " : "?"
    case .format: return "?"
    case .surrogate, .privateUse, .unassigned: return "?"
    default: if scalar.isUnseen { return "?" }
    }
    if (0x2500...0x259F).contains(scalar.value) { return "-" }
    return isASCII ? "?" : String(scalar)
  }

  /// What is said in place of signs that a voice would skip or name by their shape.
  private static let words: [Unicode.Scalar: String] = [
    "\u{2192}": " to ", "\u{2190}": " from ", "\u{d7}": "x", "\u{b7}": "-", "\u{2026}": "...",
    "\u{2018}": "'", "\u{2019}": "'", "\u{201c}": "\"", "\u{201d}": "\"", "\u{2013}": "-",
    "\u{2014}": "-", "\u{a0}": " ",
  ]
}

extension String {
  /// The text with a full stop, unless it ends as a sentence does.
  var fullStop: String {
    guard let last else { return self }
    if ".!?".contains(last) || hasSuffix(".)") || hasSuffix(".\"") { return self }
    return last == ":" || last == ";" ? dropLast() + "." : self + "."
  }

  /// The text with a capital, if it begins with a plain word: names of functions and numbers stay.
  var capital: String {
    let word = prefix { $0 != " " }
    guard let first, !word.isEmpty, word.allSatisfy({ $0.isASCII && $0.isLetter }) else {
      return self
    }
    return first.uppercased() + dropFirst()
  }
}
