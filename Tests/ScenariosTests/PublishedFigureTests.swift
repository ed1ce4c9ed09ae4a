import Engine
import FoundationEssentials
import Language
import Parsing
import Scenarios
import Testing

/// What the grouping cache of April 2021 saves: the published figure, and those of the recordings
/// (`docs/model.md`).
@Suite struct PublishedFigureTests {
  /// The new 4K kilobytes without and with the cache.
  static func growth(_ name: String) throws -> (plain: Int64, grouped: Int64) {
    let scenario = try Scenario(
      parsing: Assets.text(name), file: name, machines: MachineDescription.builtIn.map(\.name))
    let description = try #require(MachineDescription(builtIn: scenario.machine ?? ""))
    var lanes: [(variant: Variant, machine: Machine)] = []
    for (name, policies) in [("plain", []), ("grouped", [PolicyName.edgecombe2021])] {
      let options = BootOptions(policies: try PolicySet(policies))
      let machine = try scenario.boot(description, kernel: .linux7_2, options: options)
      lanes.append((Variant(name: name), machine))
    }
    var comparison = Comparison(lanes, statements: scenario.statements)
    comparison.run()
    let report = ComparisonReport(comparison, file: name)
    #expect(report.variants.allSatisfy { $0.stoppedAt == nil && $0.kernel == "linux-5.11" })
    let growth = report.variants.map { $0.directMap4k - $0.directMap4kAtBoot }
    return (growth[0], growth[1])
  }

  /// The share saved, in percent.
  static func saving(_ name: String) throws -> Double {
    let (plain, grouped) = try growth(name)
    return 100 * (1 - Double(grouped) / Double(plain))
  }

  @Test func `on aged memory at least 98 % fewer new 4K pages`() throws {
    #expect(try Self.saving("bpf-2021.dmap") >= 98)
  }

  @Test(arguments: [
    ("bpf-2021-quiet.dmap", 33.3), ("bpf-2021-busy.dmap", 75.0), ("bpf-2021-noblocks.dmap", 4.5),
  ])
  func `the recorded figures within ten points`(name: String, recorded: Double) throws {
    #expect(abs(try Self.saving(name) - recorded) <= 10)
  }
}
