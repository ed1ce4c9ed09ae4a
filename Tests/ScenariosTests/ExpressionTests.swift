import Engine
import Language
import Parsing
import Scenarios
import TestSupport
import Testing

/// The value of an expression on a machine after some lines.
private func evaluate(_ text: String, after lines: String = "") throws -> Int128 {
  let scenario = try Scenario(parsing: lines + "\nexpect " + text, file: "t")
  var runner = Runner(scenario.statements, on: Machine.ofLargeLeaves())
  while runner.position + 1 < scenario.statements.count { _ = try runner.next() }
  guard case .expect(let expression)? = scenario.statements.last?.statement else { return -99 }
  return try expression.value(in: runner.context)
}

@Suite struct ExpressionTests {
  @Test(arguments: [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("10 - 3 - 2", 5), ("2 - -3", 5), ("--1", 1),
    ("!0", 1), ("!5", 0), ("!1 + 1", 1), ("1 < 2 && 2 < 1", 0), ("1 < 2 || 2 < 1", 1),
    ("0 || 1 && 0", 0), ("(0 || 1) && 1", 1), ("2 <= 2", 1), ("2 >= 3", 0), ("2 != 3", 1),
    ("4K", 4096), ("2M == 512 * 4K", 1), ("0x10", 16), ("P RW", 3), ("P RW has RW", 1),
    ("P has RW", 0), ("none", 0), ("true", 1), ("ret", 0), ("-EBUSY", -16),
    ("DirectMap1G", 2_097_152), ("DirectMap4k", 0), ("cpa_flush", 0),
  ])
  func `calculates as it is written`(text: String, value: Int) throws {
    #expect(try evaluate(text) == Int128(value), "\(text)")
  }

  @Test(arguments: [
    "size(pfn:0x180000) == 4K", "size(pfn:0x180200) == 2M", "size(pfn:0x1ffff0) != 1G",
    "flags(pfn:0x180000) == P A G NX", "flags(pfn:0x180000) == 0x8000000000000121",
    "flags(pfn:0x180200) == P RW A D PSE G NX", "flags(pfn:0x180001) has D",
    "!(flags(pfn:0x180000) has D)", "present(pfn:0x180000)", "!writable(pfn:0x180000)",
    "writable(pfn:0x180001)", "!executable(pfn:0x180000)", "type(pfn:0x180000) == WB",
    "type(pfn:0x1c0000) == UC-", "ret == -EBUSY", "last(cpa_flush) == 0",
    "direct_map_level2_splits == 2", "direct_map_level3_splits == 2",
    "DirectMap4k == 4096 && DirectMap1G == 0", "present(a)", "size(a+1) == 4K",
    "size(0xffff888180000000) == 4K", "size(phys:6G) == 4K",
  ])
  func `reads counters and leaves`(text: String) throws {
    let lines = """
      set_memory_ro pfn:0x180000
      set_memory_uc pfn:0x1c0000
      vmap a pfn:0x180000 2
      set_memory_wc pfn:0x1c0000
      """
    #expect(try evaluate(text, after: lines) == 1, "\(text)")
  }

  @Test func `reports overflow and never traps on it`() throws {
    let squares = Array(repeating: "0xffffffffffffffff", count: 4).joined(separator: " * ")
    for text in [squares, "-(" + squares + ")"] {
      #expect(throws: EvaluationError.overflow) { try evaluate(text) }
    }
  }

  @Test func `reports pages that do not exist, whatever the other side says`() throws {
    let name = try #require(Name("nosuch"))
    #expect(throws: EvaluationError.target(.unknownArea(name))) {
      try evaluate("1 || size(nosuch)")
    }
    #expect(throws: EvaluationError.self) { try evaluate("size(pfn:5)") }
  }
}
