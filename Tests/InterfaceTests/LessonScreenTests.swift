import Engine
import History
import Interface
import Keys
import Lanes
import Language
import Narration
import Parsing
import Scenarios
import Screen
import TestSupport
import Testing
import Views

/// A small lesson.
let lessonText = """
  lesson "Small steps" "What a split is."
  machine teaching-4g
  kernel linux-7.2
  part "One leaf"
  caption "One entry maps 1 GiB."
  highlight pfn:0x140000 8
  part "A split"
  caption "Watch the 1G leaf."
  set_memory_ro pfn:0x140000
  set_memory_ro pfn:0x140001
  part "Your turn"
  caption "The bit can come back."
  task "Press w on page 0x140000." until flags(pfn:0x140000) has RW
  set_memory_rw pfn:0x140000
  part "What it means"
  caption "The leaf stays split."
  expect size(pfn:0x140000) == 4K
  story "x86/mm/pat: restore large pages" "commit 41d88484c71c"
  """

/// A screen on which the lesson begins.
func lessonModel(_ text: String = lessonText) throws -> Model {
  let scenario = try Scenario(parsing: text, file: "small-steps")
  let lesson = try #require(try Lesson(scenario))
  let description = try #require(MachineDescription(builtIn: "teaching-4g"))
  let setup = BootSetup(description, kernel: .linux7_2, file: "lesson small-steps")
  return try Model(
    teaching: LessonProgress(lesson, name: "small-steps", next: "next-one"),
    on: Machine(booting: description, kernel: .linux7_2), setup: setup)
}

private let text100 = Size(width: 100, height: 30)

private func shown(_ model: Model) -> String {
  screen(model, size: text100, glyphs: .unicode).text(planes: [.characters])
}

@Suite struct LessonScreenTests {
  @Test func `goes through its parts, the learner stepping through the calls`() throws {
    var model = try lessonModel()
    #expect(shown(model).contains("small-steps, part 1 of 4"))
    model.press("z")
    #expect(shown(model).contains("A split"))
    #expect(model.timeline.steps.count == 2 && model.timeline.moment == .start)
    model.press(">")
    #expect(model.timeline.moment == Moment(call: 1))
    model.press("z")
    #expect(model.timeline.moment == Moment(call: 2), "first to the end of the part")
    model.press("z")
    #expect(shown(model).contains("Your turn"))
  }

  @Test func `a task is done when its goal is reached, by whatever keys`() throws {
    var model = try lessonModel()
    model.press("z z z")
    #expect(shown(model).contains("\u{25b8} Press w on page"))
    model.type("/pfn:0x140000")
    model.press("Enter w")
    #expect(shown(model).contains("\u{2713} Press w on page"))
    model.press("z")
    #expect(shown(model).contains("What it means"))
    #expect(model.timeline.steps.map(\.deed.title).last == "set_memory_rw pfn:0x140000")
  }

  @Test func `does the task when asked, call by call`() throws {
    var model = try lessonModel()
    model.press("z z z z")
    #expect(model.timeline.steps.count == 3 && model.timeline.moment == Moment(call: 2))
    model.press("z")
    #expect(model.timeline.moment == Moment(call: 3))
    model.press("z")
    #expect(shown(model).contains("What it means"))
  }

  @Test func `lets the learner play freely and come back`() throws {
    var model = try lessonModel()
    model.press("z")
    let before = shown(model)
    model.press("< s r M K :")
    model.type("machine giant-64t")
    model.press("Enter")
    #expect(shown(model).contains("You play freely; z"))
    model.press("Esc z")
    #expect(shown(model).contains("Back in the lesson."))
    model.press("Tab S-Tab")
    let after = shown(model)
    #expect(
      after == before, "\(screenDifference(golden: before, actual: after))")
  }

  @Test func `keeps what is there once while lanes come and go`() throws {
    var model = try lessonModel()
    model.press("z")
    _ = model.update(.recording(.started(path: "x.cast")))
    model.press(":")
    model.type("compare now=kernel:linux-6.1")
    model.press("Enter e")
    #expect(model.lane.name == "now" && model.lesson?.part == 1)
    #expect(shown(model).contains("You play freely; z"))
    model.press("z")
    #expect(!model.lanes.isComparing && model.lesson?.part == 1)
    #expect(shown(model).contains("Back in the lesson."))
    #expect(model.isFilmed && model.options.sidePanel == .trace)
  }

  @Test func `goes back to the beginning of a part, then to the part before`() throws {
    var model = try lessonModel()
    model.press("z z z z z")
    #expect(model.lesson?.part == 2)
    model.press("Z")
    #expect(model.lesson?.part == 2 && model.timeline.steps.count == 2)
    model.press("Z")
    #expect(model.lesson?.part == 1 && model.timeline.moment == .start)
    model.press("Z Z")
    #expect(model.lesson?.part == 0)
    #expect(shown(model).contains("This is the first part."))
  }

  @Test func `ends with the real story, and what was tried in between does not matter`() throws {
    var straight = try lessonModel()
    straight.press("z z z z z z z")
    var winding = try lessonModel()
    winding.press("z r r s z > r z z P z u w z")
    while winding.lesson?.isOver == false { winding.press("z") }
    #expect(shown(straight).contains("the real story"))
    #expect(shown(straight).contains("large"))
    #expect(shown(straight).contains("The next lesson is next-one."))
    #expect(winding.timeline.steps.map(\.call) == straight.timeline.steps.map(\.call))
    #expect(winding.machine.checksum == straight.machine.checksum)
  }

  @Test func `is worked through by a director, task and all`() throws {
    let film = try Film(Director(learning: lessonModel()))
    for heading in ["One leaf", "A split", "Your turn", "What it means", "the real story"] {
      #expect(film.time(of: heading) != nil, "\(heading)")
    }
    #expect(film.markers.contains("The leaf stays split."))
    #expect(film.time(of: "This is the end.") == nil)
    #expect(film.end > 15_000 && film.end < 60_000)
  }

  @Test func `shows where its first part cannot be carried out`() throws {
    let wrong = lessonText.replacing("highlight pfn:0x140000 8", with: "vunmap nothing")
    #expect(throws: RunError.self) { try lessonModel(wrong) }
  }

  @Test(arguments: goldenSizes) func `stands beside the map`(size: Size) throws {
    var model = try lessonModel()
    model.press("z .")
    _ = model.update(.input(.resize(size)))
    expectScreen(screen(model, size: size, glyphs: .unicode), named: "lesson \(size)")
  }

  @Test(arguments: 0..<12) func `no key leads out of a lesson`(seed: UInt64) throws {
    var model = try lessonModel()
    var generator = SeededGenerator(seed: seed)
    let keys = Keymap.standard.bindings.flatMap(\.inputs).filter {
      ![.character("Q"), .control("c"), .control("z")].contains($0)
    }
    for _ in 0..<150 { _ = model.update(.input(generator.pick(keys))) }
    model.press("Esc Esc Esc Esc")
    for _ in 0..<16 { model.press("z") }
    #expect(model.lesson?.isOver == true)
    #expect(model.timeline.steps.count == 3)
  }
}
