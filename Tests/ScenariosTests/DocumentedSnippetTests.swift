import Engine
import Language
import Parsing
import Scenarios
import TestSupport
import Testing

/// What the pages show of the scenario language is language, and runs where it is whole.
@Suite struct DocumentedSnippetTests {
  /// Blocks whose first line is a command of the language.
  static let blocks = DocumentPage.all.flatMap(\.blocks).filter { block in
    guard block.language == nil || block.language == "" else { return false }
    let first = block.lines.first { !$0.isEmpty && !$0.hasPrefix("#") }
    let word = first?.split(separator: " ").first.map(String.init) ?? ""
    return Command.all.contains { $0.name.split(separator: " ").first.map(String.init) == word }
  }

  @Test func `finds the snippets of the pages`() {
    let pages = Set(Self.blocks.map(\.page))
    for page in ["README.md", "docs/scenarios.md", "docs/guide.md", "docs/stops.md", "docs/tlb.md"]
    {
      #expect(pages.contains(page))
    }
  }

  @Test(arguments: blocks)
  func `every line is a line of the language, or says how one is made`(
    block: DocumentPage.Block,
  ) throws {
    let usages = Help.commandReference
    let parser = Parser(file: block.description)
    for line in joined(block.lines) {
      if usages.contains("`\(line.replacing("|", with: "\\|"))`") { continue }
      #expect(throws: Never.self, "\(block): \(line)") { _ = try parser.statement(ofLine: line) }
    }
  }

  @Test(arguments: blocks.filter { $0.lines.contains { $0.hasPrefix("machine ") } })
  func `what is whole holds in every claim`(block: DocumentPage.Block) throws {
    let text = block.lines.joined(separator: "\n")
    let scenario = try Scenario(parsing: text, file: block.description)
    let description = try #require(MachineDescription(builtIn: scenario.machine ?? ""))
    var runner = Runner(
      scenario.statements, on: try scenario.boot(description, kernel: .linux7_2))
    while let step = try runner.next() {
      if case .failed = step.outcome { Issue.record("\(block): \(step.lines)") }
    }
  }

  /// The lines without what is said behind them, and without empty ones; a usage over two lines is one.
  private func joined(_ lines: [String]) -> [String] {
    var result: [String] = []
    for line in lines where !line.isEmpty && !line.hasPrefix("#") {
      let isContinued = line.hasPrefix("    ")
      let trimmed = line.drop { $0 == " " }
      let text = trimmed.firstRange(of: "    ").map { String(trimmed[..<$0.lowerBound]) }
      if isContinued, let last = result.popLast() {
        result.append(last + " " + trimmed)
      } else {
        result.append(text ?? String(trimmed))
      }
    }
    return result
  }
}
