import Engine
import Foundation
import TestSupport
import Testing

@testable import Exploring

/// The table of `docs/explore.md`: what the usual search finds under each kernel and policy.
@Suite struct ExploreTableTests {
  private static let path = "docs/explore.md"

  private static let variants: [(kernel: KernelProfile, policies: [PolicyName])] =
    KernelProfile.x86.map { ($0, []) }
    + [PolicyName.kirill2020, .aaronLu2022, .hyeyooCount2022, .hyeyooBitmap2022].map {
      (.linux6_1, [$0])
    }

  private static func row(_ kernel: KernelProfile, _ policies: [PolicyName]) async throws -> String
  {
    let explorer = try ExplorerTests.explorer(
      kernel, policies: policies, Alphabet.usualOperations
    ) { $0.depth = 4 }
    let found = await explorer.run()
    let hits = Dictionary(grouping: found.hits, by: \.property).map { property, hits in
      (property, hits.map(\.calls.count).min() ?? 0, hits.count)
    }.sorted { ($0.1, $0.0.rawValue) < ($1.1, $1.0.rawValue) }
    let words = hits.map { "`\($0.0.rawValue)` in \($0.1)\($0.2 > 1 ? ", \($0.2) kinds" : "")" }
    let software = ([kernel.name] + policies.map(\.rawValue)).joined(separator: " + ")
    return "| \(software) | \(found.states) | \(found.transitions) "
      + "| \(words.isEmpty ? "none" : words.joined(separator: "; ")) |"
  }

  @Test func `the page has the table that the searches give`() async throws {
    var lines = [
      "", "| kernel and policy | states | calls made | hits, with the fewest calls |",
      "|---|---|---|---|",
    ]
    for variant in Self.variants {
      lines.append(try await Self.row(variant.kernel, variant.policies))
    }
    let text = try ProjectFiles.text(Self.path)
    let start = try #require(text.firstRange(of: "<!-- explore table: "))
    let head = try #require(text[start.upperBound...].firstIndex(of: "\n"))
    let end = try #require(text.firstRange(of: "<!-- end of explore table -->"))
    let renewed = text[...head] + lines.joined(separator: "\n") + "\n\n" + text[end.lowerBound...]
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try Data(renewed.utf8).write(to: ProjectFiles.root.appending(path: Self.path))
    }
    #expect(text == renewed, "stale: run it with RECORD=all")
  }
}
