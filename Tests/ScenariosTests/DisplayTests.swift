import Engine
import History
import Language
import Parsing
import Scenarios
import TestSupport
import Testing

/// Expressions that are shown after each call and at each stop.
@Suite struct DisplayTests {
  private func runner(_ text: String, _ stops: StopList = StopList()) throws -> Runner {
    Runner(
      try Scenario(parsing: text, file: "t").statements, on: Machine.ofLargeLeaves(), stops: stops)
  }

  @Test func `values come behind each call, from the line on and up to the end`() throws {
    var runner = try runner(
      """
      set_memory_ro pfn:0x180000
      display size(pfn:0x180001)
      display ret
      set_memory_ro pfn:0x180001
      note "between"
      undisplay 1
      set_memory_rw pfn:0x180001
      undisplay all
      set_memory_rw pfn:0x180000
      """)
    var shown: [String] = []
    while let step = try runner.next() {
      if case .called = step.outcome { shown += step.displayed + ["|"] }
      if case .noted(let text) = step.outcome { shown.append(text) }
    }
    #expect(
      shown == [
        "|", "1: size(pfn:0x180001) is 4K", "2: ret is 0", "1: size(pfn:0x180001) is 4K",
        "2: ret is 0", "|", "between", "2: ret is 0", "|", "|",
      ])
  }

  @Test func `at a stop inside a call the value is that of the place`() throws {
    var stops = StopList()
    _ = stops.add(Stop(.split(.size2M, nil)))
    var runner = try runner("display direct_map_level2_splits\nset_memory_ro pfn:0x180000", stops)
    _ = try runner.next()
    let step = try #require(try runner.next())
    let hit = try #require(step.hits.first)
    #expect(hit.moment.event > 0)
    // The split is counted right behind the event at which the run stops.
    #expect(runner.displayed(at: hit) == ["1: direct_map_level2_splits is 0"])
    #expect(step.displayed == ["1: direct_map_level2_splits is 1"])
  }

  @Test func `what has no value says why`() throws {
    var runner = try runner("display leaves_4K(a)\nvmap a pfn:0x180000 4\nvunmap a")
    var shown: [String] = []
    while let step = try runner.next() { shown += step.displayed }
    #expect(shown.first == "1: leaves_4K(a) is 4")
    #expect(shown.last?.hasPrefix("1: leaves_4K(a): no area is called a") == true)
  }

  @Test(arguments: [
    ("undisplay 1", "t:1:1: nothing is displayed; display EXPRESSION begins it"),
    ("display ret\nundisplay 7", "t:2:1: there is no display 7; there are 1"),
    (
      String(repeating: "display ret\n", count: DisplayList.countMax + 1),
      "t:21:1: there are 20 displays already"
    ),
  ])
  func `a line that cannot be carried out is told with its place`(
    text: String, words: String,
  ) throws {
    var runner = try runner(text)
    var error: RunError?
    do throws(RunError) {
      while try runner.next() != nil {}
    } catch let thrown {
      error = thrown
    }
    #expect(error?.description.hasPrefix(words) == true, "\(error?.description ?? "none")")
  }

  @Test func `lines are printed as they are read`() throws {
    for line in ["display DirectMap4k - 2048", "undisplay 3", "undisplay all"] {
      let read = try #require(try Parser(file: "t").statement(ofLine: line))
      #expect(read.statement.scenarioText == line)
    }
    let lines = ["poke pfn:0x140000 with RW G without P NX flush", "poke area+2 without P"]
    for line in lines {
      let read = try #require(try Parser(file: "t").statement(ofLine: line))
      #expect(read.statement.scenarioText == line)
    }
  }

  @Test(arguments: [
    ("poke pfn:1", "expected with or without, and bits such as RW G"),
    ("poke pfn:1 with", "expected a bit ("), ("poke pfn:1 with PSE", "expected a bit ("),
    ("poke pfn:1 with RW without RW", "expected a bit ("),
    ("poke pfn:1 flush", "expected with or without"), ("undisplay x", "or all"),
  ])
  func `a wrong line is told with a way out`(text: String, words: String) {
    let error = #expect(throws: ParseError.self) { try Scenario(parsing: text, file: "t") }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "no error")")
  }
}
