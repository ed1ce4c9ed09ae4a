import Engine
import FoundationEssentials
import KernelText
import Language
import Parsing
import Recordings
import Scenarios
import Testing

/// Scenarios made from traces of real kernels are scenarios: they are read, and run to their end under
/// any policy.
@Suite struct TracedScenarioTests {
  private static func scenario(_ folder: String) throws -> Scenario {
    let path = Assets.root.appending(path: "Assets/workloads/\(folder)/workload.ftrace.txt").path
    let bytes = try #require(FileManager.default.contents(atPath: path))
    let kernel = try #require(KernelProfile(version: folder.split(separator: "/")[0]))
    let text = TraceScenario(try FtraceText(bytes)).text(kernel: kernel, source: folder)
    return try Scenario(parsing: text, file: folder)
  }

  @Test(arguments: [
    "linux-6.12.117/4g", "linux-6.12.117/bpf", "linux-7.2.12/4g", "linux-7.2.12/bpf",
  ])
  func `a trace as a scenario runs under any policy`(folder: String) throws {
    let scenario = try Self.scenario(folder)
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    let choices: [[PolicyName]] = [[], [.edgecombe2021], [.aaronLu2022, .permAlloc2020]]
    let lanes = try choices.map { names in
      (
        variant: Variant(name: "\(names)"),
        machine: try scenario.boot(
          description, kernel: .linux6_1, options: BootOptions(policies: try PolicySet(names)))
      )
    }
    var comparison = Comparison(lanes, statements: scenario.statements)
    comparison.run()
    #expect(comparison.callCount > 100)
    for lane in comparison.lanes {
      #expect(lane.stop == nil, "\(lane.variant.name): \(String(describing: lane.stop))")
      #expect(lane.machine.counters[.level2Splits] > 2)
    }
  }
}
