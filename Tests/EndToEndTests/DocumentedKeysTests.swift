import Foundation
import Interface
import Keys
import Lanes
import Screen
import TestSupport
import Testing

/// Every key and every line behind `:` that the documents name exists, and is used by a test.
@Suite(.waitsForPrograms) struct DocumentedKeysTests {
  private static let bound = Set(Keymap.standard.bindings.flatMap(\.inputs).map(\.name))

  /// Single characters in backticks that are not keys, by the pages where this is so.
  private static let signs: [String: Set<String>] = [
    "docs/scenarios.md": ["-", "#", "*", "+", "!", "&&", "_", "."],
    "docs/screen.md": ["#", "+", "!", "□", "@"],
    "docs/sessions.md": ["B", "!"],
    "docs/formats.md": ["L"],
    "docs/plain.md": [">"],
    "docs/tlb.md": ["#"],
    "docs/configuration.md": ["#", "]"],
  ]

  /// The keys that a piece in backticks names: `16r`, `C-o`, `Enter`, `3.`.
  private static func keys(in text: String) -> [String] {
    let named = [
      "Left", "Right", "Up", "Down", "Home", "End", "PageUp", "PageDown", "Tab", "S-Tab", "Enter",
      "Backspace", "Space", "Esc",
    ]
    if named.contains(text) { return [text] }
    let key = String(text.drop { $0.isNumber })
    // After a number, G is a size more often than a key.
    if key == "G", text.count > 1 { return [] }
    if key.count == 1, let first = key.first, first.isASCII { return [key] }
    if key.hasPrefix("C-"), key.count == 3 { return [key] }
    return []
  }

  @Test func `every key that a page names is a key, and is pressed by a test`() {
    var count = 0
    for page in DocumentPage.all where page.path != "docs/commands.md" {
      for code in page.codes {
        for key in Self.keys(in: code.text)
        where Self.signs[page.path]?.contains(code.text) != true {
          let (isBound, isPressed) = (Self.bound.contains(key), KeyTable.keys.contains(key))
          #expect(isBound, "\(code) is no key")
          #expect(isPressed, "\(code) is pressed by no test")
          count += 1
        }
      }
    }
    #expect(count > 200)
  }

  /// The first words of all commands of the screen and of the language.
  private static func commandNames() throws -> Set<String> {
    var names: Set<String> = []
    for page in ["docs/keys.md", "docs/scenarios.md"] {
      for line in try ProjectFiles.text(page).split(separator: "\n") where line.hasPrefix("| `") {
        let usage = line.dropFirst(3).prefix { $0 != "`" }
        guard usage.count > 1, let name = usage.split(separator: " ").first else { continue }
        names.insert(String(name))
      }
    }
    return names
  }

  @Test func `every line behind a colon that a page shows begins with a command`() throws {
    let names = try Self.commandNames()
    var lines = DocumentPage.all.flatMap(\.codes).map { ($0.description, $0.text) }
    for block in DocumentPage.all.flatMap(\.blocks) {
      lines += block.lines.map { (block.description, $0) }
    }
    var count = 0
    for (place, text) in lines where text.hasPrefix(":") && text.count > 1 {
      let name = text.dropFirst().prefix { $0 != " " }
      guard name.first?.isLetter == true else { continue }
      #expect(names.contains(String(name)), "\(place): \(text)")
      count += 1
    }
    #expect(count > 15)
  }

  /// All examples of the table, in one session of the debugger without a screen, and after them the
  /// lines that pages show.
  @Test func `every example of the screen's commands is understood`() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "directmap-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var examples: [String] = []
    for line in try ProjectFiles.text("docs/keys.md").split(separator: "\n") {
      let cells = line.split(separator: "`", omittingEmptySubsequences: false)
      guard line.hasPrefix("| `"), line.hasSuffix("` |"), cells.count >= 5 else { continue }
      let example = String(cells[cells.count - 2])
      if !["q", "quit"].contains(example), line.filter({ $0 == "|" }).count >= 4 {
        examples.append(example)
      }
    }
    for block in DocumentPage.all.flatMap(\.blocks) {
      for line in block.lines where line.hasPrefix(":") {
        examples.append(String(line.dropFirst()).components(separatedBy: "   ")[0])
      }
    }
    #expect(examples.count > 30)
    let result = try Program.run(
      ["play", "--plain", "--no-config"], input: examples.joined(separator: "\n") + "\n",
      in: folder)
    #expect(result.status == 0)
    for line in result.output.split(separator: "\n") where line.hasPrefix("Not done:") {
      for words in ["unknown", "expected", "did you mean"] {
        #expect(!line.contains(words), "\(line)")
      }
    }
  }
}
