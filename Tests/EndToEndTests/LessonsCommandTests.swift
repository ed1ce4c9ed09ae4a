import Foundation
import TestSupport
import Testing

@Suite struct LessonsCommandTests {
  @Test func `lists the lessons in order, each with what it is about`() throws {
    let result = try Program.run(["lessons"])
    #expect(result.status == 0 && result.errors == "")
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 2 * 9 + 3)
    #expect(
      lines[0]
        == " 1  one-page          One read-only page costs two megabytes (12 parts, 3 tasks)")
    #expect(lines[1] == "                      What a split is, and what the TLB loses by it.")
    #expect(lines[16].hasPrefix(" 9  arm64-linear-map  "))
    #expect(lines.allSatisfy { $0.count <= 110 })
  }

  @Test func `lesson without a name lists them, and a part can be chosen`() throws {
    let list = try Program.run(["lessons"])
    let bare = try Program.run(["lesson"])
    #expect(bare.status == 0 && bare.output == list.output)
    for (arguments, words) in [
      (["lesson", "--part", "2"], "--part is about a lesson: name it"),
      (["lesson", "one-page", "--part", "13"], "one-page has no part 13; give 1 to 12"),
      (["lesson", "one-page", "--part", "0"], "one-page has no part 0; give 1 to 12"),
    ] {
      let result = try Program.run(arguments)
      #expect(result.status == 2 && result.errors.contains(words), "\(result.errors)")
    }
    let terminal = try TerminalSession()
    try terminal.start("lesson one-page --part 12 --no-config")
    try terminal.wait(for: "one-page, part 12 of 12")
    try terminal.press("Q")
    try terminal.wait(for: "You were at part 12 of 12: directmap lesson one-page --part 12")
    try terminal.start("lesson one-page --part 12 --no-config")
    try terminal.wait(for: "one-page, part 12 of 12")
    try terminal.press("z")
    try terminal.wait(for: "begins the next lesson")
    try terminal.press("z")
    try terminal.wait(for: "missing-merge, part 1 of")
  }

  @Test func `lists them as JSON`() throws {
    let result = try Program.run(["lessons", "--json"])
    #expect(result.status == 0)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let lessons = try #require(object["lessons"] as? [[String: Any]])
    #expect(lessons.map { $0["number"] as? Int } == Array(1...9))
    #expect(lessons.first?["name"] as? String == "one-page")
    for lesson in lessons {
      #expect(lesson["title"] is String && lesson["about"] is String)
      #expect((lesson["parts"] as? Int ?? 0) >= 6 && (lesson["tasks"] as? Int ?? 0) >= 1)
      #expect((lesson["stories"] as? [[String: String]])?.isEmpty == false)
    }
  }
}
