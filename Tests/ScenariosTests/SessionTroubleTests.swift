import Engine
import History
import KernelText
import Language
import Narration
import Parsing
import Scenarios
import TestSupport
import Testing

/// Sessions that were written or changed by hand.
@Suite struct SessionTroubleTests {
  /// A line, or several, that stand between a head and an end, and what is said of them.
  private static let troubles: [(text: String, problems: [String])] = [
    (
      "branch b1 from nosuch 0\nset_memory_ro pfn:0x180000\nmark a",
      ["s:2:1: there is no branch nosuch before this line; there are main"]
    ),
    (
      "set_memory_ro pfn:0x180000\nbranch b1 from main 2\nset_memory_rw pfn:0x180000\nmark a",
      ["s:3:1: branch b1 leaves main after 2 calls, and main has 1; it is left out"]
    ),
    (
      "branch b1 from main 0\nmark a\nbranch b1 from main 0\nmark b\nbranch b2 from b1 0\nmark c",
      ["s:4:1: another branch is called b1; this one is left out, with what belongs to it"]
    ),
    (
      "set_memory_ro pfn:0x180000\nbranch b1",
      [
        "s:3:1: branch b1 needs from, the name of a branch and a number of calls; only before the "
          + "first call a line without them names the first branch"
      ]
    ),
    ("mark a\nmark a", ["s:3:1: another mark is called a; the first one counts"]),
    ("mark a 9", ["s:2:1: mark a is gone: the history has no such place; none is set"]),
    (
      "mark b\nset_memory_ro pfn:0x180000\nmark a 1",
      ["s:4:1: mark a is gone: the history has no such place; there are b"]
    ),
    ("mark é", ["s:2:6: 'é' begins no word"]),
    (
      "mark \"é\"",
      [
        "s:2:6: expected a name of letters, digits, -, _ and ., up to 32 of them, found '\"é\"'"
      ]
    ),
    ("cursor main 7", ["s:2:1: branch main has no place 7 for the cursor"]),
    ("cursor b 0", ["s:2:1: there is no branch b before this line; there are main"]),
    (
      "set_memory_ro pfn:0x180000\ncursor main 0 5000",
      ["s:3:1: branch main has no place 0+5000 for the cursor"]
    ),
    (
      "vunmap x\nset_memory_ro pfn:0x180000\nset_memory_rw pfn:0x180000",
      [
        "s:2:1: no area is called x; make one with vmap; branch main ends before it, and 2 calls "
          + "behind it are left out"
      ]
    ),
    (
      "module load m ko:m.ko",
      ["s:2:1: m.ko was not read; branch main ends before it"]
    ),
  ]

  @Test(arguments: troubles.indices)
  func `tells what is wrong, and opens the rest`(index: Int) throws {
    let (text, expected) = Self.troubles[index]
    let calls = text.split(separator: "\n").count {
      $0.hasPrefix("set_") || $0.hasPrefix("v") || $0.hasPrefix("module")
    }
    let (_, _, problems) = try RandomSession.loaded("session 1\n\(text)\nend \(calls)\n")
    #expect(problems.map(\.description) == expected)
  }

  @Test func `names the last line when it is missing or wrong`() throws {
    let call = "set_memory_ro pfn:0x180000\n"
    let cases = [
      (
        "session 1\n" + call,
        "s:3:1: the file is cut: its last line, end and the number of calls, "
          + "is missing"
      ),
      (
        "session 1\n\(call)end 12\n",
        "s:3:1: the file says that it has 12 calls, and has 1: some "
          + "were lost, or the number was not changed with them"
      ),
      ("session 1\n\(call)end 1\nmark a\n", "s:4:1: nothing can follow end"),
      ("session 2\n\(call)end 1\n", "s:1:1: format 2 of sessions is not known here; there is 1"),
    ]
    for (text, problem) in cases {
      let (_, loader, problems) = try RandomSession.loaded(text)
      #expect(problems.map(\.description) == [problem])
      #expect(loader.timeline.steps.count == 1)
      // Who runs the calls alone is told too, and nothing runs.
      #expect(throws: ParseError.self) { try Scenario(parsing: text, file: "s") }
    }
  }

  @Test func `keeps the numbers of calls behind a line that cannot be read`() throws {
    let text = """
      session 1
      set_memory_ro pfn:0x180000
      set_memory_rq pfn:0x180001
      set_memory_ro pfn:0x180002
      set_memory_ro pfn:0x180003
      branch b1 from main 3
      set_memory_rw pfn:0x180002
      branhc b2 from main 1
      set_memory_rw pfn:0x180000
      cursor main 3
      end 6
      """
    let (_, loader, problems) = try RandomSession.loaded(text)
    #expect(problems.map(\.location.line) == [3, 8])
    let timeline = loader.timeline
    #expect(timeline.branches.map(\.name) == ["main", "b1"])
    #expect(timeline.branches[1].fork == 2)
    #expect(timeline.branches[1].end == 3)
    #expect(timeline.moment == Moment(call: 2))
    #expect(timeline.steps.deed(1).title == "set_memory_ro pfn:0x180002")
  }

  @Test func `reads a session that was written by hand`() throws {
    let text = """
      branch trunk
      mark split 2
      set_memory_ro pfn:0x180000
      note "why not"
      branch other from trunk 1
      set_memory_rw pfn:0x180000
      """
    let (scenario, loader, problems) = try RandomSession.loaded(text)
    #expect(problems.isEmpty)
    #expect(scenario.calls.count == 1)
    #expect(!loader.hasCursor && loader.timeline.moment == .start && loader.timeline.current == 0)
    #expect(loader.timeline.branches.map(\.name) == ["trunk", "other"])
    #expect(loader.timeline.closingNotes == ["why not"])
    // A line too many is an error in a plain scenario as it always was.
    #expect(throws: ParseError.self) { try Scenario.opening("set_memory_rq x", file: "s") }
  }

  @Test func `opens the example of the document`() throws {
    let page = try ProjectFiles.text("docs/sessions.md")
    let start = try #require(page.firstRange(of: "```\nsession 1")).lowerBound
    let block = page[start...].dropFirst(4).prefix { $0 != "`" }
    let (scenario, problems) = try Scenario.opening(String(block), file: "docs")
    let plain = try #require(MachineDescription(builtIn: scenario.machine ?? ""))
    let loader = SessionLoader(
      scenario, on: try scenario.boot(plain, kernel: .linux7_2),
      bootedFrom: Session.Boot(plain, kernel: .linux7_2))
    #expect(problems.isEmpty && loader.problems.isEmpty, "\(problems + loader.problems)")
    #expect(loader.timeline.moment == Moment(call: 1, event: 4))
    #expect(loader.timeline.marks.map(\.name) == ["a", "b"])
  }

  @Test func `cannot save a recording`() throws {
    var session = try RandomSession(seed: 1, steps: 0).session
    session.boot.description.e820 = []
    #expect(throws: SessionError.recording(session.boot.description.name)) { try session.text() }
  }

  private static let machines =
    ProjectFiles.list("Tests/KernelTextTests/Recorded/boots", ending: "txt").filter {
      $0.hasSuffix("/iomem.txt") || $0.hasSuffix("/dmesg.txt")
    }

  @Test func `saves machines that are not built in`() throws {
    #expect(Self.machines.count > 4)
    for file in Self.machines {
      let text = try ProjectFiles.text(file)
      let description =
        file.hasSuffix("iomem.txt")
        ? try IomemText(text).machine(named: file) : try DmesgText(text).machine(named: file)
      let session = Session(
        Session.Boot(description, kernel: .linux7_2), timeline: Timeline(RandomSession.machine()))
      let saved = try session.text()
      let (scenario, loader, problems) = try RandomSession.loaded(saved)
      #expect(problems.isEmpty)
      var read = scenario.configured(try #require(scenario.ownMachine))
      read.name = description.name
      #expect(read == description, "\(file)")
      let again = Session(Session.Boot(read, kernel: .linux7_2), timeline: loader.timeline)
      #expect(try again.text() == saved)
    }
  }

  @Test(arguments: [
    "40000000-bfffffff : System RAM\n  40210000-41d0ffff : Kernel code\n"
      + "  42570000-42acffff : Kernel data\n",
    "80000000-bfffffff : System RAM\n",
    "Booting Linux on physical CPU 0x0000000000 [0x410fd842]\n"
      + "  node   0: [mem 0x0000000040000000-0x00000000bfffffff]\n"
      + "  node   1: [mem 0x0000000100000000-0x00000001bfffffff]\n"
      + "  node   0: [mem 0x00000000c0000000-0x00000000dfffffff]\n",
  ])
  func `saves arm64 machines that are not built in`(_ text: String) throws {
    let description = try MachineDescription(kernelText: text, named: "arm")
    #expect(description.architecture == .arm64)
    let session = Session(
      Session.Boot(description, kernel: .linux6_12Arm64),
      timeline: Timeline(RandomSession.machine()))
    let (scenario, _, problems) = try RandomSession.loaded(session.text())
    #expect(problems.isEmpty)
    var read = scenario.configured(try #require(scenario.ownMachine))
    read.name = description.name
    #expect(read == description)
  }

  @Test func `tells of lines that describe no machine`() throws {
    let cases = [
      ("iomem \"x\"\nend 0", 1), ("dmesg \"nothing\"\nend 0", 1),
      ("machine teaching-4g\niomem \"00100000-7ffdbfff : System RAM\"\nend 0", 2),
      ("iomem \"00100000-7ffdbfff : System RAM\"\ndmesg \"x\"\nend 0", 2),
      // At the line of the text that is wrong, not at its first.
      ("iomem \"00100000-7ffdbfff : System RAM\"\niomem \"x\"\nend 0", 2),
      ("machine teaching-4g\nkernel linux-6.12-arm64\nend 0", 2),
      ("kernel linux-6.12-arm64\npolicy prog-pack\npolicy kirill-2020\nend 0", 3),
    ]
    for (text, line) in cases {
      let (_, _, problems) = try RandomSession.loaded(text)
      #expect(problems.map(\.location.line) == [line], "\(text): \(problems)")
    }
  }
}
