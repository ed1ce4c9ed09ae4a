/// Breaks text into lines.
public enum TextWrap {
  /// The lines of a text, broken at spaces, and within a word that is too long for one.
  public static func lines(_ text: String, width: Int) -> [String] {
    guard width > 0 else { return [] }
    var lines: [String] = []
    var line = ""
    var columns = 0
    for part in text.utf8.split(separator: UInt8(ascii: " ")) {
      let word = Substring(part)
      let more = TextWidth.columns(word)
      if line.isEmpty {
        line = String(word)
        columns = more
      } else if columns + 1 + more <= width {
        line += " "
        line += word
        columns += 1 + more
      } else {
        lines.append(line)
        line = String(word)
        columns = more
      }
      while columns > width, let cut = breakingPoint(of: line, width: width) {
        lines.append(String(line[..<cut]))
        line = String(line[cut...])
        columns = TextWidth.columns(line)
      }
    }
    if !line.isEmpty { lines.append(line) }
    return lines
  }

  /// Where a word goes on in the next line: behind as many characters as fit, and behind one at least.
  private static func breakingPoint(of word: String, width: Int) -> String.Index? {
    var columns = 0
    for index in word.indices {
      columns += TextWidth.columns(String(word[index]))
      if columns > width, index > word.startIndex { return index }
    }
    return nil
  }
}
