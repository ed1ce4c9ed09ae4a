import Foundation
import TestSupport
import Testing

/// `docs/contributing.md` names files, types and cases; they must exist.
@Suite struct ContributingTests {
  private static let page = try? DocumentPage("docs/contributing.md")

  /// All of the project's Swift text, by path.
  private static let sources: [(path: String, text: String)] =
    (ProjectFiles.list("Sources", ending: "swift") + ProjectFiles.list("Tests", ending: "swift"))
    .compactMap { path in (try? ProjectFiles.text(path)).map { (path, $0) } }

  /// Every name after a word that declares it.
  private static let declared: Set<Substring> = {
    let words: Set<Substring> = [
      "struct", "enum", "protocol", "class", "case", "var", "let", "func", "extension",
    ]
    var names: Set<Substring> = []
    for source in sources {
      // A room is a name too.
      names.formUnion(source.path.split(separator: "/").dropLast())
      for line in source.text.split(separator: "\n") {
        var isDeclaration = false
        for word in line.split(whereSeparator: { !$0.isLetter && !$0.isNumber && $0 != "_" }) {
          if isDeclaration { names.insert(word) }
          isDeclaration = words.contains(word)
        }
      }
    }
    return names
  }()

  @Test func `every file and folder that it names is there`() throws {
    var count = 0
    for code in try #require(Self.page).codes where !code.text.contains(" ") {
      let name = code.text
      let isPath = name.contains("/") || name.hasSuffix(".swift") || name.hasSuffix(".md")
      guard isPath else { continue }
      count += 1
      let path = ProjectFiles.root.appending(path: name).path
      let isThere =
        FileManager.default.fileExists(atPath: path)
        || Self.sources.contains { $0.path.hasSuffix("/" + name) || $0.path.contains("/\(name)") }
      #expect(isThere, "\(code) is not there")
    }
    #expect(count >= 12)
  }

  @Test func `what a learner or an audience reads has the words of its table`() throws {
    let word = try Regex(
      #"\b(?i:alike|shatter\w*|stands? against|gives? back|go(?:es)? on|in a row|kin|lit|nobody looks)\b"#
    )
    let texts = ["Sources/Lessons/Texts", "Assets/demos", "Assets/scenarios"].flatMap {
      ProjectFiles.list($0, ending: "dmap")
    }
    #expect(texts.count > 80)
    for path in texts + ["README.md", "docs/guide.md"] {
      for line in try ProjectFiles.text(path).split(separator: "\n")
      where line.contains("\"") || path.hasSuffix(".md") {
        let found = line.firstMatch(of: word).map { String(line[$0.range]) }
        #expect(found == nil, "\(path): \(line)")
      }
    }
  }

  @Test func `every type, member and test that it names is in the sources`() throws {
    var count = 0
    for code in try #require(Self.page).codes {
      let name = code.text
      guard name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }),
        !name.hasSuffix(".swift"), !name.hasSuffix(".md"), name != "swift"
      else { continue }
      count += 1
      let parts = name.split(separator: ".")
      for part in parts where part != "all" {
        let isDeclared = Self.declared.contains(part)
        #expect(isDeclared, "\(code): \(part)")
      }
    }
    #expect(count >= 25)
  }

  @Test func `the commands that it gives are those that are there`() throws {
    let text = try ProjectFiles.text("docs/contributing.md")
    for block in try #require(Self.page).blocks {
      for line in block.lines {
        guard let start = line.firstRange(of: "--filter \"") else { continue }
        let names = line[start.upperBound...].prefix { $0 != "\"" }.split(separator: "|")
        for name in names {
          #expect(Self.sources.contains { $0.text.contains("struct \(name)") }, "\(name)")
        }
      }
    }
    #expect(
      FileManager.default.fileExists(atPath: ProjectFiles.root.appending(path: ".ci/run").path))
    #expect(text.contains("## A new kernel profile") && text.contains("## A new policy"))
  }
}
