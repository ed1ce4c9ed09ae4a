import Engine
import KernelText
import Language
import Parsing
import Scenarios
import TLB
import TestSupport
import Testing

extension SeededGenerator {
  private mutating func accessTarget() -> AccessTarget {
    switch next(below: 4) {
    case 0: .everything
    case 1: .pages(target(), nil)
    case 2: .pages(.area(pick(["all", "seed", "as"].compactMap { Name($0) }), page: 0), count())
    default: .pages(target(), count())
    }
  }

  /// Any question to a TLB that a line can ask.
  fileprivate mutating func tlbQuestion() -> TLBQuestion {
    let model = pick(TLBModel.all)
    var run = TLBRun(model, .random, over: accessTarget())
    switch next(below: 6) {
    case 0: run.pattern = .sequential(step: pick([1, 64, 4096, 1 + next() % 10_000]))
    case 1: run.pattern = .chase(step: pick([64, 4096, 1 + next() % 10_000]))
    case 2:
      run.pattern = .hash(
        AccessPattern.HashTable(nodes: accessTarget(), every: pick([0, 1, 11])))
    case 3:
      run.pattern = .modules
      run.target = .everything
    case 4:
      let list = (0..<(1 + next(below: 5))).map { _ in
        VirtualAddress(next() | 0xff00_0000_0000_0000)
      }
      run = TLBRun(model, .list(list), accesses: UInt64(list.count))
    default: break
    }
    if next(below: 2) == 0 { run.accesses = 1 + next() % TLBRun.accessLimit }
    if next(below: 2) == 0 { run.seed = next() }
    return TLBQuestion(run, label: next(below: 2) == 0 ? nil : name())
  }
}

@Suite struct TLBLineTests {
  @Test(arguments: 0..<32)
  func `reads back every question that it prints`(seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    for _ in 0..<100 {
      let statement = Statement.tlb(random.tlbQuestion())
      let text = statement.scenarioText
      let read = try Parser(file: "t").statement(ofLine: text)?.statement
      #expect(read == statement, "seed \(seed): \(text)")
    }
  }

  @Test(arguments: [
    ("tlb", "expected the name of a TLB (teaching, skylake, zen2, neoverse-n1, power9)"),
    ("tlb skylack random", "did you mean 'skylake'?"),
    ("tlb skylake randon", "did you mean 'random'?"),
    ("tlb skylake random all all", "a target"),
    ("tlb skylake random accesses 0", "a number of accesses up to 100000000, found '0'"),
    ("tlb skylake random accesses 100000001", "found '100000001'"),
    ("tlb skylake random step 64", "step only behind sequential or chase"),
    ("tlb skylake random every 2", "every only behind hash"),
    ("tlb skylake sequential all step 0", "a number of bytes"),
    ("tlb skylake modules pfn:1", "no target, for modules"),
    ("tlb skylake random seed 1 seed 2", "seed"),
    ("tlb skylake list", "addresses between quotation marks, or file and its name"),
    ("tlb skylake list \"\"", "at least one address"),
    ("tlb skylake list \"ffff888000000000 gggg\"", "in line 1 of the list, not 'gggg'"),
    ("tlb skylake list \"0x1000000000000000\"", "not '0x1000000000000000'"),
    ("tlb skylake random file \"x\"", "a file only behind list"),
    ("tlb skylake random as 5", "a name for the answer"),
    ("expect tlb_misses(", "a closing parenthesis"),
    ("expect tlb_mises > 1", "did you mean 'tlb_misses'?"),
  ])
  func `a wrong question is told with its way out`(line: String, words: String) {
    let error = #expect(throws: ParseError.self) { try Parser(file: "t").statement(ofLine: line) }
    let said = error?.description ?? ""
    #expect(said.contains(words) || words == "a closing parenthesis" && !said.isEmpty, "\(said)")
  }

  private func runner(_ text: String) throws -> Runner {
    let scenario = try Scenario(parsing: text, file: "t")
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    return Runner(
      scenario.statements, on: try Machine(booting: description, kernel: .linux7_2))
  }

  @Test func `claims ask for the last answer and for those with a name`() throws {
    var runner = try runner(
      """
      tlb teaching sequential pfn:0x140000 8 accesses 512 as before
      set_memory_4k pfn:0x140000
      tlb teaching sequential pfn:0x140000 8 accesses 512
      expect tlb_misses == 8 && tlb_walk_steps == 32 && tlb_l1_misses == 8
      expect tlb_misses(before) == 1 && tlb_walk_steps(before) == 2 && tlb_faults(before) == 0
      expect tlb_reach(before) == 1G && tlb_reach == 32K
      """)
    let before = runner.machine
    var lines: [String] = []
    while let step = try runner.next() {
      if case .failed(let expression, let readings) = step.outcome {
        Issue.record("\(expression.scenarioText): \(readings)")
      }
      if case .measured = step.outcome { lines += step.lines }
      if runner.callCount == 0 { #expect(runner.machine.checksum == before.checksum) }
    }
    #expect(
      lines == [
        "?? tlb teaching sequential pfn:0x140000 8 accesses 512 as before: 512 accesses, "
          + "1 misses the first level, 1 misses all and walks (1 to 1G), 2 tables read; reach 1 GiB",
        "?? tlb teaching sequential pfn:0x140000 8 accesses 512: 512 accesses, "
          + "8 miss the first level, 8 miss all and walk (8 to 4K), 32 tables read; reach 32 KiB",
      ])
  }

  @Test func `a claim without an answer is an error with its way out`() throws {
    var first = try runner("expect tlb_misses == 0")
    #expect(throws: RunError.self) { try first.next() }
    var second = try runner("tlb teaching random all\nexpect tlb_misses(other) == 0")
    _ = try second.next()
    let error = #expect(throws: RunError.self) { try second.next() }
    #expect(
      error?.description == "t:2:1: no tlb line before is called other; end one with as other")
  }

  @Test func `what cannot be touched ends the run with the place`() throws {
    var runner = try runner("tlb teaching modules\n")
    let error = #expect(throws: RunError.self) { try runner.next() }
    #expect(error?.description.hasPrefix("t:1:1: no area lives") == true)
    var file = try self.runner("tlb teaching list file \"a.txt\"")
    #expect(throws: RunError.self) { try file.next() }
  }

  @Test func `a file of addresses is read, or told with its line`() throws {
    let text = "tlb teaching list file \"a.txt\""
    var scenario = try Scenario(parsing: text, file: "t")
    let none = scenario.readLists { file throws(ModuleFileError) in
      #expect(file == "a.txt")
      return "# two\nffff888140000000\n\n0xffff888140001000 # the next page\n"
    }
    #expect(none.isEmpty)
    guard case .tlb(let question) = scenario.statements[0].statement else {
      Issue.record("no question")
      return
    }
    #expect(question.run.accesses == 2)
    #expect(
      question.run.pattern == .list([0xffff_8881_4000_0000, 0xffff_8881_4000_1000]))
    #expect(Statement.tlb(question).scenarioText == text)
    for (text, words) in [
      ("ffff888140000000\nten\n", "in line 2 of the list, not 'ten'"), ("# none\n", "at least one"),
      ("\u{1b}[2J", "not '?[2J'"),
    ] {
      var wrong = try Scenario(parsing: "tlb teaching list file \"a.txt\"", file: "t")
      let errors = wrong.readLists { _ throws(ModuleFileError) in text }
      #expect(errors.count == 1 && errors.first?.description.contains(words) == true)
    }
    var missing = try Scenario(parsing: text, file: "t")
    let errors = missing.readLists { _ throws(ModuleFileError) in
      throw ModuleFileError("no such file")
    }
    #expect(errors.map(\.description) == ["t:1:1: no such file"])
  }

  @Test func `a run in JSON has a row for each question`() throws {
    var runner = try runner("tlb teaching sequential pfn:0x140000 8 accesses 512\npause")
    var report = RunReport(file: "t", kernel: "linux-7.2")
    while let step = try runner.next() { report.add(step, runner.machine) }
    let row = try #require(report.tlb?.first)
    #expect(report.tlb?.count == 1 && row.misses == 1 && row.walks == ["4K": 0, "2M": 0, "1G": 1])
    #expect(report.json.contains("\"walk_steps\" : 2"))
  }

  @Test func `a comparison asks every variant`() throws {
    let text = """
      tlb teaching sequential pfn:0x140000 8 accesses 512 as before
      set_memory_ro pfn:0x140000
      set_memory_rw pfn:0x140000
      tlb teaching sequential pfn:0x140000 8 accesses 512
      """
    let scenario = try Scenario(parsing: text, file: "t")
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    let sets: [PolicySet] = [.none, try PolicySet([.aaronLu2022])]
    let lanes = try sets.enumerated().map { index, policies in
      (
        variant: Variant(name: "v\(index)"),
        machine: try Machine(
          booting: description, kernel: .linux6_1, options: BootOptions(policies: policies))
      )
    }
    var comparison = Comparison(lanes, statements: scenario.statements)
    comparison.run()
    comparison.ask(TLBQuestion(TLBRun(.teaching, .modules)))
    let report = ComparisonReport(comparison, file: "t")
    #expect(report.variants.map { $0.tlb?.map { $0?.misses } } == [[1, 8, nil], [1, 1, nil]])
    let heading = try #require(report.table.split(separator: "\n").first)
    #expect(heading.contains("before misses") && heading.contains("TLB2 tables read"))
    #expect(report.json.contains("\"walk_steps\" : 32"))
  }

  @Test func `words of a question complete`() {
    #expect(Completion("tlb po").words == ["power9"])
    #expect(Completion("tlb power9 ch").words == ["chase"])
    #expect(Completion("tlb power9 chase acc").words == ["accesses"])
    #expect(Completion("tlb power9 hash all ev").words == ["every"])
  }
}
