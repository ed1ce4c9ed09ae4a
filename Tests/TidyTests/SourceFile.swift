import TestSupport

/// A file of Swift text under `Sources`, line by line.
struct SourceFile: Sendable {
  /// The path relative to the project.
  let path: String
  /// The lines, with comments left empty.
  let lines: [Substring]

  /// All files under `Sources`.
  static let all: [SourceFile] = ProjectFiles.list("Sources", ending: "swift").compactMap { path in
    (try? ProjectFiles.text(path)).map { SourceFile(path: path, text: $0) }
  }

  init(path: String, text: String) {
    self.path = path
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let code = line.drop { $0 == " " }
      return code.hasPrefix("//") ? "" : line
    }
  }

  /// The room, the first folder below `Sources`.
  var room: Substring { path.split(separator: "/")[1] }

  /// The folder inside the room; the room itself if there is none.
  var folder: Substring { path.split(separator: "/").dropLast().last ?? "" }

  /// The name without its folders.
  var name: Substring { path.split(separator: "/").last ?? "" }
}

extension Substring {
  /// The number of leading spaces.
  var indentation: Int { utf8.prefix { $0 == UInt8(ascii: " ") }.count }

  /// The words of letters, digits and `_`.
  var codeWords: [Substring] {
    var words: [Substring] = []
    var start: Index?
    for index in utf8.indices {
      let byte = utf8[index]
      let isPart =
        byte >= 97 && byte <= 122 || byte >= 65 && byte <= 90 || byte >= 48 && byte <= 57
        || byte == 95
      if isPart {
        if start == nil { start = index }
      } else if let first = start {
        words.append(self[first..<index])
        start = nil
      }
    }
    if let first = start { words.append(self[first...]) }
    return words
  }

  /// The text without parentheses and their content.
  var outsideParentheses: String {
    var depth = 0
    var text = ""
    for character in self {
      if character == "(" { depth += 1 }
      if depth == 0 { text.append(character) }
      if character == ")" { depth -= 1 }
    }
    return text
  }
}
