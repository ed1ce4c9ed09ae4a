import Engine
import History
import Interface
import Screen
import Testing
import Views

@Suite struct MarkTests {
  private let calls = """
    set_memory_ro pfn:0x140000
    set_memory_rw pfn:0x140000
    set_memory_ro pfn:0x140001
    """

  @Test func `marks a place by a letter and comes back to it`() throws {
    var model = try scenarioModel(calls)
    model.press("> . . m")
    #expect(shown(model).contains("mark: a letter"))
    let place = model.timeline.moment
    model.press("a")
    #expect(model.notice?.text.hasPrefix("Mark a: after call 1, event ") == true)
    model.press("$ '")
    #expect(shown(model).contains("go to mark: a letter (a)"))
    model.press("a")
    #expect(model.timeline.moment == place)
  }

  @Test func `forgets the letter at Escape, and refuses what is none`() throws {
    var model = try scenarioModel(calls)
    model.press("m Esc")
    #expect(model.timeline.marks.isEmpty && model.notice == nil)
    #expect(model.press("m 3") == [.bell])
    #expect(model.timeline.marks.isEmpty && model.count == nil)
    #expect(model.press("'") == [.bell])
    #expect(model.notice?.text == "no mark is set; m and a letter sets one")
    model.press("m a ' b")
    #expect(model.notice?.text == "there is no mark b; there are a")
  }

  @Test func `goes to the branch of a mark only where the current one does not pass`() throws {
    var model = try scenarioModel(calls)
    model.press("> m a > > m z < < s")
    #expect(model.timeline.branches.count == 2)
    model.press("m b")
    model.press("' a")
    #expect(model.timeline.current == 1 && model.timeline.moment == Moment(call: 1))
    model.press("' z")
    #expect(model.timeline.current == 0 && model.timeline.moment == Moment(call: 3))
    model.type(":goto b")
    model.press("Enter")
    #expect(model.timeline.current == 1 && model.timeline.moment == Moment(call: 2))
  }

  @Test func `lists marks, moves one and takes one away`() throws {
    var model = try scenarioModel(calls)
    model.type(":mark before-merge")
    model.press("Enter >")
    model.type(":mark b")
    model.press("Enter")
    model.type(":marks")
    model.press("Enter")
    #expect(shown(model).contains("before-merge: the beginning, branch main"))
    #expect(shown(model).contains("b: after call 1, branch main"))
    model.press("Esc")
    model.type(":mark before-merge")
    model.press("Enter")
    #expect(model.notice?.text == "Mark before-merge is here now: after call 1, branch main.")
    model.type(":unmark b")
    model.press("Enter")
    #expect(model.timeline.marks.map(\.name) == ["before-merge"])
    model.type(":unmark b")
    #expect(model.press("Enter") == [.bell])
    #expect(shown(model).contains("there is no mark b; there are before-merge"))
  }

  @Test func `shows marks on the strip by their letters, under the weightiest signs`() throws {
    var model = try scenarioModel(calls)
    model.press("> m q $")
    let strip = shown(model).split(separator: "\n").first { $0.contains("3/3") } ?? ""
    #expect(strip.contains("q") && strip.contains("s"))
    model = try scenarioModel("set_memory_uc pfn:0x140000\nset_memory_wc pfn:0x140000")
    model.press("> . m q $")
    let grave = shown(model).split(separator: "\n").first { $0.contains("2/2") } ?? ""
    #expect(grave.contains("!") && !grave.contains("q"))
  }

  /// The screen as text.
  private func shown(_ model: Model) -> String {
    screen(model, size: Size(width: 120, height: 40), glyphs: .ascii).text(planes: [.characters])
  }
}
