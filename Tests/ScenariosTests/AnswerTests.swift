import Engine
import Language
import Narration
import Parsing
import Scenarios
import TestSupport
import Testing

/// Answers as sentences.
@Suite struct AnswerTests {
  /// The answer to the last line of a scenario on a booted machine.
  private func answer(_ text: String) throws -> SlotAnswer {
    let scenario = try Scenario(parsing: text, file: "t")
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var runner = Runner(scenario.statements, on: try scenario.boot(description, kernel: .linux6_12))
    var last: SlotAnswer?
    while let step = try runner.next() {
      if case .answered(let answer) = step.outcome { last = answer }
    }
    return try #require(last)
  }

  @Test func `tells all that fails, what would clear it and who merges`() throws {
    let text = """
      set_memory_ro pfn:0x140000 3
      set_memory_rw pfn:0x140000
      set_direct_map_invalid_noflush pfn:0x140020 2
      why pfn:0x140000
      """
    #expect(
      try answer(text).sentences == [
        "The 2M slot at pfn 0x140000 is not one leaf: 5 of its 512 entries block it. The "
          + "kernel's test stops at the first one: entry 1 differs from entry 0 in RW.",
        "Entry #0 is itself one that differs from most, and it is the one that the kernel compares "
          + "all others with.",
        "[x] 2M leaves exist", "[x] first frame aligned", "[x] none 4K by request",
        "[ ] all present: 2 are not",
        "    #32-#33 are not present and lack RW D G", "[x] frames contiguous",
        "[ ] equal flags: 3 differ from most, which have P RW A D G NX",
        "    #0 lacks D; #1-#2 lack RW D",
        "To clear: 1 x set_memory_p (2 pages), 2 x set_memory_rw (4 pages), "
          + "1 x set_memory_global (2 pages), 2 x touch write (5 pages), so that all have "
          + "P RW A D G NX.", "linux-6.12 never merges by itself.",
      ])
    #expect(
      try answer(text).lines(.short).map(\.text) == [
        "5 of 512 entries block it.", "2 not present: #32-#33 lack RW D G",
        "3 differ: #0 lacks D; #1-#2 lack RW D",
        "To clear: 1 x set_memory_p (2 pages), 2 x set_memory_rw (4 pages), "
          + "1 x set_memory_global (2 pages), 2 x touch write (5 pages).",
        "#0 itself is odd: all are compared with it.", "linux-6.12 never merges by itself.",
        "2M leaves exist, first frame aligned, none 4K by request, frames contiguous",
      ])
  }

  @Test func `tells what would split a large leaf`() throws {
    #expect(
      try answer("why pfn:0x140000").sentences == [
        "It is one 1G leaf: nothing to merge.",
        "On one page of it, these split the 1G leaf: ro x rox np 4k nonglobal uc "
          + "set_direct_map_invalid.",
        "On the whole leaf, these leave it in one piece: ro x rox np uc.",
        "These find nothing to change: rw nx p wb.",
      ])
  }

  @Test func `tells each policy's own rule, and where its count is wrong`() throws {
    func told(_ policy: String, _ size: String = "") throws -> [String] {
      try answer(
        """
        kernel linux-6.1
        policy \(policy)
        set_memory_ro pfn:0x140011
        kfence protect pfn:0x140100
        why pfn:0x140000 \(size)
        """
      ).sentences.filter { $0.contains(policy) && !$0.hasPrefix("To clear") }
    }
    #expect(try told("kirill-2020") == ["kirill-2020 tries the whole GiB at each flush of CPA."])
    #expect(
      try told("hyeyoo-bitmap-2022") == [
        "!   Drift: hyeyoo-bitmap-2022 is wrong about #256-#263.",
        "hyeyoo-bitmap-2022 has 1 of 64 bits set, for #16-#23.",
      ])
    #expect(
      try told("hyeyoo-count-2022") == [
        "!   Drift: hyeyoo-count-2022 counts 1, the table has 2.",
        "hyeyoo-count-2022 counts 1 of 512 that are not standard.",
      ])
    #expect(
      try told("aaronlu-2022") == [
        "!   Drift: aaronlu-2022 counts 511, the table has 510.",
        "aaronlu-2022 counts 511 of 512 with P RW A D G NX.",
      ])
    #expect(
      try told("hyeyoo-count-2022", "1G") == [
        "hyeyoo-count-2022 counts 1 of 512 that are not standard."
      ])
  }

  @Test func `asks for the next larger leaf, or for the size that is named`() throws {
    let split = "set_memory_ro pfn:0x140000\n"
    #expect(try answer(split + "why pfn:0x140000").merge.size == .size2M)
    #expect(try answer(split + "why pfn:0x140000 1G").merge.size == .size1G)
    #expect(try answer(split + "why pfn:0x140200").merge.size == .size1G)
    #expect(try answer(split + "why pfn:0x140200 2M").merge.mapping == .leaf(.size2M))
  }

  @Test(arguments: 0..<12)
  func `says something about any slot of any machine, short lines shorter`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let kernel = random.pick(KernelProfile.x86)
    var machine = Machine.ofLargeLeaves(gibibytes: 1, size: .size2M, kernel: kernel)
    for _ in 0..<30 {
      do throws(CallError) { try machine.perform(random.call()) } catch { continue }
    }
    let start = AddressLayout.directMapAddress(of: Machine.largeLeavesStart)
    for _ in 0..<20 {
      let address = start + PageCount(random.next(below: 1 << 18))
      for size in [LeafSize.size2M, .size1G, nil] {
        let answer = SlotAnswer(machine, size, at: address)
        #expect(!answer.sentences.isEmpty)
        for line in answer.lines(.short) + answer.lines(.long) {
          #expect(!line.text.isEmpty && !line.text.contains("  "))
        }
      }
    }
  }

  @Test(arguments: ["why", "why pfn:0x140000 4K", "why pfn:0x140000 3", "why pfn:0x140000 2M 1G"])
  func `a question that cannot be read is refused with its place`(line: String) {
    #expect(throws: ParseError.self) { try Scenario(parsing: line, file: "t") }
  }

  @Test(arguments: ["why pfn:0x140000", "why pfn:0x140000 2M", "why a+3 1G"])
  func `questions are read back as they are printed`(line: String) throws {
    let scenario = try Scenario(parsing: line, file: "t")
    #expect(scenario.scenarioText == line + "\n")
    #expect(scenario.calls.isEmpty)
  }

  @Test func `a page that is not there is an error with its place`() throws {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    let scenario = try Scenario(parsing: "pause\nwhy pfn:0x3ffffffff", file: "t")
    var runner = Runner(scenario.statements, on: try scenario.boot(description, kernel: .linux6_12))
    _ = try runner.next()
    let error = #expect(throws: RunError.self) { try runner.next() }
    #expect(error?.description.hasPrefix("t:2:1: no RAM at pfn 0x3ffffffff") ?? false)
  }

  @Test func `a report has the answers beside the claims`() throws {
    let scenario = try Scenario(
      parsing: "set_memory_ro pfn:0x140000\nwhy pfn:0x140000", file: "t")
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var runner = Runner(scenario.statements, on: try scenario.boot(description, kernel: .linux6_1))
    var report = RunReport(file: "t", kernel: "linux-6.1")
    #expect(report.answers == nil)
    while let step = try runner.next() { report.add(step, runner.machine) }
    let answer = try #require(report.answers?.first)
    #expect(answer.after == 1 && answer.line == 2 && answer.question == "why pfn:0x140000")
    #expect(answer.sentences.count > 6)
  }
}
