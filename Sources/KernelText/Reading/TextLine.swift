/// A line of a text with its number, which counts from 1.
struct TextLine {
  let number: Int
  let text: Substring

  /// The lines of a text; line ends of either kind are taken off.
  static func lines(of text: String) -> [TextLine] {
    var number = 0
    return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { line in
        number += 1
        let trimmed = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        return TextLine(number: number, text: Substring(trimmed))
      }
  }

  /// Whether the line holds nothing but blanks.
  var isBlank: Bool { text.utf8.allSatisfy { $0 == 32 || $0 == 9 } }

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

  /// The words of the line.
  var words: [Substring] { text.split { $0 == " " || $0 == "\t" } }

  /// The line without mail quoting (`> `), what a log daemon puts before it (`Nov 21 00:06:12 host
  /// kernel: `), log level (`<6>`) and time stamp (`[    0.000000]`).
  var withoutPrefixes: Substring {
    var rest = text.drop { $0 == ">" || $0 == " " }
    if let daemon = rest.prefix(100).range(of: " kernel: ") { rest = rest[daemon.upperBound...] }
    if rest.first == "<", let end = rest.prefix(5).firstIndex(of: ">") {
      rest = rest[rest.index(after: end)...]
    }
    if rest.first == "[", !rest.hasPrefix("[mem "), !rest.hasPrefix("[gap "),
      let end = rest.prefix(40).firstIndex(of: "]")
    {
      rest = rest[rest.index(after: end)...]
      if rest.first == " " { rest = rest.dropFirst() }
    }
    return rest
  }
}

extension Substring {
  /// Where a text first occurs.
  func range(of other: String) -> Range<Index>? {
    guard let first = other.first else { return nil }
    var start = startIndex
    while let candidate = self[start...].firstIndex(of: first) {
      if self[candidate...].hasPrefix(other) {
        return candidate..<index(candidate, offsetBy: other.count)
      }
      start = index(after: candidate)
    }
    return nil
  }
}

extension UInt64 {
  /// The number that hexadecimal digits write, with or without `0x`; `nil` for anything else.
  init?(hex text: some StringProtocol) {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    guard (1...16).contains(digits.utf8.count),
      digits.utf8.allSatisfy({
        (48...57).contains($0) || (97...102).contains($0) || (65...70).contains($0)
      })
    else { return nil }
    self.init(digits, radix: 16)
  }

  /// The number that decimal digits alone write; `nil` for anything else.
  init?(decimal text: some StringProtocol) {
    guard text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    self.init(text, radix: 10)
  }
}
