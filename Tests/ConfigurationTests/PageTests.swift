import Configuration
import Foundation
import Screen
import TestSupport
import Testing

struct PageTests {
  /// The page with the tables as they should be.
  private func page(_ text: String) throws -> String {
    var text = text
    for (name, table) in ConfigurationTables.all {
      let start = try #require(text.range(of: "<!-- \(name) -->\n"))
      let end = try #require(
        text.range(of: "<!-- end -->", range: start.upperBound..<text.endIndex))
      text.replaceSubrange(start.upperBound..<end.lowerBound, with: "\n\(table)\n")
    }
    return text
  }

  @Test func `docs/configuration.md lists what there is`() throws {
    let text = try ProjectFiles.text("docs/configuration.md")
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      let file = ProjectFiles.root.appending(path: "docs/configuration.md")
      try page(text).write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try ProjectFiles.text("docs/configuration.md") == page(text))
  }

  @Test func `the example of the page is a configuration`() throws {
    let text = try ProjectFiles.text("docs/configuration.md")
    let part = try #require(text.components(separatedBy: "three tables.\n").last)
    let example = part.components(separatedBy: "Multi-line").first?.split(separator: "\n") ?? []
    let lines = example.map { $0.drop { $0 == " " } }.joined(separator: "\n")
    let (configuration, problems) = Configuration.read(Array(lines.utf8), file: "example")
    #expect(problems.isEmpty, "\(problems)")
    #expect(configuration.chosenTheme.name == "mine" && configuration.speed.value == 8)
  }
}
