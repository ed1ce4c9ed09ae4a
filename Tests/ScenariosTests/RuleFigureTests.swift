import Engine
import KernelText
import Language
import Parsing
import Scenarios
import TestSupport
import Testing

/// The figures of `docs/rules.md`: new 4K pages under no policy, the cache of April 2021, and a rule of
/// one action.
@Suite struct RuleFigureTests {
  @Test(arguments: ["bpf-2021", "bpf-2021-quiet", "bpf-2021-busy", "bpf-2021-noblocks"])
  func `the page has what the scenario gives`(name: String) throws {
    let file = "\(name).dmap"
    let scenario = try Scenario(
      parsing: ProjectFiles.text("Assets/scenarios/\(file)"), file: file)
    let rules = try Parser.rules(
      streaming: LineStream(of: ProjectFiles.text("Assets/rules/group-by-type.rule").utf8),
      file: "r")
    let sets = [PolicySet.none, try PolicySet([.edgecombe2021]), try PolicySet([], rules: rules)]
    let grown = try sets.map { policies in
      let description = try #require(MachineDescription(builtIn: scenario.machine ?? ""))
      let kernel = try #require(scenario.kernel)
      let machine = try Machine(
        booting: scenario.configured(description), kernel: kernel,
        options: BootOptions(policies: policies))
      var runner = Runner(scenario.statements, on: machine)
      while try runner.next() != nil {}
      return runner.machine.directMapKilobytes(.size4K) - machine.directMapKilobytes(.size4K)
    }
    let row = grown.map(String.init).joined(separator: " | ")
    let page = try ProjectFiles.text("docs/rules.md")
    #expect(page.contains("`\(file)` | \(row) |"), "\(row)")
  }
}
