import Engine
import History
import Quiz
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Keys
@testable import Views

@Suite struct PredictingTests {
  private static let scenario = """
    kernel linux-7.2
    set_memory_ro pfn:0x140003
    set_memory_rw pfn:0x140003
    set_memory_rox pfn:0x140000 512
    """

  private func model(_ text: String = scenario) throws -> Model {
    var model = try scenarioModel(text)
    model.predict(true)
    return model
  }

  private func prompt(_ model: Model) -> Prompt? {
    if case .prediction(let prompt)? = model.layers.last { prompt } else { nil }
  }

  /// The key of the right answer to the question that lies on top.
  private func right(_ model: Model) throws -> String {
    String(Question.letter(try #require(prompt(model)).question.correct))
  }

  /// The key of a wrong one.
  private func wrong(_ model: Model) throws -> String {
    try #require(prompt(model)).question.correct == 0 ? "b" : "a"
  }

  @Test(arguments: [(".", 0), (">", 1), (")", 1), ("}", 1), ("c", 1)])
  func `a step into or past a call waits for an answer, and is then taken`(
    key: String, calls: Int
  ) throws {
    var model = try model()
    model.press(key)
    #expect(model.timeline.moment == .start)
    #expect(prompt(model)?.line == "set_memory_ro pfn:0x140003")
    model.press(try right(model))
    #expect(model.layers.isEmpty)
    #expect(model.timeline.moment.call == calls && model.timeline.moment > .start)
    #expect(model.notice?.kind == .done && model.notice?.text.hasPrefix("Right. ") ?? false)
    #expect(model.predictions.score == "1 of 1 right")
  }

  @Test func `a wrong answer is told, with what is wrong about it`() throws {
    var model = try model()
    model.press(">")
    #expect(prompt(model)?.question.kind == .splits)
    model.press(try wrong(model))
    #expect(model.notice?.kind == .failed)
    #expect(model.notice?.text.hasPrefix("Wrong. It is ") ?? false)
    #expect(model.predictions.score == "0 of 1 right")
  }

  @Test func `going back and forward again asks nothing twice`() throws {
    var model = try model()
    model.press(">")
    model.press(try right(model))
    model.press("< > , , .")
    #expect(model.layers.isEmpty && model.predictions.entries.count == 1)
    model.press(">")
    #expect(model.layers.isEmpty && model.timeline.moment == Moment(call: 1))
    model.press(">")
    #expect(prompt(model)?.call == 1)
  }

  @Test func `a call by key or by line is asked about before it is made`() throws {
    var model = try bootedModel()
    model.predict(true)
    model.press("r")
    #expect(model.timeline.steps.isEmpty)
    #expect(prompt(model)?.line == "set_memory_ro pfn:0x140000")
    model.press(try wrong(model))
    #expect(model.timeline.steps.count == 1)
    model.type(":set_memory_np pfn:0x140200 2")
    model.press("Enter")
    #expect(model.timeline.steps.count == 1 && prompt(model)?.call == 1)
    model.press("Esc")
    #expect(model.timeline.steps.count == 2)
    #expect(model.notice?.text.hasPrefix("Skipped: it is ") ?? false)
    #expect(model.predictions.score == "0 of 2 right, 1 skipped")
    // No end comes where there is no file.
    #expect(model.layers.isEmpty)
  }

  @Test func `a call that cannot be made, or changes no mapping, is not asked about`() throws {
    var model = try bootedModel()
    model.predict(true)
    for line in [":vunmap nothing", ":age 1 10", ":set_memory_ro pfn:0x100000 4G"] {
      model.type(line)
      model.press("Enter")
      #expect(prompt(model) == nil, "\(line)")
      if !model.layers.isEmpty { model.press("Esc") }
    }
  }

  @Test func `keys that are no answers ring and say which are`() throws {
    var model = try model()
    model.press(".")
    for key in ["9", "x", "Enter", "Up", "1"] {
      #expect(model.press(key) == [.bell])
      #expect(prompt(model)?.isMistyped ?? false)
    }
    #expect(model.timeline.moment == .start)
    #expect(model.predictions.entries.isEmpty)
  }

  @Test func `continuing goes call by call, and a stop in the call still stops`() throws {
    var model = try model()
    model.type(":break split 2M")
    model.press("Enter c")
    model.press(try right(model))
    #expect(model.timeline.moment.call == 0 && model.timeline.moment.event > 0)
    #expect(model.notice?.text.contains("Stop 1") ?? false)
    model.press("c")
    #expect(model.timeline.moment == Moment(call: 1) && model.layers.isEmpty)
    model.press("c")
    #expect(prompt(model)?.call == 1)
  }

  @Test func `steps with a count pass no call that is not asked about`() throws {
    var model = try model()
    model.press("3 >")
    model.press(try right(model))
    #expect(model.timeline.moment == Moment(call: 1))
    model.press(".")
    model.press(try right(model))
    model.press("9 9 9 .")
    #expect(model.timeline.moment == Moment(call: 2))
    #expect(prompt(model) == nil)
  }

  @Test func `playing waits at each call and goes on after the answer`() throws {
    var model = try model()
    model.press("Space")
    #expect(model.layers.isEmpty && model.playback.isPlaying)
    _ = model.update(.tick)
    #expect(prompt(model)?.call == 0 && !model.playback.isPlaying)
    model.press(try right(model))
    #expect(model.playback.isPlaying && model.timeline.moment > .start)
    for _ in 0..<200 where prompt(model) == nil { _ = model.update(.tick) }
    #expect(prompt(model)?.call == 1)
    #expect(model.notice?.text.hasPrefix("Right.") ?? false)
  }

  @Test func `the end of the scenario shows the score and what was wrong, once`() throws {
    var model = try model()
    for index in 0..<3 {
      model.press(">")
      model.press(index == 1 ? try wrong(model) : try right(model))
    }
    guard case .report(let report)? = model.layers.last else {
      Issue.record("no score")
      return
    }
    #expect(report.title == "your predictions: 2 of 3 right")
    #expect(report.lines.count == 2 && report.lines[0].hasPrefix("Last: set_memory_rox"))
    #expect(report.lines[1].hasPrefix("2. set_memory_rw pfn:0x140003. "))
    #expect(report.lines[1].contains("You said: "))
    model.press("x < >")
    #expect(model.layers.isEmpty)
    #expect(model.press("Q").contains(.quit(0)))
  }

  @Test func `a call of one's own in the past shows no score at the end of its branch`() throws {
    var model = try model()
    model.press(">")
    model.press(try right(model))
    model.press("r Esc")
    #expect(model.timeline.branches.count == 2 && model.timeline.moment == model.timeline.end)
    #expect(model.layers.isEmpty)
  }

  @Test func `leaving earlier shows the score first`() throws {
    for keys in ["Q", "q Enter", "q q"] {
      var model = try model()
      model.press(">")
      model.press(try wrong(model))
      #expect(!model.press(keys).contains(.quit(0)))
      guard case .report(let report)? = model.layers.last else {
        Issue.record("no score after \(keys)")
        return
      }
      #expect(report.title == "your predictions: 0 of 1 right")
      #expect(model.press("Q").contains(.quit(0)))
    }
    var plain = try self.model()
    #expect(plain.press("Q").contains(.quit(0)))
  }

  @Test func `the command turns questions on and off, and lists what was wrong`() throws {
    var model = try scenarioModel(Self.scenario)
    model.press(">")
    #expect(model.timeline.moment == Moment(call: 1) && model.layers.isEmpty)
    for (line, words) in [("on", "a letter answers it"), ("off", "No more questions")] {
      model.type(":predict \(line)")
      model.press("Enter")
      #expect(model.notice?.text.contains(words) ?? false)
      #expect(model.predictions.isOn == (line == "on"))
    }
    model.type(":predict maybe")
    #expect(model.press("Enter") == [.bell])
    model.press("Esc")
    model.type(":predict")
    model.press("Enter")
    #expect(model.layers.count == 1)
  }

  @Test func `another kernel keeps the score and asks again`() throws {
    var model = try bootedModel()
    model.predict(true)
    model.press("r")
    model.press(try right(model))
    model.type(":kernel linux-6.1")
    model.press("Enter r")
    // The call was made again under the other kernel; the next one, which it was not, is asked about.
    #expect(prompt(model)?.call == 1 && model.predictions.entries.count == 1)
  }

  @Test func `each call of a long scenario is asked about in more than one way`() throws {
    let text = try ProjectFiles.text("Assets/scenarios/cache-types.dmap")
    var model = try model(text)
    var kinds: Set<Question.Kind> = []
    for _ in 0..<model.timeline.steps.count {
      model.press(">")
      if let prompt = prompt(model) {
        kinds.insert(prompt.question.kind)
        model.press(try right(model))
      }
    }
    #expect(model.timeline.moment == model.timeline.end)
    #expect(kinds.count >= 3)
    #expect(model.predictions.right == model.predictions.entries.count)
  }

  @Test(arguments: 0..<8 as Range<UInt64>)
  func `no row of keys and lines brings it down`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var model = seed % 2 == 0 ? try self.model() : try bootedModel()
    model.predict(true)
    let keys = Keymap.standard.bindings.flatMap(\.inputs)
    let lines = [
      ":predict on", ":predict off", ":predict", ":set_memory_rox pfn:0x140000 512", ":goto 1",
      ":vmalloc v 3M huge", ":mmap heap 4M order 4", ":zap heap", ":secretmem fault k",
      ":compare m=kernel:linux-6.1,policy:aaronlu-2022", ":machine arm64-4g", ":break merge",
      ":set_memory_valid pfn:0x60000 70 false", ":branch new x", ":q",
    ]
    for _ in 0..<260 {
      switch random.next(below: 5) {
      case 0:
        model.type(random.pick(lines))
        _ = model.update(.input(.key(.enter)))
      case 1, 2: model.press(random.pick(["1", "2", "3", ".", ">", "c", "Space", "Esc", "r", "w"]))
      default: _ = model.update(.input(random.pick(keys)))
      }
      if random.oneIn(5) { _ = model.update(.tick) }
      let (width, height) = random.pick([(80, 24), (120, 40), (36, 21), (60, 22), (10, 3)])
      let canvas = screen(model, size: Size(width: width, height: height), glyphs: .unicode)
      #expect(canvas.size.width == width)
      #expect(model.predictions.right <= model.predictions.entries.count)
      #expect(model.layers.count { if case .prediction = $0 { true } else { false } } <= 1)
    }
  }

  @Test func `nothing on the screen tells what is to be predicted`() throws {
    var model = try model()
    model.press("$ ^")
    #expect(model.timeline.moment == .start)
    let size = Size(width: 120, height: 40)
    func text(_ model: Model) -> String {
      screen(model, size: size, glyphs: .ascii).text(planes: [.characters])
    }
    // The signs of a split and of a merge on the line of time, and what lies ahead of the page.
    #expect(!text(model).contains("ahead") && model.knownCalls == 0)
    model.press(">")
    #expect(model.knownCalls == 0)
    model.press(try right(model))
    #expect(model.knownCalls == 1)
    model.press("<")
    #expect(model.knownCalls == 1 && text(model).contains("ahead"))
    model.predict(false)
    #expect(model.knownCalls == 3)
  }

  @Test func `the question, the verdict and the score as they look`() throws {
    var model = try model()
    model.press(">")
    expectScreens(model, "predict-question")
    model.press(try wrong(model))
    _ = model.update(.tick)
    expectScreens(model, "predict-verdict")
    model.press("> 1 > 1")
    _ = model.update(.tick)
    expectScreens(model, "predict-score")
  }

  private func expectScreens(_ model: Model, _ name: String) {
    for size in Self.sizes {
      expectScreen(screen(model, size: size, glyphs: .unicode), named: "\(name) \(size)")
    }
  }

  private static let sizes = [
    Size(width: 80, height: 24), Size(width: 100, height: 30), Size(width: 120, height: 40),
  ]

  @Test func `a question and what is said to its answer are whole`() throws {
    for size in Self.sizes + [Size(width: 60, height: 22), Size(width: 148, height: 44)] {
      var model = try model()
      func shown() -> String {
        screen(model, size: size, glyphs: .unicode).text(planes: [.characters])
      }
      model.press(">")
      let asked = try #require(prompt(model))
      for (index, choice) in asked.question.choices.enumerated() {
        let line = "\(Question.letter(index))  \(choice.text)"
        #expect(shown().contains(line), "\(size): \(line)")
      }
      for text in [asked.question.text, asked.hint] {
        let last = try #require(text.split(separator: " ").last)
        #expect(shown().contains(last), "\(size): \(text)")
      }
      model.press(try wrong(model))
      let verdict = try #require(model.predictions.shown?.verdict)
      let last = try #require(verdict.split(separator: " ").last)
      #expect(shown().contains(last), "\(size): \(verdict)")
    }
  }
}
