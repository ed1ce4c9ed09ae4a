/// A line of a text with its number, which counts from 1.
public struct TextLine {
  /// Its number, from 1.
  public let number: Int
  /// The line without its end.
  public let text: Substring

  /// Takes a line.
  public init(number: Int, text: Substring) {
    self.number = number
    self.text = text
  }

  /// The lines of a text, without line ends of either kind.
  public static func lines(of text: String) -> [TextLine] {
    var number = 0
    return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { line in
        number += 1
        let trimmed = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return TextLine(number: number, text: Substring(trimmed))
      }
  }

  /// Whether the line has only blanks.
  public var isBlank: Bool { text.utf8.allSatisfy { $0 == 32 || $0 == 9 } }

  /// The beginning of the line for an error message, without control characters.
  var excerpt: String {
    let limit = 60
    var excerpt = ""
    for scalar in text.unicodeScalars.prefix(limit) {
      let isShown = scalar.value >= 32 && scalar.value != 127 && scalar != "\u{FFFD}"
      excerpt.unicodeScalars.append(isShown ? scalar : "?")
    }
    return text.unicodeScalars.dropFirst(limit).isEmpty ? excerpt : excerpt + "..."
  }

  /// The line without mail quoting (`> `, also nested).
  public var unquoted: TextLine {
    var rest = text
    while rest.utf8.first == UInt8(ascii: ">") {
      rest = rest.dropFirst()
      if rest.utf8.first == UInt8(ascii: " ") { rest = rest.dropFirst() }
    }
    return TextLine(number: number, text: rest)
  }

  /// The words of the line.
  public var words: [Substring] { text.split { $0 == " " || $0 == "\t" } }
}

extension Substring {
  /// Where a text first occurs, byte by byte.
  public func range(of other: String) -> Range<Index>? {
    guard let first = other.utf8.first else { return nil }
    var rest = utf8[...]
    while let candidate = rest.firstIndex(of: first) {
      if utf8[candidate...].starts(with: other.utf8) {
        return candidate..<utf8.index(candidate, offsetBy: other.utf8.count)
      }
      rest = utf8[utf8.index(after: candidate)...]
    }
    return nil
  }

  /// The text without blanks at its ends.
  public var trimmingBlanks: Substring {
    var text = utf8.drop { $0 == 32 || $0 == 9 }
    while text.last == 32 || text.last == 9 { text = text.dropLast() }
    return Substring(text)
  }
}

extension UInt64 {
  /// The number that hexadecimal digits write, with or without `0x`; `nil` for anything else.
  @inlinable
  public init?(hex text: some StringProtocol) {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    guard (1...16).contains(digits.utf8.count),
      digits.utf8.allSatisfy({
        (48...57).contains($0) || (97...102).contains($0) || (65...70).contains($0)
      })
    else { return nil }
    self.init(digits, radix: 16)
  }

  /// The number that decimal digits alone write; `nil` for anything else.
  @inlinable
  public init?(decimal text: some StringProtocol) {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    self.init(text, radix: 10)
  }
}
