import Foundation
import TestSupport
import Testing

@Suite(.waitsForPrograms) struct LessonsCommandTests {
  @Test func `lists the lessons in order, each with what it is about`() throws {
    let result = try Program.run(["lessons"])
    #expect(result.status == 0 && result.errors == "")
    let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 2 * 11 + 3)
    #expect(
      lines[0]
        == " 1  one-page          One read-only page costs two megabytes (12 parts, 3 tasks)")
    #expect(lines[1] == "    What a split is, and what the TLB loses by it.")
    #expect(lines[16].hasPrefix(" 9  arm64-linear-map  "))
    #expect(lines.allSatisfy { $0.count <= 80 })
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
    try terminal.wait(for: "You were at part 12 of 12; directmap lesson one-page continues there")
    try terminal.start("lesson one-page --part 12 --no-config")
    try terminal.wait(for: "one-page, part 12 of 12")
    try terminal.press("z")
    try terminal.wait(for: "begins the next lesson")
    try terminal.press("z")
    try terminal.wait(for: "missing-merge, part 1 of")
  }

  @Test func `a lesson goes on where it was left, or starts over`() throws {
    let terminal = try TerminalSession()
    func kept() -> String {
      let file = "\(terminal.statePath)/directmap/lessons"
      let text = String(
        decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
      return text.split(separator: "\n").dropFirst().joined(separator: "\n")
    }
    func leave() throws {
      try terminal.press("Q")
      try terminal.wait(for: "status=0")
      try terminal.type("clear\n")
    }
    try terminal.start("lesson one-page --part 5 --no-config")
    try terminal.wait(for: "one-page, part 5 of 12")
    try leave()
    #expect(kept() == "one-page 5")
    // A key answers the offer, and does nothing else.
    try terminal.start("lesson 1 --no-config")
    try terminal.wait(for: "You stopped at part 5 of 12")
    try terminal.press("z")
    try terminal.wait(until: "is in the lesson") {
      $0.contains("part 5 of 12") && !$0.contains("You stopped")
    }
    try terminal.press("Z")
    try terminal.wait(for: "part 4 of 12")
    try leave()
    #expect(kept() == "one-page 4")
    try terminal.start("lesson one-page --no-config")
    try terminal.wait(for: "You stopped at part 4 of 12")
    try terminal.press("1")
    try terminal.wait(for: "one-page, part 1 of 12")
    try leave()
    #expect(kept() == "")
    // A part that is asked for asks nothing, and the end of a lesson forgets its place.
    try terminal.start("lesson one-page --part 12 --no-config")
    try terminal.wait(until: "is in the lesson") {
      $0.contains("one-page, part 12 of 12") && !$0.contains("You stopped")
    }
    try leave()
    try terminal.start("lesson one-page --no-config")
    try terminal.wait(for: "You stopped at part 12")
    try terminal.press("z")
    try terminal.press("z")
    try terminal.wait(for: "begins the next lesson")
    try leave()
    #expect(kept() == "")
  }

  @Test func `a place that cannot be kept stops nothing`() throws {
    let terminal = try TerminalSession()
    func farewell(_ environment: String, _ words: String) throws {
      try terminal.type("clear; \(environment) \(try Program.url().path) lesson 1 --part 3\n")
      try terminal.wait(for: "one-page, part 3 of 12")
      try terminal.press("Q")
      try terminal.wait(for: "You were at part 3 of 12: directmap lesson one-page --part 3")
      if !words.isEmpty { try terminal.wait(for: words) }
    }
    try farewell("env -u HOME -u XDG_STATE_HOME", "")
    try farewell("env -u XDG_STATE_HOME HOME=relative", "")
    try farewell("env XDG_STATE_HOME=/proc", "Your place is not kept: /proc/directmap/lessons ")
    // Nothing is written through a link.
    let folder = try Folder()
    try FileManager.default.createSymbolicLink(
      atPath: "\(folder.path)/directmap", withDestinationPath: folder.path)
    try farewell("env XDG_STATE_HOME=\(folder.path)", "Your place is not kept: ")
    #expect(try folder.names == ["directmap"])
    // A file of rubbish is replaced; it never stops a lesson.
    let other = try Folder()
    try FileManager.default.createDirectory(
      atPath: "\(other.path)/directmap", withIntermediateDirectories: false)
    try other.write("one-page\none-page 99\n\u{0}\none-page -1 2\nx 3\n", "directmap/lessons")
    try terminal.type(
      "clear; env XDG_STATE_HOME=\(other.path) \(try Program.url().path) lesson 1\n")
    try terminal.wait(until: "is in the lesson") {
      $0.contains("one-page, part 1 of 12") && !$0.contains("You stopped")
    }
    try terminal.press("Q")
    try terminal.wait(for: "$")
  }

  @Test func `lists them as JSON`() throws {
    let result = try Program.run(["lessons", "--json"])
    #expect(result.status == 0)
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let lessons = try #require(object["lessons"] as? [[String: Any]])
    #expect(lessons.map { $0["number"] as? Int } == Array(1...11))
    #expect(lessons.first?["name"] as? String == "one-page")
    for lesson in lessons {
      #expect(lesson["title"] is String && lesson["about"] is String)
      #expect((lesson["parts"] as? Int ?? 0) >= 6 && (lesson["tasks"] as? Int ?? 0) >= 1)
      #expect((lesson["stories"] as? [[String: String]])?.isEmpty == false)
    }
  }
}
