import Engine
import FoundationEssentials
import KernelText
import Language
import Parsing
import Scenarios
import TestSupport
import Testing

@Suite struct RunReportTests {
  private func report(_ text: String, _ kernel: KernelProfile = .linux6_12) throws -> RunReport {
    var runner = Runner(
      try Scenario(parsing: text, file: "t").statements, on: Machine.ofLargeLeaves(kernel: kernel))
    var report = RunReport(file: "t", kernel: kernel.name)
    while let step = try runner.next() { report.add(step, runner.machine) }
    return report
  }

  @Test func `writes one object with sorted keys`() throws {
    let report = try report(
      """
      note "a/b"
      set_memory_ro pfn:0x180000
      expect size(pfn:0x180000) == 2M
      """)
    let json = """
      {
        "expects" : [
          {
            "after" : 1,
            "expression" : "size(pfn:0x180000) == 2M",
            "holds" : false,
            "line" : 3,
            "readings" : [
              "size(pfn:0x180000) is 4K"
            ]
          }
        ],
        "file" : "t",
        "kernel" : "linux-6.12",
        "notes" : [
          {
            "after" : 0,
            "text" : "a/b"
          }
        ],
        "status" : 1,
        "steps" : [
          {
            "call" : "set_memory_ro pfn:0x180000",
            "calls" : {
              "__cpa_flush_tlb" : 1,
              "cpa_flush" : 1,
              "flush_tlb_all" : 2,
              "flush_tlb_kernel_range" : 0,
              "flush_tlb_one_kernel" : 1
            },
            "collapses" : {
              "1G" : 0,
              "2M" : 0
            },
            "direct_map_kB" : {
              "1G" : 1048576,
              "2M" : 1046528,
              "4k" : 2048
            },
            "line" : 2,
            "ret" : 0,
            "splits" : {
              "1G" : 1,
              "2M" : 1
            }
          }
        ]
      }
      """
    #expect(report.json == json)
    #expect(report.summary == "1 call, 1 expect, 1 failed")
    #expect(try JSONDecoder().decode(RunReport.self, from: Data(report.json.utf8)) == report)
  }

  @Test func `stays at status 0 as long as every claim holds`() throws {
    let report = try report(
      "expect true\nset_memory_rox pfn:0x180000\nexpect ret == -ENOSYS", .linux6_1)
    #expect(report.status == 0)
    #expect(report.steps.map(\.ret) == [-38])
    #expect(report.summary == "1 call, 2 expects, 0 failed")
  }

  @Test func `stops after a call, with what is said behind it`() throws {
    let text = "pause\nset_memory_ro pfn:0x180000\nexpect true\nset_memory_rw pfn:0x180000\npause"
    let statements = try Scenario(parsing: text, file: "t").statements
    for (limit, count) in [(-1, 0), (0, 1), (1, 3), (2, 5), (3, 5), (Int.max, 5)] {
      var runner = Runner(statements, on: Machine.ofLargeLeaves())
      while runner.hasNext(withinCalls: limit), try runner.next() != nil {}
      #expect(runner.position == count, "\(limit)")
    }
  }

  @Test func `tells a call in plain lines and cuts a long one`() throws {
    let text = "set_memory_ro pfn:0x180000\nset_memory_ro pfn:0x180001 40\nexpect false"
    var runner = Runner(
      try Scenario(parsing: text, file: "t").statements, on: Machine.ofLargeLeaves())
    let first = try #require(try runner.next(logging: true)).lines
    #expect(first.first == "1  set_memory_ro pfn:0x180000")
    #expect(
      first.last
        == "   = 0   DirectMap4k +2048 kB, DirectMap2M +1046528 kB, DirectMap1G -1048576 kB, "
        + "direct_map_level2_splits +1, direct_map_level3_splits +1, flush_tlb_all +2, "
        + "cpa_flush +1, __cpa_flush_tlb +1, flush_tlb_one_kernel +1, split_tables +2")
    let second = try #require(try runner.next(logging: true)).lines
    #expect(second.count == 5)
    #expect(second[1].hasSuffix("The 4K entry of pfn 0x180001 is written: it loses RW D."))
    #expect(second[2] == "     ... and 39 more like it.")
    #expect(second[3] == "     flush_tlb_all empties the TLB of every CPU.")
    #expect(try #require(try runner.next()).lines == ["t:3:1: expect failed: false"])
  }

  @Test func `cuts a call with too many kinds of events`() throws {
    let text = "set_pages_array_uc pfn:0x180000 64 stride 600"
    var runner = Runner(
      try Scenario(parsing: text, file: "t").statements, on: Machine.ofLargeLeaves())
    let lines = try #require(try runner.next(logging: true)).lines
    #expect(lines.count == 1 + Runner.Step.toldLimit + 1 + 1)
    #expect(lines[lines.count - 2].hasSuffix(" more events."))
  }

  @Test func `tells the policies in JSON and before the calls, if there are any`() {
    let none = RunReport(file: "t", kernel: "linux-6.1")
    #expect(none.header == nil && none.policies == nil && !none.json.contains("policies"))
    let some = RunReport(file: "t", kernel: "linux-6.1", policies: ["aaronlu-2022"])
    #expect(some.header == "linux-6.1 + aaronlu-2022")
    #expect(some.json.contains("\"policies\" : [\n    \"aaronlu-2022\"\n  ]"))
  }

  @Test func `keeps no events of a call on very many pages`() throws {
    let text = "set_memory_ro pfn:0x180000 1G\nset_memory_rw pfn:0x180000 2G"
    var runner = Runner(
      try Scenario(parsing: text, file: "t").statements, on: Machine.ofLargeLeaves())
    let first = try #require(try runner.next(logging: true)).lines
    #expect(first[1].hasSuffix("it stays one leaf and loses RW D."))
    let second = try #require(try runner.next(logging: true)).lines
    #expect(second[1] == "     Its events are not listed: the call names too many pages.")
  }
}
