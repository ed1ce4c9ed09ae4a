import Foundation
import Language
import Lessons
import TestSupport
import Testing

/// `docs/lessons.md` and its part that is made from the lessons.
@Suite struct LessonPageTests {
  private static let path = "docs/lessons.md"

  /// The list as the page has it.
  private static func table() throws -> String {
    var rows = ["| | `directmap lesson` | about | parts, tasks | the real story |", "|-|-|-|-|-|"]
    for (index, name) in ReadLesson.names.enumerated() {
      let lesson = try ReadLesson(name).lesson
      let tasks = lesson.parts.count { $0.task != nil }
      let stories = lesson.stories.map { "\($0.title) (\($0.source))" }
      rows.append(
        "| \(index + 1) | `\(name)` | **\(lesson.title).** \(lesson.about) | \(lesson.parts.count), "
          + "\(tasks) | \(stories.joined(separator: "; ")) |")
    }
    return rows.joined(separator: "\n")
  }

  @Test func `lists the lessons as they are`() throws {
    let text = try ProjectFiles.text(Self.path)
    let start = try #require(text.firstRange(of: "<!-- list: "))
    let head = try #require(text[start.upperBound...].firstIndex(of: "\n"))
    let end = try #require(text.firstRange(of: "<!-- end of list -->"))
    let renewed = text[...head] + "\n" + (try Self.table()) + "\n\n" + text[end.lowerBound...]
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try Data(renewed.utf8).write(to: ProjectFiles.root.appending(path: Self.path))
    }
    #expect(text == renewed, "stale: run it with RECORD=all")
  }

  @Test func `the parts that a plan for a class names are there`() throws {
    // The plans name parts by number: these headings are what they speak of.
    let first = try ReadLesson("one-page").lesson.parts.map(\.heading)
    #expect(first[2] == "One page gets another permission" && first[9] == "It does not come back")
    let second = try ReadLesson("missing-merge").lesson.parts.map(\.heading)
    #expect(second[3] == "Try by hand" && second[5] == "Now it merges")
    #expect(second[6] == "The missing G" && second[10] == "Remedies that try")
    let third = try ReadLesson("grouping-cache").lesson.parts.map(\.heading)
    #expect(third[5] == "A machine after some days" && third[8] == "What was measured")
    #expect(third[10] == "The full node")
  }

  @Test func `the example of a new lesson is a lesson`() throws {
    let text = try ProjectFiles.text(Self.path)
    let blocks = text.components(separatedBy: "```")
    #expect(blocks.count == 3)
    let lines = blocks[1].split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let read = try ReadLesson(text: lines.joined(separator: "\n"), name: "example")
    #expect(read.lesson.parts.count == 2 && read.lesson.parts[1].task != nil)
  }
}
