import Engine
import FoundationEssentials
import Language
import Narration
import Parsing
import Scenarios
import Testing

/// `docs/scenarios.md` and its parts that are made from the code.
private enum Document {
  static var url: URL { Assets.root.appending(path: "docs/scenarios.md") }

  static var text: String {
    String(
      decoding: FileManager.default.contents(atPath: url.path) ?? Data(), as: UTF8.self)
  }

  /// The text with the part between two comments made anew.
  static func renewing(_ text: String, _ name: String, _ part: String) -> String {
    guard let start = text.firstRange(of: "<!-- \(name): "),
      let lineEnd = text[start.upperBound...].firstIndex(of: "\n"),
      let end = text.firstRange(of: "<!-- end of \(name) -->")
    else { return "" }
    return text[...lineEnd] + "\n" + part + "\n\n" + text[end.lowerBound...]
  }
}

@Suite struct DocumentTests {
  @Test func `has the reference that the code gives`() throws {
    var renewed = Document.renewing(Document.text, "commands", Help.commandReference)
    renewed = Document.renewing(renewed, "features", Help.switchReference)
    renewed = Document.renewing(renewed, "policies", Help.policyReference)
    renewed = Document.renewing(renewed, "names", Help.expressionReference)
    #expect(!renewed.isEmpty)
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try Data(renewed.utf8).write(to: Document.url)
    }
    #expect(Document.text == renewed, "stale: run it with RECORD=all")
  }

  @Test func `names every word of the flags`() {
    let line = Document.text.split(separator: "\n").first { $0.hasPrefix("The words are P") } ?? ""
    let words = line.split { !$0.isLetter && !$0.isNumber && $0 != "_" }.map(String.init)
    for (name, _) in EntryFlags.words { #expect(words.contains(name)) }
  }

  @Test func `gives an example that holds`() throws {
    let blocks = Document.text.components(fence: "```")
    let scenario = try Scenario(parsing: try #require(blocks.first), file: "docs")
    let description = try #require(MachineDescription(builtIn: scenario.machine ?? ""))
    var runner = Runner(
      scenario.statements, on: try scenario.boot(description, kernel: .linux7_2))
    var held = 0
    while let step = try runner.next() {
      if case .held = step.outcome { held += 1 }
      if case .failed = step.outcome { Issue.record("\(step.lines)") }
    }
    #expect(held == 1)
  }

  @Test func `helps with one command, all commands and a wrong one`() {
    #expect(
      Help.lines(about: "vunmap") == [
        "vunmap NAME",
        "  Frees an area; its addresses are flushed by the next change of attributes.",
        "  Example: vunmap buffer",
      ])
    #expect(
      Help.lines(about: "vunmpa") == ["no command is called 'vunmpa'; did you mean 'vunmap'?"])
    #expect(Help.lines().count == Command.all.count + Command.Group.allCases.count)
  }
}

extension String {
  /// The contents of the blocks between two lines of a fence.
  fileprivate func components(fence: String) -> [String] {
    var blocks: [String] = []
    var open: [Substring]?
    for line in split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix(fence) {
        if let lines = open { blocks.append(lines.joined(separator: "\n")) }
        open = open == nil ? [] : nil
      } else {
        open?.append(line)
      }
    }
    return blocks
  }
}
