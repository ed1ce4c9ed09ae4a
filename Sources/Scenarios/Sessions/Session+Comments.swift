extension Session {
  /// The comments of a session's text besides those that every session has. Saving keeps none of them.
  ///
  /// - Returns: a few words for each, with its line.
  public static func comments(in text: String) -> [String] {
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return lines.enumerated().compactMap { index, line in
      hasComment(line) && !head.contains(line) ? "the comment of line \(index + 1)" : nil
    }
  }

  /// Whether a comment stands behind the line: `#` outside of quotation marks.
  private static func hasComment(_ line: Substring) -> Bool {
    var isQuoted = false
    var isEscaped = false
    for byte in line.utf8 {
      switch byte {
      case UInt8(ascii: "#") where !isQuoted: return true
      case UInt8(ascii: "\"") where !isEscaped: isQuoted.toggle()
      default: break
      }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
    }
    return false
  }
}
