import Engine
import FoundationEssentials
import KernelText
import Language
import Parsing
import Scenarios
import Testing

@Suite struct ComparisonTests {
  private static func comparison(
    _ text: String, _ variants: [Variant], machine: String = "teaching-4g",
  ) throws -> Comparison {
    let scenario = try Scenario(parsing: text, file: "t.dmap")
    let description = try #require(MachineDescription(builtIn: machine))
    var lanes: [(variant: Variant, machine: Machine)] = []
    for variant in variants {
      let machine = try Machine(
        booting: description, kernel: variant.kernel ?? .linux7_2,
        options: BootOptions(policies: variant.policies ?? .none))
      lanes.append((variant, machine))
    }
    return Comparison(lanes, statements: scenario.statements)
  }

  @Test func `a variant is read with kernel and policies`() throws {
    let variant = try Variant(
      reading: "both=kernel:linux-6.1,policy:aaronlu-2022,policy:edgecombe-2021")
    #expect(variant.name == "both")
    #expect(variant.kernel == .linux6_1)
    #expect(variant.policies?.names == [.aaronLu2022, .edgecombe2021])
    #expect(try Variant(reading: "plain=policy:none").policies == PolicySet.none)
    #expect(try Variant(reading: "as-it-is").policies == nil)
    #expect(try Variant(reading: "as-it-is=").kernel == nil)
  }

  @Test(arguments: [
    ("", "NAME=kernel"), ("=kernel:linux-6.1", "NAME=kernel"),
    ("a=linux-6.1", "none of kernel:NAME"),
    ("a=kernel:linux-6.11", "linux-6.1"), ("a=policy:aaronlu", "aaronlu-2022"),
    ("a=cpu:pti", "none of kernel, policy"),
    ("a=policy:aaronlu-2022,policy:hyeyoo-count-2022", "choose one"),
    ("a=kernel:linux-6.1,", "none of kernel:NAME"), ("a\u{1b}=", "NAME=kernel"),
  ])
  func `what is no variant is an error with the way out`(text: String, words: String) {
    let error = #expect(throws: VariantError.self) { try Variant(reading: text) }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  }

  @Test func `the same input splits alike and merges by policy`() throws {
    var comparison = try Self.comparison(
      "set_memory_ro pfn:0x140000\nset_memory_rw pfn:0x140000",
      [
        Variant(name: "plain", kernel: .linux6_1),
        Variant(name: "merging", kernel: .linux6_1, policies: try PolicySet([.aaronLu2022])),
      ])
    comparison.run()
    let report = ComparisonReport(comparison, file: "t.dmap")
    #expect(report.variants.map(\.splits) == [2, 2])
    #expect(report.variants.map(\.merges) == [0, 2])
    #expect(report.variants.map { $0.directMap4k - $0.directMap4kAtBoot } == [2048, 0])
    #expect(comparison.lanes.map { $0.directMap4k.count } == [3, 3])
    #expect(report.table.split(separator: "\n").count == 3)
  }

  @Test func `zaps have columns of their own where there are any`() throws {
    let variants = [
      Variant(name: "before", policies: try PolicySet([.zapByPage])),
      Variant(name: "after", policies: PolicySet.none),
    ]
    var zaps = try Self.comparison("mmap heap 4M order 9\nzap heap\n", variants)
    zaps.run()
    let report = ComparisonReport(zaps, file: "t.dmap")
    #expect(report.variants.map { $0.zaps?["zap_runs"] } == [1024, 2])
    #expect(report.table.contains("zapped") && report.table.contains("longest cost"))
    var none = try Self.comparison("set_memory_ro pfn:0x140000\n", variants)
    none.run()
    let plain = ComparisonReport(none, file: "t.dmap")
    #expect(!plain.table.contains("zapped") && !plain.json.contains("zap_runs"))
  }

  @Test func `steps are made in lock-step`() throws {
    var comparison = try Self.comparison(
      "set_memory_ro pfn:0x140000\nnote \"n\"\nset_memory_ro pfn:0x140200",
      [Variant(name: "a"), Variant(name: "b", kernel: .linux6_12)])
    var isGoingOn = comparison.step()
    #expect(isGoingOn)
    #expect(comparison.lanes.map { $0.machine.counters[.level2Splits] } == [1, 1])
    isGoingOn = comparison.step()
    #expect(isGoingOn)
    #expect(comparison.lanes.map { $0.machine.counters[.level2Splits] } == [2, 2])
    isGoingOn = comparison.step()
    #expect(!isGoingOn)
    #expect(comparison.callCount == 2)
  }

  @Test func `a variant that cannot go on stops alone, with the reason`() throws {
    var comparison = try Self.comparison(
      "set_memory_ro pfn:0x140200 2M\nset_memory_rw pfn:0x140200\nset_memory_ro pfn:0x150000",
      [
        Variant(
          name: "count", kernel: .linux6_1, policies: try PolicySet([.hyeyooCount2022])),
        Variant(name: "plain", kernel: .linux6_1),
      ])
    comparison.run()
    let rows = ComparisonReport(comparison, file: "t.dmap").variants
    #expect(rows[0].stoppedAt == 3)
    #expect(rows[0].reason?.contains("counted 2") == true)
    #expect(rows[1].stoppedAt == nil && rows[1].reason == nil)
  }

  @Test func `what is asked of a policy leaves other variants alone`() throws {
    var comparison = try Self.comparison(
      "vmalloc a 4 group\nvfree a\nshrink edgecombe-2021 100 node 0",
      [
        Variant(name: "plain", kernel: .linux5_11),
        Variant(
          name: "grouped", kernel: .linux5_11, policies: try PolicySet([.edgecombe2021])),
      ])
    comparison.run()
    let rows = ComparisonReport(comparison, file: "t.dmap").variants
    #expect(rows.map(\.stoppedAt) == [nil, nil])
    #expect(rows.map(\.pagesCached) == [0, 412])
  }

  @Test func `the JSON has the keys that the documents name`() throws {
    var comparison = try Self.comparison("set_memory_ro pfn:0x140000", [Variant(name: "a")])
    comparison.run()
    let json = ComparisonReport(comparison, file: "t.dmap").json
    for key in [
      "variants", "name", "kernel", "policies", "DirectMap4k", "DirectMap2M", "DirectMap1G",
      "DirectMap4kAtBoot", "splits", "merges", "flushes",
    ] {
      #expect(json.contains("\"\(key)\""))
    }
    let read = try JSONDecoder().decode(ComparisonReport.self, from: Data(json.utf8))
    #expect(read == ComparisonReport(comparison, file: "t.dmap"))
  }

  @Test func `the chart escapes names and draws a line for each variant`() throws {
    let lines = (0..<8).map { index in
      ComparisonChart.Line(name: "v<\(index)>&\"", values: [16_240, 18_288, 18_288, 20_336])
    }
    let svg = ComparisonChart(title: "a ]]> <b>\u{7}", lines).svg
    #expect(svg.hasPrefix("<svg ") && svg.hasSuffix("</svg>\n"))
    #expect(!svg.contains("<b>") && !svg.contains("\u{7}") && !svg.contains("v<"))
    #expect(svg.components(separatedBy: "stroke-width=\"2.5\"").count == 1 + 16)
  }

  @Test(
    arguments: [[], [[]], [[5]], [[0, 0, 0]], [[Int64.max / 2, 0]], [[1, 1 << 40]]] as [[[Int64]]])
  func `the chart of odd numbers is drawn all the same`(values: [[Int64]]) {
    let lines = values.enumerated().map {
      ComparisonChart.Line(name: "\($0.offset)", values: $0.element)
    }
    #expect(ComparisonChart(title: "t", lines).svg.hasSuffix("</svg>\n"))
  }
}
