import Engine
import Foundation
import Language
import Parsing
import Scenarios
import TestSupport
import Testing

/// What merging costs by the model, and the table of `docs/merging.md`.
@Suite struct CostTableTests {
  private static let path = "docs/merging.md"
  private static let variants: [(name: String, policy: PolicyName?)] = [
    ("none", nil), ("flush", .kirill2020), ("bitmap", .hyeyooBitmap2022),
    ("count", .hyeyooCount2022), ("alike", .aaronLu2022),
  ]

  private static func report(_ name: String) throws -> ComparisonReport {
    let text = try ProjectFiles.text("Assets/scenarios/\(name)")
    let scenario = try Scenario(
      parsing: text, file: name, machines: MachineDescription.builtIn.map(\.name))
    let description = scenario.configured(
      try #require(MachineDescription(builtIn: scenario.machine ?? "")))
    var comparison = Comparison(
      try variants.map { name, policy in
        let policies = try PolicySet(policy.map { [$0] } ?? [])
        let machine = try Machine(
          booting: description, kernel: scenario.kernel ?? .linux7_2,
          options: BootOptions(policies: policies))
        return (Variant(name: name, policies: policies), machine)
      }, statements: scenario.statements)
    comparison.run()
    return ComparisonReport(comparison, file: name)
  }

  @Test func `the page has the table that the command prints`() throws {
    let report = try Self.report("merge-evaluation.dmap")
    #expect(report.variants.allSatisfy { $0.stoppedAt == nil })
    let text = try ProjectFiles.text(Self.path)
    let start = try #require(text.firstRange(of: "<!-- cost table: "))
    let head = try #require(text[start.upperBound...].firstIndex(of: "\n"))
    let end = try #require(text.firstRange(of: "<!-- end of cost table -->"))
    let renewed =
      text[...head] + "\n```text\n" + (try #require(report.costTable)) + "\n```\n\n"
      + text[end.lowerBound...]
    if ProcessInfo.processInfo.environment["RECORD"] == "all" {
      try Data(renewed.utf8).write(to: ProjectFiles.root.appending(path: Self.path))
    }
    #expect(text == renewed, "stale: run it with RECORD=all")
  }

  @Test func `every kind of call is there, and the kinds add up to the totals`() throws {
    let report = try Self.report("merge-evaluation.dmap")
    for row in report.variants {
      let costs = try #require(row.costs)
      #expect(
        costs.map(\.kind) == [.boot, .moduleLoad, .bpfLoad, .bpfFree, .moduleUnload], "\(row.name)")
      let since = costs.dropFirst()
      #expect(since.reduce(0) { $0 + $1.calls } == Int64(report.calls))
      #expect(since.reduce(0) { $0 + $1.splits } == row.splits)
      #expect(since.reduce(0) { $0 + $1.merges } == row.merges)
      #expect(since.reduce(0) { $0 + $1.entriesScanned } == row.entriesScanned)
      #expect(since.reduce(0) { $0 + $1.wordsTested } == row.wordsTested)
      #expect(since.reduce(0) { $0 + $1.shootdowns } == row.flushes)
    }
  }

  @Test func `the time is what the constants make of the counts`() throws {
    for row in try Self.report("merge-evaluation.dmap").variants {
      for cost in row.costs ?? [] where cost.kind != .boot {
        #expect(
          cost.nanoseconds == 5 * cost.wordsTested + cost.entriesScanned + 2000 * cost.shootdowns
            + 200 * cost.pagesFlushed + 600 * cost.splits + 100 * cost.merges)
      }
    }
  }

  @Test func `who merges pays, at boot too, and who does not looks for nothing`() throws {
    let rows = try Self.report("merge-evaluation.dmap").variants
    let boots = try rows.map { try #require($0.costs?.first) }
    #expect(boots[0].entriesScanned == 0 && boots[0].wordsTested == 0)
    #expect(boots[1...].allSatisfy { $0.entriesScanned + $0.wordsTested > 0 })
    #expect(rows[0].merges == 0 && rows[4].merges > 0)
    // The branch recounts whole tables to check itself; the idea of the mail reads a line of the cache.
    #expect(rows[3].entriesScanned > 50 * rows[2].entriesScanned)
  }

  @Test func `upstream's own collapse counts what it reads`() throws {
    var machine = try Machine(
      booting: try #require(MachineDescription(builtIn: "teaching-4g")), kernel: .linux7_2)
    try machine.perform(.setMemory(.ro, .frame(0x140003), 1))
    let before = machine.counters
    try machine.perform(.setMemory(.rox, .frame(0x140000), 512))
    // 512 entries of 4K that are alike; of the 2M entries the second differs from the first.
    #expect(machine.counters.since(before)[.entriesScanned] == 512 + 2)
  }

  /// The first patch of August 2022 gives G back with P, as far as the default kernel mask lets it.
  @Test(arguments: [false, true])
  func `G comes back with P only where kernel entries are global`(isOn: Bool) throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.cpu[.pti] = isOn
    var machine = try Machine(
      booting: description, kernel: .linux6_1,
      options: BootOptions(policies: PolicySet([.aaronLu2022])))
    try machine.perform(.setDirectMap(.invalid, 0x150000, 2))
    try machine.perform(.setDirectMap(.default, 0x150000, 1))
    let leaf = machine.tables.lookup(AddressLayout.directMapAddress(of: 0x150000))
    #expect(leaf?.size == .size4K && leaf?.flags.contains(.global) == !isOn)
  }

  @Test(arguments: [false, true])
  func `with page-table isolation usual entries have no G, and a split heals`(isOn: Bool) throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.cpu[.pti] = isOn
    for policy in [PolicyName.hyeyooCount2022, .hyeyooBitmap2022] {
      var machine = try Machine(
        booting: description, kernel: .linux6_1, options: BootOptions(policies: PolicySet([policy]))
      )
      try machine.perform(.setMemory(.ro, .frame(0x140000), 1))
      try machine.perform(.setMemory(.rw, .frame(0x140000), 1))
      #expect(machine.counters[.level1Merges] == 1 && machine.counters[.level2Merges] == 1)
      let leaf = machine.tables.lookup(AddressLayout.directMapAddress(of: 0x140000))
      #expect(leaf?.size == .size1G && leaf?.flags.contains(.global) == !isOn)
      // Out of the map and back: only a global entry loses something.
      try machine.perform(.setDirectMap(.invalid, 0x150000, 1))
      try machine.perform(.setDirectMap(.default, 0x150000, 1))
      #expect(machine.counters[.level1Merges] == (isOn ? 2 : 1))
    }
  }
}
