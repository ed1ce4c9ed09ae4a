import Engine
import History
import Interface
import Keys
import Screen
import TestSupport
import Testing
import Views

/// Work under way, and what can be done meanwhile. When the work is done is the tests' choice.
@Suite struct WorkbenchTests {
  private func bench(_ keys: String = "") throws -> Workbench {
    var model = try bootedModel()
    model.press(keys)
    return Workbench(model)
  }

  private func input(_ name: String) throws -> Message {
    .input(try #require(Input(name: name)))
  }

  /// Begins the work of a key, and shows it.
  private func begun(_ bench: inout Workbench, _ key: String) throws -> Workbench.Work {
    guard case .work(let work) = bench.answer(try input(key)) else { throw NotHandedOut() }
    #expect(bench.showWork().isEmpty)
    return work
  }

  /// Types a line and begins its work.
  private func begun(_ bench: inout Workbench, line: String) throws -> Workbench.Work {
    for character in line { _ = bench.answer(.input(.character(character))) }
    return try begun(&bench, "Enter")
  }

  /// Presses keys that are answered at once.
  private func press(_ bench: inout Workbench, _ keys: String) throws -> [Effect] {
    var all: [Effect] = []
    for key in keys.split(separator: " ") {
      guard case .done(let effects) = bench.answer(try input(String(key))) else {
        throw NotAnswered(key: String(key))
      }
      all += effects
    }
    return all
  }

  private struct NotHandedOut: Error {}
  private struct NotAnswered: Error { let key: String }

  private func cells(_ bench: Workbench) -> Canvas {
    screen(bench.model, size: goldenSizes[1], glyphs: .unicode)
  }

  @Test func `keys that only look are answered at once, all others are handed out`() throws {
    var looks: Set<String> = []
    for binding in Keymap.standard.bindings {
      var bench = try bench()
      switch bench.answer(.input(try #require(binding.inputs.first))) {
      case .done: looks.insert(binding.action.name)
      case .work: break
      case .stopped, .refused: Issue.record("\(binding.action.name)")
      }
    }
    #expect(
      looks == [
        "left", "right", "up", "down", "first", "last", "page-up", "page-down", "next-panel",
        "previous-panel", "zoom-in", "zoom-out", "search", "more-calls", "choose-policies",
        "choose-kernel",
        "choose-machine", "view-list", "toggle-target",
        "whole-slot", "stop-list", "go-to-step", "faster", "slower", "help", "command-line",
        "side-panel", "next-space", "toggle-letters", "toggle-follow", "next-theme",
        "causes", "toggle-band", "toggle-map-only", "next-beam", "glossary", "toggle-mouse",
        "record",
        "redraw", "suspend", "cancel", "close", "leave", "interrupt",
      ])
  }

  @Test func `work that nobody saw leads to what an update leads to`() throws {
    var bench = try bench()
    var model = bench.model
    for key in ["r", "w", "u", ".", ",", ">", "n", "Space"] {
      let effects = model.update(try input(key))
      guard case .work(let work) = bench.answer(try input(key)) else { throw NotHandedOut() }
      #expect(bench.isWorking)
      #expect(bench.line(after: 1) == nil)
      #expect(bench.finish(work.run()) == effects)
      #expect(cells(bench) == screen(model, size: goldenSizes[1], glyphs: .unicode))
      #expect(bench.model.progress == nil)
    }
  }

  @Test func `who moves while a call is made stays there, on what it leads to`() throws {
    var bench = try bench()
    let start = bench.model.selection
    let work = try begun(&bench, "r")
    _ = try press(&bench, "Right Right L")
    #expect(bench.model.selection.rawValue == start.rawValue + 2)
    #expect(bench.model.timeline.steps.isEmpty)
    #expect(bench.model.options.showsLetters)
    _ = bench.finish(work.run())
    #expect(!bench.isWorking)
    #expect(bench.model.timeline.steps.count == 1)
    #expect(bench.model.selection.rawValue == start.rawValue + 2)
    #expect(bench.model.options.showsLetters)
  }

  @Test(arguments: ["r", "5 .", "$", ">", "Space", "]", "W"])
  func `Escape stops it, and the screen is as it was`(keys: String) throws {
    var bench = try bench("r w s u")
    _ = bench.answer(.tick)
    let names = keys.split(separator: " ").map(String.init)
    let before = bench.model
    _ = try press(&bench, names.dropLast().joined(separator: " "))
    let work = try begun(&bench, names.last ?? "")
    #expect(!work.progress.isStopped)
    guard case .stopped(let effects, let inputs) = bench.answer(try input("Esc")) else {
      throw NotAnswered(key: "Esc")
    }
    #expect(effects == [.noTick])
    #expect(inputs == (names.count > 1 ? [.key(.escape)] : []))
    #expect(work.progress.isStopped)
    #expect(!bench.isWorking)
    #expect(bench.model.notice?.text == "Stopped; nothing was changed.")
    // What it leads to all the same is not taken.
    #expect(bench.finish(work.run()).isEmpty)
    var old = before
    old.press("h l")
    _ = bench.answer(try input("h"))
    _ = bench.answer(try input("l"))
    #expect(cells(bench) == screen(old, size: goldenSizes[1], glyphs: .unicode))
    #expect(bench.model.timeline.moment == before.timeline.moment)
    #expect(bench.model.machine.checksum == before.machine.checksum)
  }

  @Test func `a line that was stopped can be called back`() throws {
    var bench = try bench()
    let work = try begun(&bench, line: ":set_memory_4k pfn:0x140000 1G")
    #expect(bench.model.layers.isEmpty)
    #expect(bench.line(after: 0)?.words == "set_memory_4k pfn:0x140000 1G")
    guard case .stopped(_, let inputs) = bench.answer(try input("C-c")) else {
      throw NotAnswered(key: "C-c")
    }
    #expect(inputs == [.key(.escape)])
    #expect(work.progress.isStopped)
    #expect(bench.model.layers.isEmpty)
    _ = try press(&bench, ": Up")
    guard case .line(let editor)? = bench.model.layers.last else { throw NotAnswered(key: "Up") }
    #expect(editor.text == "set_memory_4k pfn:0x140000 1G")
  }

  @Test func `help opens meanwhile, Escape closes it first, Ctrl-C stops the work`() throws {
    var bench = try bench()
    let work = try begun(&bench, "r")
    _ = try press(&bench, "? Down")
    #expect(bench.model.layers == [.help(HelpPlace(first: 1))])
    #expect(bench.line(after: 2)?.text.hasSuffix(": 2 s; C-c stops it") == true)
    _ = try press(&bench, "Esc")
    #expect(bench.model.layers.isEmpty)
    #expect(bench.line(after: 2)?.text.hasSuffix(": 2 s; Esc stops it") == true)
    _ = try press(&bench, "?")
    guard case .stopped = bench.answer(try input("C-c")) else { throw NotAnswered(key: "C-c") }
    #expect(bench.model.layers == [.help(HelpPlace())])
    #expect(work.progress.isStopped)
  }

  @Test func `help that was opened meanwhile lies over what the work shows`() throws {
    var bench = try bench()
    let work = try begun(&bench, line: ":what-if set_memory_ro pfn:0x140000")
    _ = try press(&bench, "?")
    _ = bench.finish(work.run())
    #expect(bench.model.layers.count == 2)
    #expect(bench.model.layers.last == .help(HelpPlace()))
    guard case .report? = bench.model.layers.first else { throw NotAnswered(key: "?") }
  }

  @Test func `what failed is said, whatever was pressed meanwhile`() throws {
    var bench = try bench()
    let work = try begun(&bench, "f")
    _ = try press(&bench, "Right")
    #expect(bench.finish(work.run()).contains(.bell))
    #expect(bench.model.notice?.kind == .failed)
  }

  @Test func `keys that do more are refused, and the line says why`() throws {
    var bench = try bench()
    let work = try begun(&bench, "r")
    for key in ["w", ".", "Space", "m", "n"] {
      guard case .refused = bench.answer(try input(key)) else { throw NotAnswered(key: key) }
    }
    #expect(bench.line(after: 3)?.hasRefused == true)
    for character in ":set_memory_rw pfn:0x140000" {
      _ = bench.answer(.input(.character(character)))
    }
    guard case .refused = bench.answer(try input("Enter")) else { throw NotAnswered(key: "Enter") }
    // The line is still there when the work is done.
    _ = bench.finish(work.run())
    #expect(bench.model.timeline.steps.count == 1)
    guard case .work(let second) = bench.answer(try input("Enter")) else { throw NotHandedOut() }
    _ = bench.finish(second.run())
    #expect(bench.model.timeline.steps.count == 2)
  }

  @Test func `what was typed before anything was shown waits, in order`() throws {
    var bench = try bench()
    let start = bench.model.selection
    guard case .work(let first) = bench.answer(try input("r")) else { throw NotHandedOut() }
    for key in ["Right", "w", "Right", "r"] {
      _ = bench.keep(try #require(Input(name: key)))
    }
    _ = bench.showWork()
    // The first only looks, and the second does not.
    #expect(bench.model.selection.rawValue == start.rawValue + 1)
    _ = bench.finish(first.run())
    while let message = bench.nextWaiting() {
      if case .work(let work) = bench.answer(message) { _ = bench.finish(work.run()) }
    }
    var model = try bootedModel()
    model.press("r Right w Right r")
    #expect(bench.model.machine.checksum == model.machine.checksum)
    #expect(bench.model.timeline.steps.count == 3)
    #expect(bench.model.selection == model.selection)
  }

  @Test(arguments: ["q y", "q q", "Q", ": q Enter", ": q u i t Enter"])
  func `one can leave meanwhile`(keys: String) throws {
    var bench = try bench()
    _ = try begun(&bench, "r")
    #expect(try press(&bench, keys).contains(.quit(0)))
  }

  @Test func `a key takes over from a player that is slow`() throws {
    var bench = try bench("r w ^")
    guard case .work(let play) = bench.answer(try input("Space")) else { throw NotHandedOut() }
    _ = bench.finish(play.run())
    guard case .work(let step) = bench.answer(.tick) else { throw NotHandedOut() }
    _ = bench.showWork()
    guard case .work(let pause) = bench.answer(try input("Space")) else { throw NotHandedOut() }
    #expect(step.progress.isStopped)
    _ = bench.finish(pause.run())
    #expect(!bench.model.playback.isPlaying)
    #expect(bench.model.timeline.moment == .start)
  }

  @Test func `another size is taken at once, and stays`() throws {
    var bench = try bench()
    let work = try begun(&bench, "r")
    let size = Size(width: 93, height: 31)
    guard case .done = bench.answer(.input(.resize(size))) else { throw NotAnswered(key: "size") }
    #expect(bench.model.size == size)
    _ = bench.finish(work.run())
    #expect(bench.model.size == size)
  }

  @Test func `nothing that is looked at on one thread is changed by another`() async throws {
    let line = "set_memory_4k pfn:0x40000 2G"
    var model = try bootedModel()
    model.type(":" + line)
    model.press("Enter")
    var bench = try bench()
    let before = bench.model.machine.checksum
    let work = try begun(&bench, line: ":" + line)
    let result = Task.detached { work.run() }
    for _ in 0..<50 {
      _ = try press(&bench, "Right Down Tab Left")
      _ = cells(bench)
      #expect(bench.model.machine.checksum == before)
    }
    _ = bench.finish(await result.value)
    #expect(bench.model.machine.checksum == model.machine.checksum)
  }

  @Test func `the line stands below, above what is typed, and over help`() throws {
    let line = WorkLine(
      words: "set_memory_4k pfn:0x1000000 8G", percentage: 42, seconds: 3, key: "Esc")
    var busy = line
    busy.percentage = nil
    busy.hasRefused = true
    var model = try bootedModel()
    for size in goldenSizes.prefix(2) {
      let canvas = screen(model, size: size, glyphs: .unicode, work: line)
      expectScreen(canvas, named: "work \(size)")
    }
    model.type(":bre")
    expectScreen(
      screen(model, size: goldenSizes[0], glyphs: .ascii, work: busy), named: "work typed")
    model.press("Esc ?")
    expectScreen(
      screen(model, size: Size(width: 36, height: 21), glyphs: .unicode, work: line),
      named: "work help")
    expectScreen(
      screen(model, size: Size(width: 30, height: 4), glyphs: .unicode, work: line),
      named: "work small")
    expectScreen(
      openingScreen(line, size: Size(width: 80, height: 24), glyphs: .unicode),
      named: "work opening")
  }
}
