import Engine
import Language
import Parsing
import TestSupport
import Testing

/// The scenarios of `docs/findings.md`. That they hold in every claim is `AssetsTests`' to say; here,
/// that they are there and make one.
@Suite struct FindingScenarioTests {
  @Test func `every finding has a scenario that claims something and explains itself`() throws {
    let page = FindingsPage(try ProjectFiles.text("docs/findings.md"))
    #expect(page.findings.count >= 12)
    var seen: Set<String> = []
    for finding in page.findings {
      let path = try #require(finding.scenario)
      #expect(seen.insert(path).inserted, "\(path) stands for two findings")
      let scenario = try Scenario(parsing: try ProjectFiles.text(path), file: path)
      var claims = 0
      var notes = 0
      for located in scenario.statements {
        switch located.statement {
        case .expect: claims += 1
        case .note: notes += 1
        default: break
        }
      }
      #expect(claims >= 3, "\(path)")
      #expect(notes >= 2, "\(path)")
    }
  }

  @Test func `other scenarios that the page names are there too`() throws {
    let text = try ProjectFiles.text("docs/findings.md")
    for word in text.split(whereSeparator: { " `\n,.".contains($0) == true && $0 != "." }) {
      guard word.hasSuffix(".dmap") else { continue }
      let path = word.contains("/") ? String(word) : "Assets/scenarios/\(word)"
      #expect(throws: Never.self, "\(path)") { try ProjectFiles.text(path) }
    }
  }
}
