import Engine
import Language
import Narration
import Parsing
import TestSupport
import Testing

/// The events that rules wait for, and what rules answer to why a slot is not one leaf.
@Suite struct RuleEventTests {
  private func machine(_ rule: String, _ lines: [String] = []) throws -> Machine {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var machine = try Machine(
      booting: description, kernel: .linux6_1,
      options: BootOptions(policies: try PolicySet.none.adding(Rule.reading(rule))))
    try perform(lines, on: &machine)
    return machine
  }

  private func perform(_ lines: [String], on machine: inout Machine) throws {
    for line in lines {
      let located = try #require(try Parser(file: "t").statement(ofLine: line))
      guard case .call(let call) = located.statement else { continue }
      try machine.perform(call)
    }
  }

  /// The numbers of the rule's panel.
  private func numbers(_ machine: Machine) -> [Int64] {
    let lines = machine.panels(at: machine.directMapAddress(of: 0x140000)).first?.lines ?? []
    return lines.compactMap { line in
      guard case .count(let name, let number) = line, name != "entries scanned" else { return nil }
      return number
    }
  }

  @Test func `a rule sees blocks as they are handed out, given back and merged`() throws {
    var machine = try machine(
      """
      rule blocks
        let taken
        let given
        let merged_blocks
        let whole_blocks
        when allocated
          taken = taken + 1
        when released
          given = given + 1
        when freed
          merged_blocks = merged_blocks + 1
        when whole if order >= 9 && block_type == Movable
          whole_blocks = whole_blocks + 1
      end
      """)
    let atBoot = numbers(machine)
    func moved() -> [Int64] { zip(numbers(machine), atBoot).map { $0 - $1 } }
    try perform(["alloc_pages a 9 movable", "alloc_pages b 4"], on: &machine)
    #expect(moved() == [2, 0, 0, 0])
    try perform(["free_pages a"], on: &machine)
    // A block of 2M goes to the free lists at once.
    #expect(moved() == [2, 1, 1, 1])
    try perform(["free_pages b"], on: &machine)
    #expect(moved()[0..<3] == [2, 2, 2])
    // A single page waits on the CPU's list: it is given back, and not merged yet.
    let before = moved()
    try perform(["alloc_pages c 0", "free_pages c"], on: &machine)
    #expect(moved()[0] == before[0] + 1 && moved()[1] == before[1] + 1)
  }

  @Test func `page tables are nobody's block`() throws {
    var machine = try machine("rule tables; let taken; when allocated; taken = taken + 1; end")
    let before = numbers(machine)
    try perform(["set_memory_ro pfn:0x140001"], on: &machine)
    #expect(numbers(machine) == before)
    try perform(["alloc_pages a 0"], on: &machine)
    #expect(numbers(machine) == before.map { $0 + 1 })
  }

  private static let odd = """
    rule odd
      let hits
      let table odd counts entry without A D != usual without A D
      when split
        track
      when written if tracked && !by_split
        let was = old without A D != usual without A D
        let is = new without A D != usual without A D
        odd = odd + is - was
      when odd falls to 1 if size == 4K
        hits = hits + 1
    end
    """

  @Test func `a number of a table falls to its limit once each time`() throws {
    var machine = try machine(Self.odd)
    let atBoot = numbers(machine)[0]
    func hits() -> Int64 { numbers(machine)[0] - atBoot }
    try perform(["set_memory_ro pfn:0x140001 3", "set_memory_rw pfn:0x140001"], on: &machine)
    #expect(hits() == 0)
    try perform(["set_memory_rw pfn:0x140002"], on: &machine)
    #expect(hits() == 1)
    // At the limit and below it nothing falls to it.
    try perform(["set_memory_rw pfn:0x140003", "set_memory_ro pfn:0x140003"], on: &machine)
    #expect(hits() == 1)
    try perform(["set_memory_ro pfn:0x140002", "set_memory_rw pfn:0x140002"], on: &machine)
    #expect(hits() == 2)
  }

  @Test func `a rule may merge where a number falls`() throws {
    let text = """
      rule heal
        let table odd counts entry without A D != PAGE_KERNEL without A D
        when split
          track
        when written if tracked && !by_split && size == 4K
          odd = odd - (old without A D != PAGE_KERNEL without A D)
          odd = odd + (new without A D != PAGE_KERNEL without A D)
        when odd falls to 0 if size == 4K
          merge PAGE_KERNEL
          flush
      end
      """
    let lines = ["set_memory_ro pfn:0x140001 2", "set_memory_rw pfn:0x140001"]
    var machine = try machine(text, lines)
    let address = machine.directMapAddress(of: 0x140001)
    #expect(machine.tables.lookup(address)?.size == .size4K)
    var log = EventLog()
    let before = machine
    try machine.perform(.setMemory(.rw, .frame(0x140002), 1), into: &log)
    #expect(machine.tables.lookup(address)?.size == .size2M)
    var applied = before
    applied.apply(log.events)
    #expect(applied.checksum == machine.checksum)
  }

  @Test(arguments: [
    ("rule a\nwhen odd falls to 1\nend", "t:2:6: expected a number kept with tables"),
    (
      "rule a\nlet table odd counts entry == first\nwhen odd falls 1\nend",
      "t:3:16: expected to and a number"
    ),
    (
      "rule a\nwhen released\nrelist Movable\nend",
      "'relist' means nothing at this event (released)"
    ),
    ("rule a\nwhen allocated\ncost words block_type\nend", "'block_type' means nothing"),
  ])
  func `an event that cannot be is told with its place`(text: String, words: String) {
    let error = parseError(text)
    #expect(error?.contains(words) == true, "\(error ?? "no error")")
  }

  // MARK: - Why not

  private func why(_ machine: Machine, _ form: SentenceForm = .long) -> [String] {
    let answer = machine.whyNot(.size2M, at: machine.directMapAddress(of: 0x140000))
    return answer.lines(form).map(\.text).filter { $0.contains("rule ") || $0.contains("odd:") }
  }

  @Test func `the condition that keeps a rule from merging is named`() throws {
    let rule = try ProjectFiles.text("Assets/rules/aaronlu-2022.rule")
    var machine = try machine(rule, ["set_memory_ro pfn:0x140001"])
    #expect(
      why(machine) == [
        "rule aaronlu-2022 would not merge it when an entry of it is written: `if alike == 512 && "
          + "common has P && (size == 4K || common has PSE)` (aaronlu-2022:19) does not hold."
      ])
    let checksum = machine.checksum
    _ = machine.whyNot(.size2M, at: machine.directMapAddress(of: 0x140000))
    #expect(machine.checksum == checksum)
    // A table that boot made is not tracked: the condition of the whole handler says so.
    let first = machine.whyNot(.size2M, at: machine.directMapAddress(of: 0)).lines(.long)
    #expect(
      first.contains {
        $0.text.contains("`when written if tracked` (aaronlu-2022:8) does not hold")
      })
    try machine.perform(.setMemory(.rw, .frame(0x140001), 1))
    #expect(
      machine.tables.lookup(machine.directMapAddress(of: 0x140001))?.size ?? .size4K > .size4K)
  }

  @Test func `a rule that would merge at its next event says when`() throws {
    let rule = try ProjectFiles.text("Assets/rules/collapse-every-100.rule")
    var machine = try machine(rule, ["set_memory_ro pfn:0x140001"])
    #expect(
      why(machine) == [
        "rule collapse-every-100 tries the kernel's test after every 100 calls: entry 1 "
          + "differs from entry 0 in RW."
      ])
    try perform(["set_memory_rw pfn:0x140001"], on: &machine)
    #expect(why(machine) == ["rule collapse-every-100 merges it after every 100 calls."])
    #expect(machine.whyNot(.size2M, at: machine.directMapAddress(of: 0x140000)).couldMerge)
  }

  @Test func `what a policy as a rule says names the same table`() throws {
    let rule = try ProjectFiles.text("Assets/rules/kirill-2020.rule")
    var machine = try machine(rule, ["set_memory_ro pfn:0x140001"])
    #expect(why(machine).first?.hasPrefix("rule kirill-2020 tries the kernel's test") == true)
    try perform(["set_memory_4k pfn:0x140000 512"], on: &machine)
    #expect(why(machine, .short).count == 1)
  }

  @Test func `a rule without a line that merges says so`() throws {
    let rule = try ProjectFiles.text("Assets/rules/group-by-type.rule")
    let machine = try machine(rule, ["set_memory_ro pfn:0x140001"])
    #expect(why(machine) == ["rule group has no line that merges."])
    // It hides nothing that the kernel has to say.
    let answer = machine.whyNot(.size2M, at: machine.directMapAddress(of: 0x140000))
    #expect(answer.lines(.short).contains { $0.text == "linux-6.1 never merges by itself." })
    #expect(!answer.couldMerge)
  }

  @Test func `an event that cannot be tried at a slot is named`() throws {
    let machine = try machine(
      "rule back\nwhen split if calls > 1000\nmerge PAGE_KERNEL\nend",
      ["set_memory_ro pfn:0x140001"])
    #expect(
      why(machine) == ["rule back may merge it when it is split; that is not tried here."])
  }

  @Test func `a count of a rule that is wrong is told with its name`() throws {
    let rule = try ProjectFiles.text("Assets/rules/hyeyoo-count-2022.rule")
    let machine = try machine(
      rule, ["set_memory_ro pfn:0x140001", "poke pfn:0x140002 without RW"])
    let lines = machine.whyNot(.size2M, at: machine.directMapAddress(of: 0x140000)).lines(.long)
    #expect(
      lines.contains { $0.text == "Drift: rule hyeyoo-count-2022 counts 1, the table has 2." })
  }
}
