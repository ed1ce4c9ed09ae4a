import Foundation
import TestSupport
import Testing

@testable import Quiz

/// `docs/quiz.md`: its topics and its worked example are what the program says.
@Suite struct QuizPageTests {
  private static let path = "docs/quiz.md"

  private static func renew(_ page: inout String, _ name: String, _ part: String) throws {
    let start = try #require(page.range(of: "<!-- \(name): "))
    let line = try #require(page[start.upperBound...].range(of: "-->\n"))
    let end = try #require(page.range(of: "<!-- end of \(name) -->"))
    page.replaceSubrange(line.upperBound..<end.lowerBound, with: part)
  }

  @Test func `lists the topics, and works an example as the program does`() throws {
    let page = try ProjectFiles.text(Self.path)
    var renewed = page
    let rows =
      ["\n| topic | what it is about |\n|---|---|\n"]
      + Topic.allCases.map { "| `\($0.rawValue)` | \($0.summary) |\n" }
    try Self.renew(&renewed, "topics", rows.joined() + "\n")
    try Self.renew(&renewed, "example", try Self.example())
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try Data(renewed.utf8).write(to: ProjectFiles.root.appending(path: Self.path))
    }
    #expect(page == renewed, "stale: run it with RECORD=all")
  }

  /// A sheet of two questions, the first answered wrong, and its grade.
  private static func example() throws -> String {
    let sheet = Worksheet(Worksheet.Order(seed: 4, topic: .merging, count: 2))
    let first = try #require(sheet.questions.first)
    let wrong = first.choices.indices.last { $0 != first.correct }
    let text = sheet.text(.choices([wrong, sheet.questions[1].correct]))
    let filled = try FilledSheet(reading: text, file: "sheet.txt")
    let grade = try Grade(filled, of: sheet, passMark: 60, file: "sheet.txt")
    #expect(grade.right == 1 && grade.wrong == 1)
    return """
      `directmap quiz --seed 4 --topic merging --count 2`, filled by somebody who was wrong about the first question:

      ```
      \(text)```

      `directmap quiz --grade sheet.txt` answers with status 1:

      ```
      \(grade.lines.joined(separator: "\n"))
      ```

      """ + "\n"
  }
}
