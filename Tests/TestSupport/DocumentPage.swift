import Foundation

/// A page of the documents as tests read it: its code blocks, and its pieces in backticks.
public struct DocumentPage: Sendable, CustomStringConvertible {
  /// Consecutive lines, fenced or indented, as a reader would copy them.
  public struct Block: Sendable, CustomStringConvertible {
    /// The path of the page.
    public var page: String
    /// The number of its first line in the page.
    public var line: Int
    /// The text after the fence; `nil` if the block is indented.
    public var language: String?
    /// Its lines, without their indentation.
    public var lines: [String]

    /// Its place.
    public var description: String { "\(page):\(line)" }
  }

  /// A piece in backticks.
  public struct Code: Sendable, CustomStringConvertible {
    /// The path of the page.
    public var page: String
    /// The number of its line in the page.
    public var line: Int
    /// The text between the backticks.
    public var text: String

    /// Its place and its text.
    public var description: String { "\(page):\(line): \(text)" }
  }

  /// The path of the page, from the top of the project.
  public let path: String
  /// Its blocks, in order.
  public private(set) var blocks: [Block] = []
  /// Its pieces in backticks, in order; those inside blocks do not count.
  public private(set) var codes: [Code] = []

  /// Its path.
  public var description: String { path }

  /// The README and all of `docs`.
  public static let all: [DocumentPage] =
    (["README.md"] + ProjectFiles.list("docs", ending: "md")).compactMap { try? DocumentPage($0) }

  /// Reads a page.
  public init(_ path: String) throws {
    self.path = path
    var open: Block?
    var isBehindEmpty = true
    let text = try ProjectFiles.text(path)
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let isFence = line.hasPrefix("```")
      if let block = open, block.language != nil {
        if isFence {
          blocks.append(block)
          open = nil
        } else {
          open?.lines.append(String(line))
        }
      } else if isFence {
        if let block = open { blocks.append(block) }
        open = Block(
          page: path, line: index + 2, language: String(line.dropFirst(3)), lines: [])
      } else if line.hasPrefix("    "), isBehindEmpty || open != nil {
        if open == nil { open = Block(page: path, line: index + 1, language: nil, lines: []) }
        open?.lines.append(String(line.dropFirst(4)))
      } else if line.isEmpty, open != nil {
        open?.lines.append("")
      } else {
        if let block = open { blocks.append(block) }
        open = nil
        readCodes(line, index + 1)
      }
      isBehindEmpty = line.isEmpty
    }
    if let block = open { blocks.append(block) }
  }

  private mutating func readCodes(_ line: Substring, _ number: Int) {
    // A backtick itself is shown between two.
    var rest = line.replacing("`` ` ``", with: "")[...]
    while let start = rest.firstIndex(of: "`") {
      let text = rest[rest.index(after: start)...].prefix { $0 != "`" }
      guard text.endIndex < rest.endIndex else { return }
      codes.append(
        Code(page: path, line: number, text: String(text).replacing("\\|", with: "|")))
      rest = rest[rest.index(after: text.endIndex)...]
    }
  }
}
