import Engine
import History
import Language
import Narration
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Keys

/// What can be said in plain mode.
@Suite struct PlainLineTests {
  private static let twoCalls = Result { try scenarioModel(PlainSessionTests.twoCalls) }

  private static func session() throws -> PlainSession { PlainSession(try twoCalls.get()) }

  private static func session(_ text: String) throws -> PlainSession {
    PlainSession(try scenarioModel(text))
  }

  @Test(arguments: PlainWord.all.map(\.name))
  func `answers every word of its own`(word: String) throws {
    for place in ["goto 0", "goto 1", "step 4", "end"] {
      var session = try Self.session()
      _ = session.answers(to: place)
      let lines = session.answers(to: word)
      expectPlain(lines, "\(word) after \(place)")
      #expect(!lines.isEmpty || word == "quit", "\(word) after \(place)")
      #expect(session.isOver == (word == "quit"))
    }
  }

  @Test(arguments: ScreenCommand.all.map(\.example) + Command.all.map(\.example))
  func `answers every command of the screen and of the language`(example: String) throws {
    var session = try Self.session()
    _ = session.answers(to: "goto 1")
    let lines = session.answers(to: example)
    expectPlain(lines, "\(example)")
    #expect(session.isOver || !lines.isEmpty, "\(example)")
    // Nothing stays open over the map, where the next line would not be seen.
    #expect(session.model.layers.isEmpty)
  }

  @Test(arguments: Keymap.standard.bindings.flatMap { $0.inputs.map(\.name) })
  func `answers every key`(key: String) throws {
    for place in ["goto 0", "step 4", "end"] {
      var session = try Self.session()
      _ = session.answers(to: place)
      let lines = session.answers(to: key)
      expectPlain(lines, "\(key)")
      #expect(!lines.isEmpty || session.isOver, "\(key)")
      _ = session.answers(to: "3\(key)")
      #expect(session.model.layers.isEmpty)
    }
  }

  @Test func `a key acts on as many pages as its count says, and repeats a step`() throws {
    var session = try Self.session("machine teaching-4g")
    _ = session.answers(to: "16r")
    #expect(session.model.timeline.steps.deed(0).title.hasSuffix(" 16"))
    _ = session.answers(to: "start")
    let three = session.answers(to: "3.")
    _ = session.answers(to: "start")
    #expect(three == (0..<3).flatMap { _ in session.answers(to: "step") })
    #expect(session.answers(to: "0.") == ["Not done: 0 is no count for .."])
    #expect(session.answers(to: "99999999999999999999r").count == 1)
    _ = session.answers(to: "1000000000.")
    #expect(session.model.timeline.moment == session.model.timeline.end)
  }

  @Test func `the keys that were chosen are the ones that count`() throws {
    var model = try scenarioModel(PlainSessionTests.twoCalls)
    model.keymap = Keymap.standard.rebinding([(.nextEvent, [.character("n")])])
    var session = PlainSession(model)
    _ = session.answers(to: "n")
    #expect(session.model.timeline.moment.event > 0)
    let there = session.model.timeline.moment
    #expect(session.answers(to: ".")[0].hasPrefix("Not done: "))
    #expect(session.model.timeline.moment == there)
    _ = session.answers(to: "step")
    #expect(session.model.timeline.moment > there)
  }

  @Test func `goes on after a line that is wrong, and says the way out`() throws {
    var session = try Self.session()
    let nearest = session.answers(to: "set_memroy_ro pfn:0x140000")
    #expect(
      nearest == [
        "Not done: column 1: unknown command 'set_memroy_ro'; did you mean 'set_memory_ro'?"
      ])
    for line in [
      "xyzzy", "goto 99", "goto", "g", "/", "find", "inspect pfn:zz", "step -1", "step 0",
      "details", "delete 7", "set_memory_ro nothing", "module load x ko:y.ko", "\u{1b}[2J",
      "\0",
    ] {
      let lines = session.answers(to: line)
      #expect(lines.count == 1 && lines[0].hasPrefix("Not done: "), "\(line): \(lines)")
      expectPlain(lines)
    }
    #expect(session.answers(to: "stpe") == ["Not done: unknown word 'stpe'; did you mean 'step'?"])
    #expect(
      session.answers(to: "xyzzy") == [
        "Not done: unknown word 'xyzzy'; help lists what you can type."
      ])
    for line in ["", "   ", "# a comment", "\r"] { #expect(session.answers(to: line) == []) }
    #expect(!session.isOver && session.status == 0)
    _ = session.answers(to: String(repeating: "9", count: 5000))
    _ = session.answers(to: String(repeating: "break split ", count: 300))
    #expect(!session.isOver)
  }

  @Test func `a claim that does not hold makes the status 1, at the end`() throws {
    var session = try Self.session()
    _ = session.answers(to: ">")
    #expect(
      session.answers(to: "expect size(pfn:0x140000) == 4K")[0].hasPrefix("The claim holds: "))
    #expect(session.status == 0)
    #expect(
      session.answers(to: "expect size(pfn:0x140000) == 2M")[0].hasPrefix(
        "The claim does not hold: "))
    #expect(!session.isOver && session.status == 1)
    #expect(session.answers(to: "quit") == [] && session.isOver && session.status == 1)
    #expect(session.answers(to: "step") == [])
    var other = try Self.session()
    _ = other.answers(to: "C-c")
    #expect(other.status == 130)
  }

  @Test func `continues to stops both ways, and tells where`() throws {
    var session = try Self.session()
    #expect(session.answers(to: "break split 2M") == ["Stop 1: break split 2M."])
    let hit = session.answers(to: "c")
    #expect(hit[0].hasPrefix("Stop 1, break split 2M: The 2M leaf at pfn 0x140000 is replaced"))
    #expect(hit[1].hasPrefix("Now in call 1 of 2, set_memory_ro pfn:0x140000, after event "))
    #expect(session.answers(to: "stops") == ["Stop 1, break split 2M, is on, with 1 hit so far."])
    #expect(session.answers(to: "C").last?.hasPrefix("Now at the beginning") == true)
  }

  @Test func `a call in the past begins a branch, which is told and can be left`() throws {
    var session = try Self.session()
    _ = session.answers(to: "goto 1")
    let made = session.answers(to: "set_memory_np pfn:0x140000")
    #expect(made[0].hasPrefix("Done here, in the past: this is branch b1"))
    #expect(made[1] == "Call 2 of 2: set_memory_np pfn:0x140000.")
    #expect(made.last?.hasPrefix("Call 2 is done: ") == true)
    #expect(
      session.answers(to: "branch") == [
        "Branch main has 2 calls of its own.",
        "Branch b1 has 1 call of its own and leaves main after call 1; this is the current one.",
      ])
    #expect(session.answers(to: "branch switch main").last?.hasPrefix("Now after call 1") == true)
  }

  @Test func `tells the map, the page and why without signs that stand for words`() throws {
    var session = try Self.session()
    _ = session.answers(to: "goto 1")
    let map = session.answers(to: "map")
    #expect(map[0] == "The direct map has 1 leaf of 1G, 1,531 of 2M, 2,524 of 4K.")
    #expect(map.contains { $0.hasPrefix("RO NX: ") })
    #expect(map.contains { $0.contains("slots of 2M are split into 4K leaves: ") })
    let page = session.answers(to: "inspect pfn:0x140001")
    #expect(page[0] == "Selected is pfn 0x140001 in a 4K leaf, RW NX, ordinary.")
    #expect(page.contains("Its 2M slot holds 512 leaves of 4K."))
    let why = session.answers(to: "why pfn:0x140000")
    #expect(why.contains { $0.hasPrefix("Not met: ") } && !why.contains { $0.contains("[") })
    #expect(session.answers(to: "why").contains { $0.hasPrefix("Not met: ") })
  }

  @Test func `a kernel that stopped is told wherever one comes to it`() throws {
    var session = try Self.session(bugScenario)
    #expect(session.answers(to: "end").contains { $0.hasPrefix("The kernel has stopped: BUG: ") })
    #expect(session.answers(to: "where").contains { $0.hasPrefix("The kernel has stopped: BUG: ") })
    #expect(
      session.answers(to: "drop_slab")[0].contains("the kernel has stopped and makes no call"))
    #expect(session.answers(to: "u")[0].hasPrefix("Back to before call 4 of 4"))
  }

  // MARK: - Text

  @Test func `lets out no order to a terminal, and only ASCII where that is wanted`() {
    let text = "a\u{1b}[31mb\u{7}\u{9b}\tc\u{202e}d\u{2028}e\u{200d}f \u{2192} g\u{2500}h \u{e9}"
    #expect(PlainText().line(text) == "a?[31mb?? c?d e?f to g-h \u{e9}")
    let ascii = PlainText(isASCII: true).line(text)
    #expect(ascii == "a?[31mb?? c?d e?f to g-h ?")
    for value in UInt32(0)..<0x11000 {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let told = PlainText(isASCII: true).line(String(Character(scalar)))
      #expect(told.utf8.allSatisfy { (0x20..<0x7F).contains($0) }, "U+\(String(value, radix: 16))")
    }
  }
}
