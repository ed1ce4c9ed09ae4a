import Engine
import KernelText
import Language
import Parsing
import Scenarios
import TestSupport
import Testing

/// Scenarios of any length: read line by line, and kept small.
@Suite struct ScenarioStreamTests {
  private static let text = """
    kernel linux-7.2
    # a comment
    set_memory_ro pfn:0x140000 8
    note "two \\"words\\""
    expect DirectMap4k > 4K && ret == 0

    vmap a pfn:0x140000 4
    break split once
    """

  @Test func `pieces of any length give the same scenario`() throws {
    let whole = try Scenario(parsing: Self.text, file: "t")
    #expect(whole.statements.count == 5 && whole.callCount == 2)
    for size in 1...Self.text.utf8.count {
      let lines = LineStream(BytesInMemory(Self.text.utf8, inPiecesOf: { size }))
      #expect(try Scenario(streaming: lines, file: "t") == whole)
    }
  }

  @Test func `a text that is cut off anywhere gives the same errors`() throws {
    let bytes = Array(Self.text.utf8)
    for count in 0...bytes.count {
      let cut = String(decoding: bytes[..<count], as: UTF8.self)
      let whole = Scenario.checking(cut, file: "t")
      let lines = LineStream(BytesInMemory(cut.utf8, inPiecesOf: { 5 }))
      let streamed = try Scenario.checking(streaming: lines, file: "t")
      #expect(streamed.scenario == whole.scenario && streamed.problems == whole.problems)
    }
  }

  @Test func `a line that is no text is an error with a place`() throws {
    let bytes = Array("pause\nnote \"".utf8) + [0xe9, 0x22, 0x0a]
    let error = #expect(throws: ParseError.self) {
      try Scenario(streaming: LineStream(BytesInMemory(bytes)), file: "t")
    }
    #expect(
      error?.description
        == "t:2:1: the line is no UTF-8 text; convert the file, or give another one")
  }

  @Test func `more lines than can be held are refused, and not read`() throws {
    var pieces = 0
    let source = BytesInMemory(String(repeating: "# x\npause\n", count: 50_000).utf8) {
      pieces += 1
      return 100
    }
    let (scenario, problems) = try Scenario.checking(
      streaming: LineStream(source), file: "t", lineLimit: 3)
    #expect(scenario.statements.count == 3)
    #expect(
      problems.map(\.description) == [
        "t:8:1: there are more than 3 lines that say something; cut the file into several"
      ])
    #expect(pieces < 5)
  }

  /// A scenario of a million calls holds a million of these.
  @Test func `a statement and its place take 88 bytes`() {
    #expect(MemoryLayout<LocatedStatement>.stride <= 88)
    #expect(MemoryLayout<Language.SourceLocation>.size == 16)
  }

  @Test func `the places of a text share its name`() throws {
    let scenario = try Scenario(parsing: "pause\npause\n", file: "t")
    let places = scenario.statements.map(\.location)
    #expect(places.map(\.description) == ["t:1:1", "t:2:1"])
    #expect(places[0] == Language.SourceLocation(file: "t", line: 1, column: 1))
    #expect(places[0] != Language.SourceLocation(file: "u", line: 1, column: 1))
  }

  @Test func `a tally says what a report says`() throws {
    let scenario = try Scenario(
      parsing: "set_memory_ro pfn:0x180000\nexpect ret == 0\nexpect ret == 1\nnote \"x\"",
      file: "t")
    var runner = Runner(scenario.statements, on: Machine.ofLargeLeaves(kernel: .linux7_2))
    var report = RunReport(file: "t", kernel: "k")
    var tally = RunTally()
    while let step = try runner.next() {
      report.add(step, runner.machine)
      tally.add(step)
    }
    #expect(tally.summary == report.summary)
    #expect(tally.summary == "1 call, 2 expects, 1 failed")
    #expect(tally.failures == 1 && report.status == 1)
  }
}
