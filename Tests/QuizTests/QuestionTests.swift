import Engine
import Language
import Parsing
import Scenarios
import TestSupport
import Testing

@testable import Quiz

/// A machine of 4 GiB after some lines of the scenario language.
func machine(after lines: String, kernel: KernelProfile = .linux6_12) throws -> Machine {
  let scenario = try Scenario(parsing: lines, file: "test")
  let name = try #require(MachineDescription(builtIn: scenario.machine ?? "teaching-4g"))
  var machine = try scenario.boot(name, kernel: kernel)
  for call in scenario.calls { try machine.perform(call) }
  return machine
}

/// The call of a line.
func call(_ line: String) throws -> Call {
  try #require(try Scenario(parsing: line, file: "test").calls.first)
}

@Suite struct QuestionTests {
  private func question(
    _ kind: Question.Kind, _ line: String, after lines: String = "",
    kernel: KernelProfile = .linux6_12,
  ) throws -> Question {
    let trial = try Trial(call(line), on: machine(after: lines, kernel: kernel))
    return try #require(trial.questions.first { $0.kind == kind }, "no question: \(kind)")
  }

  @Test func `a page of a 1G leaf splits two leaves, and the explanation has the numbers`() throws {
    let question = try question(.splits, "set_memory_ro pfn:0x1403e8")
    #expect(question.answer == "2")
    #expect(question.choices.map(\.text) == ["0", "1", "2", "3"])
    #expect(question.explanation.contains("covers 1 of 262144 pages of the 1G leaf"))
    #expect(question.explanation.hasSuffix("That is 1 x 1G and 1 x 2M."))
    #expect(
      question.remark(on: 1).hasPrefix(
        "It is 2. The split of a 1G leaf counts too: it becomes 512 x 2M first."))
    #expect(question.remark(on: 2).hasPrefix("Right. The request covers"))
    #expect(question.remark(on: nil).hasPrefix("It is 2. The request covers"))
  }

  @Test func `writable again heals nothing, and D stays lost from about 6.6 on`() throws {
    let broken = "set_memory_ro pfn:0x140000"
    let size = try question(.size, "set_memory_rw pfn:0x140000", after: broken, kernel: .linux7_2)
    #expect(size.answer == "4K")
    let large = try #require(size.choices.firstIndex { $0.text == "2M" })
    #expect(size.choices[large].mistake?.contains("only set_memory_rox tries to merge") ?? false)
    let bits = try question(.bits, "set_memory_rw pfn:0x140000", after: broken)
    #expect(bits.answer == "only G")
    #expect(bits.choices[0].mistake?.contains("only a write does") ?? false)
    let older = try question(
      .bits, "set_memory_rw pfn:0x140000", after: broken, kernel: .linux6_1)
    #expect(older.answer == "D and G")
  }

  @Test func `set_memory_rox merges what a write made alike again`() throws {
    let lines = "set_memory_ro pfn:0x140003"
    let merges = try question(
      .merges, "set_memory_rox pfn:0x140000 512", after: lines, kernel: .linux7_2)
    #expect(merges.answer == "1")
    #expect(merges.explanation.contains("512 x 4K become one 2M leaf"))
    let none = try question(
      .merges, "set_memory_rox pfn:0x140000 256", after: lines, kernel: .linux7_2)
    #expect(none.answer == "0" && none.explanation.contains("entry 256 differs"))
  }

  @Test func `a lost G keeps a slot apart whatever rox does`() throws {
    let lines = "set_memory_np pfn:0x140003"
    let heals = try question(.heals, "set_memory_p pfn:0x140003", after: lines, kernel: .linux7_2)
    #expect(heals.answer == "no" && heals.explanation.contains("differs from entry 0 in G"))
    let dirty = try question(
      .heals, "set_memory_rw pfn:0x140003", after: "set_memory_ro pfn:0x140003",
      kernel: .linux7_2)
    #expect(dirty.answer == "yes")
  }

  @Test(arguments: [(33, "page by page"), (34, "everything")])
  func `33 pages go one by one, 34 all at once`(pages: Int, answer: String) throws {
    let question = try question(
      .flush, "set_memory_ro pfn:0x140000 \(pages)", after: "set_memory_4k pfn:0x140000 512")
    #expect(question.answer == answer)
    #expect(question.explanation.contains("tlb_single_page_flush_ceiling 33"))
  }

  @Test func `nx of an area stays out of the direct map`() throws {
    let question = try question(
      .alias, "set_memory_x buffer 8", after: "vmap buffer pfn:0x140000 8")
    #expect(question.answer == "RW NX")
    let trap = try #require(question.choices.first { $0.text == "RW X" })
    #expect(trap.mistake?.contains("x and nx do not") ?? false)
  }

  @Test func `a refused call is asked about with what it returns`() throws {
    let question = try question(
      .returned, "set_memory_wc pfn:0x140000", after: "set_memory_uc pfn:0x140000")
    #expect(question.answer == "-EBUSY" && question.explanation.contains("recorded as"))
    let missing = try self.question(.returned, "set_memory_rox pfn:0x140000", kernel: .linux6_1)
    #expect(missing.answer == "-ENOSYS")
  }

  @Test func `a gather that is full, or dirty pages, force flushes`() throws {
    let full = try question(.zapForced, "zap heap", after: "mmap heap 20000")
    #expect(full.answer == "2" && full.explanation.contains("in the bundle on the stack and 19"))
    let dirty = try question(.zapForced, "zap heap", after: "mmap heap 2048 file dirty")
    #expect(dirty.answer == "4")
    let words = try question(.zapWords, "zap heap", after: "mmap heap 1024 order 9")
    #expect(words.answer == "4" && words.choices.contains { $0.text == "1024" })
  }

  @Test func `nothing is asked about what changes no mapping, or names too many pages`() throws {
    for line in ["age 1 10", "mmap heap 4M", "cpu_node 0", "alloc_pages x 0"] {
      #expect(!Trial.canAsk(about: try call(line)), "\(line)")
    }
    #expect(!Trial.canAsk(about: try call("set_memory_ro pfn:0x100000 2G")))
    #expect(Trial.canAsk(about: try call("set_memory_ro pfn:0x100000 1G")))
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `about random calls, every answer is what counters and tables say`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let kernel = random.pick([KernelProfile.linux6_1, .linux6_12, .linux7_2])
    var state = try machine(after: "vmap a pfn:0x140000 64 stride 3", kernel: kernel)
    var asked = 0
    for _ in 0..<20 {
      let name = random.pick([
        "set_memory_ro", "set_memory_rw", "set_memory_nx", "set_memory_x", "set_memory_np",
        "set_memory_uc", "set_memory_wb", "set_memory_4k", "set_memory_rox", "touch write",
        "set_direct_map_invalid_noflush", "set_direct_map_default_noflush",
      ])
      let isArea = random.oneIn(4) && name.hasPrefix("set_memory")
      let pages = random.pick([1, 3, 33, 34, 64, 512, 1024])
      let line =
        isArea
        ? "\(name) a+\(random.next(below: 30)) \(min(pages, 34))"
        : "\(name) pfn:0x\(String(0x140000 + random.next(below: 1200), radix: 16)) \(pages)"
      let made = try call(line)
      // The CPU cannot write what is read-only.
      guard let trial = try? Trial(made, on: state) else { continue }
      let independent = try IndependentAnswers(made, on: state)
      for question in trial.questions {
        expectWellFormed(question, line)
        guard let answer = try independent.answer(to: question) else { continue }
        #expect(question.answer == answer, "\(kernel.name), \(line): \(question.text)")
        asked += 1
      }
      state = independent.after
    }
    #expect(asked > 40)
  }
}

/// Invariants of every question.
func expectWellFormed(_ question: Question, _ place: String) {
  #expect((2...Question.choicesMax).contains(question.choices.count), "\(place): \(question)")
  #expect(Set(question.choices.map(\.text)).count == question.choices.count, "\(place)")
  #expect(question.choices.indices.contains(question.correct), "\(place)")
  #expect(question.choices[question.correct].mistake == nil, "\(place): \(question)")
  #expect(question.explanation.hasSuffix("."), "\(place): \(question)")
  #expect(question.text.hasSuffix("?") || question.text.hasSuffix("."), "\(place)")
  for choice in question.choices.indices {
    let mistake = question.choices[choice].mistake
    #expect((mistake == nil) == (choice == question.correct), "\(place): \(question)")
    #expect(mistake?.hasSuffix(".") ?? true, "\(place): \(mistake ?? "")")
    let letter = String(Question.letter(choice))
    #expect(question.reading(of: [letter]) == .choice(choice), "\(place): \(letter)")
    let words = question.choices[choice].text.split(separator: " ").map(String.init)
    #expect(question.reading(of: words) == .choice(choice), "\(place): \(words)")
    #expect(question.reading(of: [letter + ")"] + words) == .choice(choice), "\(place)")
  }
}
