import Foundation
import TestSupport
import Testing

@testable import Interface
@testable import Lanes

/// `docs/plain.md`: its list of words and its session are what the program says.
@Suite struct PlainPageTests {
  private static let path = "docs/plain.md"

  /// What is typed in the session of the page; `RECORD=all` writes it there.
  private static let script = [
    "step", "step", "3.", "where", "back", ">", "set_memory_rw pfn:0x140000",
    "branch", "break split 2M", "reverse-continue", "map", "inspect pfn:0x1403e8",
    "goto 1", "why pfn:0x1403e8", "expect size(pfn:0x1403e8) == 4K", "stpe", "quit",
  ]

  private static func record(_ text: String) throws {
    guard ProcessInfo.processInfo.environment["RECORD"] == "all" else { return }
    try Data(text.utf8).write(to: ProjectFiles.root.appending(path: path))
  }

  @Test func `lists the words that the code has, and a session as it is`() throws {
    let page = try ProjectFiles.text(Self.path)
    var renewed = page
    let rows = PlainWord.all.map { "| `\($0.usage.replacing("|", with: "\\|"))` | \($0.help) |" }
    let table = (["| line | what it does |", "|---|---|"] + rows).joined(separator: "\n")
    let start = try #require(renewed.range(of: "renews it -->\n"))
    let end = try #require(renewed.range(of: "<!-- end of words -->"))
    renewed.replaceSubrange(start.upperBound..<end.lowerBound, with: "\n\(table)\n\n")
    let fence = try #require(renewed.range(of: "```\n"))
    let close = try #require(renewed.range(of: "\n```", range: fence.upperBound..<renewed.endIndex))
    let shown = try Self.replayed(String(renewed[fence.upperBound..<close.lowerBound]))
    renewed.replaceSubrange(fence.upperBound..<close.lowerBound, with: shown)
    try Self.record(renewed)
    #expect(page == renewed, "stale: run it with RECORD=all")
  }

  /// The session again, with the lines that it has typed; in a recording those of the script.
  private static func replayed(_ session: String) throws -> String {
    let isRecording = ProcessInfo.processInfo.environment["RECORD"] == "all"
    let typed = session.split(separator: "\n").filter { $0.hasPrefix("> ") }.map { $0.dropFirst(2) }
    #expect(isRecording || typed.count > 10)
    var model = try scenarioModel(try ProjectFiles.text("Assets/scenarios/first-split.dmap"))
    model.lane.setup.file = "first-split.dmap"
    var plain = PlainSession(model)
    var lines = plain.opening
    for line in isRecording ? script : typed.map(String.init) {
      lines.append("> \(line)")
      lines += plain.answers(to: line)
    }
    return lines.joined(separator: "\n")
  }
}
