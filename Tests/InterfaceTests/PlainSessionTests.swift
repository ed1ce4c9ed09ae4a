import Engine
import History
import Interface
import TestSupport
import Testing

/// What every line of plain mode must be: a sentence, free of orders to a terminal and of drawing.
func expectPlain(_ lines: [String], _ comment: Comment? = nil) {
  for line in lines {
    #expect(!line.isEmpty, comment)
    #expect(line.last.map { ".!?:)".contains($0) } ?? false, "\(line): no sentence")
    let isHarmless = line.unicodeScalars.allSatisfy { scalar in
      scalar.value >= 0x20 && !(0x7F..<0xA0).contains(scalar.value)
        && !(0x2190...0x21FF).contains(scalar.value) && !(0x2500...0x259F).contains(scalar.value)
    }
    #expect(isHarmless, "\(line.debugDescription)")
    #expect(!line.contains("  "), "\(line): spaces that line something up")
  }
}

@Suite struct PlainSessionTests {
  static let scenarios = ProjectFiles.list("Assets/scenarios", ending: "dmap")

  static func session(_ text: String) throws -> PlainSession {
    PlainSession(try scenarioModel(text))
  }

  static let twoCalls = """
    note "Now one page."
    set_memory_ro pfn:0x140000
    note "And back."
    set_memory_rw pfn:0x140000
    note "That was all."
    """

  // MARK: - Whole files

  @Test(arguments: scenarios)
  func `tells every event of every scenario in a sentence`(file: String) throws {
    var session = try Self.session(try ProjectFiles.text(file))
    let calls = session.model.timeline.steps.count
    expectPlain(session.opening)
    session.playAll()
    var told = 0
    // A workload has thousands of calls of a few kinds.
    while told < 60, let lines = session.next() {
      told += 1
      expectPlain(lines, "\(file), call \(told)")
      #expect(lines.contains { $0.hasPrefix("Call \(told) of \(calls): ") })
      #expect(lines.contains { $0.hasPrefix("Call \(told) is done: ") })
    }
    #expect(told == min(calls, 60))
  }

  @Test func `a step goes on by the same event as on the screen`() throws {
    var model = try scenarioModel(Self.twoCalls)
    var session = PlainSession(model)
    for _ in 0..<60 {
      model.press(".")
      _ = session.answers(to: ".")
      #expect(session.model.timeline.moment == model.timeline.moment)
      #expect(session.model.selection == model.selection)
    }
    #expect(model.timeline.moment == model.timeline.end)
  }

  @Test func `playing tells what stepping tells`() throws {
    var playing = try Self.session(Self.twoCalls)
    var stepping = playing
    let played = playing.answers(to: "play")
    var stepped: [String] = []
    while stepping.model.timeline.moment != stepping.model.timeline.end {
      stepped += stepping.answers(to: "step")
    }
    #expect(played == stepped + ["This is the end."])
    #expect(played.first == "Note: Now one page.")
    #expect(played.contains("Call 2 of 2: set_memory_rw pfn:0x140000."))
    #expect(played.suffix(2) == ["Note: That was all.", "This is the end."])
  }

  @Test func `a pause stops playing, unless all is told`() throws {
    let text = "set_memory_ro pfn:0x140000\npause\nset_memory_rw pfn:0x140000"
    var session = try Self.session(text)
    #expect(session.answers(to: "play").last == "The scenario pauses here; play continues.")
    #expect(session.model.timeline.moment.call == 1)
    #expect(session.answers(to: "play").last == "This is the end.")
    session = try Self.session(text)
    session.playAll()
    while session.next() != nil {}
    #expect(session.model.timeline.moment.call == 2)
  }

  // MARK: - Back and forth

  @Test(arguments: 0..<16)
  func `a way back tells what the way there told`(seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let file = try #require(
      Self.scenarios.filter { !$0.contains("bpf-2021") }.randomElement(using: &generator))
    var session = try Self.session(try ProjectFiles.text(file))
    var heard: [Int: [Int: String]] = [:]
    _ = session.answers(to: "goto \(Int.random(in: 0...3, using: &generator))")
    for _ in 0..<80 {
      let before = session.model.timeline.moment
      let isBack = Bool.random(using: &generator) && Bool.random(using: &generator)
      let lines = session.answers(to: isBack ? "," : ".")
      let moment = session.model.timeline.moment
      expectPlain(lines, "\(file), seed \(seed)")
      guard moment != before, moment.event > 0, let last = lines.last else { continue }
      if isBack, let told = heard[moment.call]?[moment.event] {
        #expect(last.hasSuffix(told), "\(file), seed \(seed)")
      } else if !isBack {
        // What is said behind a line of others of its kind is about the line.
        let sentence = last.hasPrefix("And ") ? lines.dropLast().last ?? last : last
        heard[moment.call, default: [:]][moment.event] = sentence
      }
    }
  }

  // MARK: - Variants

  @Test func `says which variant each sentence is about`() throws {
    var session = PlainSession(
      try comparedModel("kernel linux-6.1\n" + Self.twoCalls, [], [.aaronLu2022]),
      text: PlainText(isASCII: true))
    for line in [".", ".", ",", ">", "<", "c", "where", "map", "inspect", "start", "3."] {
      let lines = session.answers(to: line)
      expectPlain(lines)
      for line in lines where !line.hasPrefix("Note: ") && !line.hasPrefix("No stop is set") {
        #expect(
          line.hasPrefix("first: ") || line.hasPrefix("second: ") || line.hasPrefix("This is the"),
          "\(line)")
      }
    }
    _ = session.answers(to: "end")
    let ends = session.answers(to: "where").filter { $0.contains("merged") }
    #expect(ends.count == 1 && ends[0].hasPrefix("second: "))
    #expect(
      session.answers(to: "e") == [
        "The focus is on second: linux-6.1 + aaronlu-2022."
      ])
    #expect(session.answers(to: "where")[0].hasPrefix("second: "))
  }
}
