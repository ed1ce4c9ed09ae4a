import Engine
import FoundationEssentials
import Language
import Parsing
import Scenarios
import Testing

/// The scenarios that come with the program.
enum Assets {
  /// The root of the source tree.
  static var root: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }

  /// The names of the scenarios, sorted.
  static var names: [String] {
    let folder = root.appending(path: "Assets/scenarios").path
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
      .filter { $0.hasSuffix(".dmap") }.sorted()
  }

  static func text(_ name: String) -> String {
    let path = root.appending(path: "Assets/scenarios/\(name)").path
    return String(
      decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
  }
}

@Suite struct AssetsTests {
  @Test func `has the scenarios that the documents name`() {
    let wanted = [
      "first-split", "ro-then-rw", "alias-through-vmap", "rox-collapse", "invalid-then-default",
      "arrays", "cache-types", "module-lifecycle", "secretmem", "prog-pack", "rox-cache",
      "merge-ro-rw", "merge-bug", "grouping-cache", "arm64-linear-map", "arm64-set-memory",
      "arm64-bbml2-split", "arm64-hotplug",
    ]
    for name in wanted { #expect(Assets.names.contains(name + ".dmap")) }
  }

  @Test(arguments: Assets.names)
  func `holds in every claim and teaches in words`(name: String) throws {
    let machines = MachineDescription.builtIn.map(\.name)
    let text = Assets.text(name)
    let scenario = try Scenario(parsing: text, file: name, machines: machines)
    #expect(text.hasPrefix("# "))
    let builtIn = scenario.machine.flatMap(MachineDescription.init(builtIn:))
    let description = try #require(scenario.ownMachine ?? builtIn)
    var runner = Runner(
      scenario.statements, on: try scenario.boot(description, kernel: .linux7_2))
    var notes = 0
    var claims = 0
    while let step = try runner.next() {
      for hit in step.hits {
        if case .broken(let invariant) = hit.finding { Issue.record("\(invariant)") }
      }
      switch step.outcome {
      case .failed(let expression, let readings):
        Issue.record("\(step.located.location): \(expression.scenarioText): \(readings)")
      case .held: claims += 1
      case .noted(let text):
        notes += 1
        #expect(text.count <= 100)
      case .called, .paused, .answered, .measured, .listed: break
      }
    }
    #expect(notes >= 2)
    // A workload is there to be compared; its claims are the comparison's.
    #expect(claims >= 3 || scenario.calls.count > 500)
  }
}
