/// Lines of the kernel's source around a place that is meant.
public struct SourceExcerpt: Equatable, Sendable {
  /// The file, as `arch/x86/mm/pat/set_memory.c`.
  public let file: String
  /// The number of the first line.
  public let first: Int
  /// The lines.
  public let lines: [String]
  /// The number of the line that is meant.
  public let current: Int

  /// The line that is meant, without the blanks before it.
  public var currentText: String? {
    guard lines.indices.contains(current - first) else { return nil }
    return String(lines[current - first].drop { $0 == " " })
  }

  /// The lines before the one that is meant.
  private static let before = 3
  /// The most lines.
  private static let linesMax = 60

  /// The lines around one of a text; `nil` where it has no such line.
  public init?(of text: String, file: String, around line: Int) {
    let all = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard all.indices.contains(line - 1) else { return nil }
    self.file = file
    current = line
    first = max(1, line - Self.before)
    let end = min(all.count, first - 1 + Self.linesMax)
    lines = all[(first - 1)..<end].map { line in
      // A terminal must be told nothing by them.
      String(
        String.UnicodeScalarView(
          line.replacing("\t", with: "    ").unicodeScalars.filter {
            $0.properties.generalCategory != .control
          }))
    }
  }
}
