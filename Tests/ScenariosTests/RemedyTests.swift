import Engine
import Foundation
import Scenarios
import TestSupport
import Testing

/// All remedies on the same three inputs, and the table of `docs/remedies.md`.
@Suite struct RemedyTests {
  private static let table = RemedyTable()

  private static func row(_ name: String) throws -> [RemedyInput.Result] {
    try #require(table.rows.first { $0.remedy.name == name }).results
  }

  @Test func `docs/remedies.md has the table`() throws {
    let path = "docs/remedies.md"
    let text = try ProjectFiles.text(path)
    let start = try #require(text.firstRange(of: "<!-- remedies: "))
    let head = try #require(text[start.upperBound...].firstIndex(of: "\n"))
    let end = try #require(text.firstRange(of: "<!-- end of remedies -->")).lowerBound
    let renewed = text[...head] + "\n" + Self.table.markdown + "\n" + text[end...]
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try Data(renewed.utf8).write(to: ProjectFiles.root.appending(path: path))
    }
    #expect(text == renewed, "stale: run it with RECORD=all")
  }

  @Test func `every remedy of the policies is in it once`() {
    let names = Proposal.all.map(\.name)
    #expect(Set(names).count == names.count)
    for policy in PolicyName.allCases where policy.kind == .remedy {
      #expect(names.contains(policy.rawValue), "\(policy.rawValue)")
    }
  }

  @Test func `each runs on all inputs, or says why not`() throws {
    for row in Self.table.rows {
      if case .elsewhere(let words) = row.remedy.run {
        #expect(row.results.isEmpty && words.count > 10)
      } else {
        #expect(row.results.count == RemedyInput.all.count, "\(row.remedy.name)")
        // The branch of 2022 stops the kernel with its own BUG when permissions change. arm64 of today changes no
        // attributes at linear-map addresses.
        let fails = row.results.contains { $0.failures > 0 }
        let mayFail = ["hyeyoo-count-2022", "none, arm64", "kpkeys-2025", "kpkeys-blocks-2026"]
        #expect(fails == mayFail.contains(row.remedy.name), "\(row.remedy.name)")
      }
    }
  }

  @Test func `they do what they are for`() throws {
    let none = try Self.row("none")
    let grouped = try Self.row("edgecombe-2021")
    #expect(grouped[0].kilobytesOf4K < none[0].kilobytesOf4K && grouped[1] == none[1])
    let alike = try Self.row("aaronlu-2022")
    #expect(alike[1].merges > 0 && alike[1].kilobytesOf4K < none[1].kilobytesOf4K)
    let flipped = try Self.row("freetype-2026")
    #expect(flipped[2].splits < none[2].splits && flipped[2].kilobytesOf4K == 0)
    #expect(flipped[2].shootdowns < none[2].shootdowns && flipped[0] == none[0])
    let seen = try Self.row("mermap-2026")
    #expect(seen[2].ownFlushes > 0 && seen[2].splits == flipped[2].splits)
    #expect(seen[0] == none[0] && none.allSatisfy { $0.ownFlushes == 0 })
    let arm = try Self.row("none, arm64")
    let generic = try Self.row("generic-cpa-2026")
    #expect(arm[1].failures > 0 && generic[1].failures == 0 && generic[1].merges > 0)
    let (single, blocks) = (try Self.row("kpkeys-2025"), try Self.row("kpkeys-blocks-2026"))
    // The tables of splits get keys too: page by page that splits more, from blocks it does not.
    #expect(single[0].splits > arm[0].splits && blocks[0].splits <= arm[0].splits)
    #expect(single[0].shootdowns > blocks[0].shootdowns)
  }
}
