import Engine
import Language
import Narration
import Parsing
import TestSupport
import Testing

/// What rules say, and what is wrong with those that say nothing.
@Suite struct RuleLanguageTests {
  @Test func `a rule is printed as it is written, and read back the same`() throws {
    for name in ["aaronlu-2022", "hyeyoo-count-2022", "merge-on-free", "collapse-every-100"] {
      let rule = try Rule.inAssets(name)
      let text = Statement.rule(rule).scenarioText
      #expect(try Rule.reading(text) == rule)
      #expect(rule.name.description == name)
      #expect(!rule.summary.isEmpty)
    }
  }

  @Test func `a rule may stand in one line`() throws {
    let line = "rule a \"x; y\"; when call; let n = calls; if n > 3; cost words n; end; end"
    let located = try #require(try Parser(file: "t").statement(ofLine: line))
    guard case .rule(let rule) = located.statement else {
      Issue.record("no rule")
      return
    }
    #expect(rule.lines.count == 7)
    #expect(rule.summary == "x; y")
    #expect(try Parser(file: "t").statement(ofLine: located.statement.scenarioText) == located)
  }

  @Test(arguments: [
    ("rule", "t:1:5: expected the name of the rule"),
    ("rule a\nwhen written\n", "t:1:1: expected the line `end` of the rule a"),
    ("rule a\nwhen wirtten\nend", "t:2:6: expected an event"),
    ("rule a\nwhen written\nmerg old\nend", "t:3:1: expected an action"),
    ("rule a\nwhen written\nmerg old\nend", "did you mean 'merge'?"),
    ("rule a\nwhen flush\nmerge old\nend", "t:3:7: 'old' means nothing at this event (flush)"),
    ("rule a\nwhen written\nif old\nend", "expected the line `end`"),
    ("rule a\nwhen written\nelse\nend\nend", "t:3:1: else without an if"),
    ("rule a\nwhen written\nx = 1\nend", "t:3:1: expected a number of the rule"),
    ("rule a\nlet size\nend", "t:2:5: 'size' means something already"),
    ("rule a\nlet P\nend", "'P' means something already"),
    (
      "rule a\nlet table x counts entry\nlet table y counts entry\nend",
      "t:3:11: a table's struct page has room for one count"
    ),
    ("rule a\nlet table x counts old\nend", "expected a word about the table"),
    ("rule a\nwhen written\ncost words count(count(entry))\nend", "a property of one entry"),
    ("rule a\nwhen written\ndo set_memory_ro pfn:1\nend", "'do' means nothing at this event"),
    ("rule a\nwhen call\ndo nonsense\nend", "t:3:4: unknown command 'nonsense'"),
    ("rule a\nwhen call\nmerge usual\nend", "'merge' means nothing at this event (call)"),
    ("rule a\nwhen every 0 calls\nend", "a number of calls from 1"),
    ("rule a\nwhen written\nwait 1 2\nend", "t:3:8: expected the end of the line"),
    ("rule a\nneeds nobody\nend", "expected the name of a policy"),
    ("rule a\nend\nrule a\nend", "t:3:1: rule a is settled already"),
    ("policy aaronlu-2022\nrule a\nwhen split\ntrack\nend", "both follow the entries of tables"),
    ("set_memory_ro pfn:1\nrule a\nend", "rule must come before the first call"),
  ])
  func `a wrong rule is told with its place and a way out`(text: String, words: String) {
    let error = parseError(text)
    #expect(error?.contains(words) == true, "\(error ?? "no error")")
  }

  /// A machine with a rule.
  private func machine(_ text: String) throws -> Machine {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    let policies = try PolicySet.none.adding(Rule.reading(text))
    return try Machine(
      booting: description, kernel: .linux6_1, options: BootOptions(policies: policies))
  }

  private func perform(_ lines: [String], on machine: inout Machine) throws {
    for line in lines {
      let located = try #require(try Parser(file: "t").statement(ofLine: line))
      guard case .call(let call) = located.statement else { continue }
      try machine.perform(call)
    }
  }

  @Test func `a rule that reads all memory again and again ends at its limit`() throws {
    let text = """
      rule endless
        let turns
        when call
          each 2M in memory
            each 2M in memory
              turns = turns + 1
            end
          end
      end
      """
    var machine = try machine(text)
    var log = EventLog()
    try machine.perform(.setMemory(.ro, .frame(0x140000), 1), into: &log)
    let isTold = log.events.contains { event in
      guard case .decided(.policy(.ruleRan(let ran))) = event else { return false }
      return ran.line == 0
    }
    #expect(isTold)
    try machine.perform(.setMemory(.rw, .frame(0x140000), 1))
  }

  @Test func `calls of a rule are made, and do not call the rule again`() throws {
    var machine = try machine(
      """
      rule guard
        let made
        when every 2 calls
          made = made + 1
          do set_memory_ro pfn:0x150000
      end
      """)
    try perform(["set_memory_ro pfn:0x140000", "set_memory_rw pfn:0x140000"], on: &machine)
    let leaf = machine.tables.lookup(machine.directMapAddress(of: 0x150000))
    #expect(leaf?.flags.contains(.writable) == false)
    let panel = machine.panels(at: machine.directMapAddress(of: 0x150000))
    #expect(panel.first?.title == "rule guard")
    #expect(panel.first?.lines.first == .count("made", 1))
  }

  @Test func `a rule refuses pages, or serves them from blocks of a type`() throws {
    let load = ["bpf load a 4096"]
    var refusing = try machine("rule no; when allocate; refuse; end")
    try perform(load, on: &refusing)
    #expect(refusing.areas.named.isEmpty)
    var serving = try machine("rule from; when allocate; serve Movable; end")
    try perform(load, on: &serving)
    #expect(!serving.areas.named.isEmpty)
  }

  @Test func `numbers of pages stay with their pages`() throws {
    var machine = try machine(
      """
      rule wear
        let page writes
        let page last
        when written
          writes = writes + 1
          last = new
      end
      """)
    let calls = ["set_memory_ro pfn:0x140000", "set_memory_rw pfn:0x140000"]
    try perform(calls + calls, on: &machine)
    let lines = machine.panels(at: machine.directMapAddress(of: 0x140000)).first?.lines ?? []
    // The pointer to its table of 4K entries, and four changes.
    #expect(lines.first == .count("writes, of this page", 5))
    let other = machine.panels(at: machine.directMapAddress(of: 0x140001)).first?.lines ?? []
    #expect(other.first == .count("writes, of this page", 0))
  }

  @Test func `events of a call under a rule lead to the machine behind it`() throws {
    let rule = try Rule.inAssets("aaronlu-2022")
    var machine = Machine.ofLargeLeaves(
      kernel: .linux6_1, policies: try PolicySet([], rules: [rule]))
    var calls = RandomMergeCalls(seed: 7)
    for _ in 0..<200 {
      let call = calls.next(on: machine)
      var log = EventLog()
      var after = machine
      guard (try? after.perform(call, into: &log)) != nil else { continue }
      var applied = machine
      applied.apply(log.events)
      #expect(applied.checksum == after.checksum)
      machine = after
    }
  }

  @Test func `sessions keep rules`() throws {
    let rule = try Rule.inAssets("collapse-every-100")
    let scenario = try Scenario(
      parsing: Statement.rule(rule).scenarioText + "\nset_memory_ro pfn:0x140000\n", file: "t")
    #expect(scenario.policies.rules == [rule])
    let again = try Scenario(parsing: scenario.scenarioText, file: "t")
    #expect(again.policies == scenario.policies)
  }

  @Test func `the page has every word, and its rules are rules`() throws {
    let page = try DocumentPage("docs/rules.md")
    let text = try ProjectFiles.text("docs/rules.md")
    for name in RuleName.allCases { #expect(text.contains("`\(name.rawValue)`"), "\(name)") }
    let rules = page.blocks.filter { $0.language == "rule" }
    #expect(!rules.isEmpty)
    for block in rules { _ = try Rule.reading(block.lines.joined(separator: "\n")) }
    let mine = try ProjectFiles.text("Assets/rules/group-by-type.rule")
    #expect(rules.contains { $0.lines.joined(separator: "\n") + "\n" == mine })
  }

  @Test func `a line of a rule is told as it is written`() throws {
    let rule = try Rule.inAssets("aaronlu-2022")
    let line = Event.decided(.policy(.ruleRan(RuleLine(rule: 0, line: 12, number: 511))))
    #expect(line.sentence(.short, by: [rule]) == "aaronlu-2022:12: alike = alike - 1 (511)")
    #expect(line.sentence(by: []) == "line 12 of a rule: 511")
  }
}
