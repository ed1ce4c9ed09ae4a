import Engine
import KernelText
import Language
import Parsing
import Scenarios
import Testing

/// What vmalloc space is asked in the language, and what it answers.
@Suite struct VmallocTextTests {
  private static func run(
    _ text: String, machine: String = "teaching-4g",
  ) throws -> (report: RunReport, lines: [String]) {
    let scenario = try Scenario(parsing: text, file: "t")
    let description = try #require(MachineDescription(builtIn: machine))
    var runner = Runner(
      scenario.statements, on: try scenario.boot(description, kernel: .linux6_12))
    var report = RunReport(file: "t", kernel: "linux-6.12")
    var lines: [String] = []
    while let step = try runner.next(logging: true) {
      report.add(step, runner.machine)
      lines += step.lines
    }
    return (report, lines)
  }

  @Test func `areas tells what each takes, in words and in numbers`() throws {
    let (report, lines) = try Self.run("vmalloc table 513 huge\nareas")
    #expect(lines.contains("     2052K asked for, 4096K taken: 2044K unused."))
    let answer = try #require(report.answers?.first)
    #expect(answer.question == "areas" && answer.sentences.count == 1)
    #expect(
      answer.sentences.first
        == "table, vmalloc area, VM_ALLOW_HUGE_VMAP, at 0xffffc90000000000: 2052K asked for, "
        + "4096K taken: 2044K unused; mapped by 2 x 2M; a guard page of 4K; 8K of page pointers.")
    let area = try #require(answer.areas?.first)
    #expect(area.askedKilobytes == 2052 && area.takenKilobytes == 4096)
    #expect(area.unusedKilobytes == 2044 && area.flag == "VM_ALLOW_HUGE_VMAP")
    #expect(area.leaves == ["4k": 0, "2M": 2, "1G": 0] && area.nodeKilobytes == ["0": 4096])
    #expect(report.json.contains("\"unused_kB\" : 2044"))
  }

  @Test func `the flag has the name of the kernel that was proposed`() throws {
    let (_, lines) = try Self.run("policy huge-vmalloc-2020\nvmalloc table 4M\nareas")
    #expect(lines.last?.hasPrefix("?? table, vmalloc area, VM_HUGE_PAGES, at") == true)
  }

  @Test func `without areas there is nothing to tell`() throws {
    #expect(try Self.run("areas").lines == ["?? There are no areas in vmalloc space."])
  }

  @Test func `nodes and their difference are told`() throws {
    let (report, lines) = try Self.run(
      "vmalloc hash 10M interleave huge\nareas", machine: "server-256g-2node")
    #expect(
      lines.contains(
        "     2 nodes took turns: node 0 has 6144K, node 1 4096K, a difference of 2048K."))
    #expect(report.answers?.first?.areas?.first?.nodeKilobytes == ["0": 6144, "1": 4096])
  }

  @Test(arguments: [
    ("vmalloc_wasted", 2_093_056), ("vmalloc_taken", 4_194_304), ("vmalloc_huge", 2),
    ("vmalloc_small", 0), ("vmalloc_lazy", 0), ("wasted(t)", 2_093_056), ("leaves_2M(t)", 2),
    ("leaves_4K(t)", 0), ("leaves_1G(t)", 0), ("imbalance(t)", 0),
    ("start(t) - 0xffffc90000000000", 0),
  ])
  func `areas have numbers in expressions`(text: String, value: Int) throws {
    let (report, _) = try Self.run("vmalloc t 513 huge\nexpect \(text) == \(value)")
    #expect(report.expects.map(\.holds) == [true])
  }

  @Test func `an area that is not there has none`() throws {
    #expect(throws: RunError.self) { try Self.run("expect wasted(gone) == 0") }
  }
}
