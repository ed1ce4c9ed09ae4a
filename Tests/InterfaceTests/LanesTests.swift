import Engine
import History
import Scenarios
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Keys
@testable import Lanes
@testable import Views

/// A scenario that one of three kernels merges, and another one merges later.
let threeWays = """
  kernel linux-6.1
  set_memory_ro pfn:0x140000 2
  set_memory_ro pfn:0x140200
  set_memory_rw pfn:0x140000 2
  """

/// Three kernels side by side.
func threeLanes(_ text: String = threeWays) throws -> Model {
  try comparedModel(
    text, [("plain", []), ("aaron", [.aaronLu2022]), ("count", [.hyeyooCount2022])])
}

struct LanesTests {
  @Test func `three make the same calls and stand at the same one`() throws {
    var model = try threeLanes()
    #expect(model.lanes.list.map(\.name) == ["plain", "aaron", "count"])
    for expected in 1...3 {
      model.press(">")
      #expect(
        model.lanes.list.map(\.timeline.moment)
          == Array(repeating: Moment(call: expected), count: 3))
    }
    model.press("< . . .")
    #expect(model.timeline.moment.event > 0)
    for lane in model.lanes.list {
      #expect(lane.timeline.moment.call == 2)
      let last = lane.trace.lines.count - 1
      let line = model.trace.line(after: model.timeline.moment.event)
      #expect(lane.trace.line(after: lane.timeline.moment.event) == min(line, last))
    }
  }

  @Test func `the keys go round, and nothing but the charge changes`() throws {
    var model = try threeLanes()
    model.press("> > S-Tab")
    _ = model.runCommand("break split")
    _ = model.runCommand("find 4K")
    let sums = model.lanes.list.map(\.machine.checksum)
    for name in ["aaron", "count", "plain", "aaron"] {
      model.press("e")
      #expect(model.lane.name == name)
      #expect(model.lanes.list.map(\.machine.checksum) == sums)
      #expect(model.stops.items.count == 1 && model.preferences.searchWords == "4K")
      #expect(model.preferences.commands == ["break split", "find 4K"])
      #expect(model.notice?.text.hasPrefix("The focus is on \(name): ") == true)
    }
  }

  @Test func `the lane beside is the next one, and the one before for the last`() throws {
    var model = try threeLanes()
    #expect(model.lanes.beside?.name == "aaron" && model.lanes.rival(of: 2)?.name == "plain")
    model.press("e")
    #expect(model.lanes.beside?.name == "count")
    model.press("e")
    #expect(model.lanes.beside?.name == "aaron")
    model.press("$ ^ d")
    #expect(model.notice?.text == "count and aaron differ nowhere")
  }

  @Test func `a call is made on all, from whichever is in charge, and drops what came later`()
    throws
  {
    var model = try threeLanes()
    for keys in ["> > > u u P", "e > u P", "e ^ x", "e $ w"] {
      model.press(keys)
      let calls = model.timeline.steps.map(\.call)
      for lane in model.lanes.list {
        #expect(lane.timeline.steps.map(\.call) == calls)
        #expect(lane.timeline.moment == model.timeline.moment)
        #expect(lane.place == model.lane.place)
      }
    }
  }

  @Test func `the same call again keeps the future of all`() throws {
    var model = try threeLanes()
    model.press("> > <")
    #expect(model.runCommand("set_memory_ro pfn:0x140200").error == nil)
    #expect(model.notice?.text == "The same call as before: its future is still there.")
    model.press("S-Tab")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [2, 2, 2])
    model.press(">")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [3, 3, 3])
  }

  @Test func `what only some kernels know they alone do`() throws {
    let text = """
      kernel linux-5.11
      vmalloc code 10 group reset
      set_memory_ro code 10
      """
    var model = try comparedModel(
      text, [("a", []), ("b", [.edgecombe2021]), ("c", [.edgecombe2021])])
    model.press("$")
    #expect(model.runCommand("shrink edgecombe-2021 8 node 0").error == nil)
    #expect(model.notice?.text == "b and c alone make this call.")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [2, 3, 3])
    model.press("e r")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [3, 4, 4])
    model.press("<")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [2, 3, 3])
    model.press("<")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [2, 2, 2])
    model.press("e <")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [1, 1, 1])
    // One that comes later makes the call that not all could make.
    #expect(model.runCommand("compare d=policy:edgecombe-2021").error == nil)
    model.press("$")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [3, 4, 4, 4])
  }

  @Test func `the command line adds lanes, replaces one of the name, and ends all`() throws {
    var model = try bootedModel("teaching-4g", .linux6_1)
    model.press("r w")
    func compare(_ text: String) -> String? { model.runCommand("compare \(text)").error }
    #expect(compare("one=policy:aaronlu-2022") == nil)
    #expect(model.notice?.text.hasPrefix("Beside it one: linux-6.1 + aaronlu-2022") == true)
    #expect(compare("two=policy:hyeyoo-count-2022") == nil)
    #expect(model.notice?.text.hasPrefix("Beside them two") == true)
    #expect(model.lanes.list.map(\.name) == ["linux-6.1", "one", "two"])
    #expect(compare("one=policy:kirill-2020") == nil)
    #expect(model.lanes.list.map(\.name) == ["linux-6.1", "one", "two"])
    #expect(model.lanes.list[1].setup.software == "linux-6.1 + kirill-2020")
    model.press("< > e")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [2, 2, 2])
    #expect(compare("one=")?.hasPrefix("one has the focus; e focuses the next one") == true)
    for number in 4...Lanes.countMax { #expect(compare("n\(number)=") == nil) }
    #expect(compare("more=")?.hasPrefix("8 are compared, and no more can be") == true)
    #expect(compare("two=") == nil)
    #expect(model.runCommand("branch new b").error == "8 are compared; compare off, then branch")
    #expect(model.runCommand("compare off").error == nil)
    #expect(model.lanes.list.map(\.name) == [""])
    #expect(model.lane.setup.software == "linux-6.1 + kirill-2020")
  }

  @Test func `three branches stand side by side, and the shorter ones wait at their ends`() throws {
    var model = try bootedModel()
    model.press("r Right r u w u u x")
    #expect(model.timeline.branches.map(\.name) == ["main", "b1", "b2"])
    #expect(model.runCommand("branch compare main").error == nil)
    #expect(model.runCommand("branch compare b1").error == nil)
    #expect(
      model.runCommand("branch compare b1").error == "branch b1 is beside this one already")
    #expect(model.lanes.list.map(\.name) == ["b2", "main", "b1"])
    model.press("e $")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [1, 2, 2])
    model.press("e e")
    #expect(model.lane.name == "b2")
    #expect(model.lanes.list.map(\.timeline.moment.call) == [1, 1, 1])
    #expect(model.press("r").contains(.bell))
    #expect(model.notice?.text == "3 branches are compared; compare off, then call")
    #expect(model.runCommand("mark here").error == nil)
    #expect(model.lanes.list.allSatisfy { $0.timeline.marks.map(\.name) == ["here"] })
  }

  @Test(arguments: 1...3 as ClosedRange<UInt64>)
  func `any keys in any order keep them together`(seed: UInt64) throws {
    let names =
      Keymap.standard.bindings.flatMap { $0.inputs.map(\.name) }
      .filter { !["Q", "C-c", "C-z", "q", ":", "/", "g", "?"].contains($0) } + ["3", "e", "."]
    var generator = SeededGenerator(seed: seed)
    var model = try threeLanes()
    for _ in 0..<100 {
      model.press(generator.pick(names))
      if let count = model.count, count > 512 { model.press("Esc") }
      let moment = model.timeline.moment
      for lane in model.lanes.list {
        #expect(lane.place == model.lane.place)
        let whole = MapPicture(
          lane.machine, around: lane.page, in: lane.place.space, changes: lane.changes)
        #expect(whole.panels.map(\.slots) == lane.map.panels.map(\.slots), "seed \(seed)")
        if moment.event == 0 { #expect(lane.timeline.moment.event == 0) }
      }
    }
    _ = screen(model, size: Size(width: 200, height: 50), glyphs: .unicode)
  }

  @Test func `in plain mode each lane has its sentence`() throws {
    var session = PlainSession(try threeLanes())
    #expect(session.opening.prefix(3).map { $0.prefix(7) } == ["plain: ", "aaron: ", "count: "])
    let lines = session.answers(to: ">")
    #expect(
      ["plain: ", "aaron: ", "count: "].allSatisfy { name in
        lines.contains { $0.hasPrefix(name) }
      })
  }

  @Test func `a copy shares what is large, and its changes stay its own`() throws {
    #expect(MemoryLayout<Lane>.size <= 96)
    #expect(MemoryLayout<Model>.size <= 512)
    var model = try threeLanes()
    let before = model
    model.press("> > L")
    #expect(before.timeline.moment == .start && model.timeline.moment == Moment(call: 2))
    #expect(!before.options.showsLetters && before.lanes.list[2].timeline.moment == .start)
    #expect(before.machine.checksum != model.machine.checksum)
  }
}

struct CallRowsTests {
  @Test func `a row is found by the calls of any lane`() {
    var rows = CallRows(columns: 2)
    for row in [[1, 1], [1, 2], [2, 3], [3, 3]] { rows.append(row) }
    #expect((0...4).map { rows[rows.row(of: 0, at: $0), 1] } == [0, 2, 3, 3, 3])
    #expect((0...4).map { rows[rows.row(of: 1, at: $0), 0] } == [0, 1, 1, 3, 3])
    rows.cut(after: 1, of: 0)
    #expect(rows.count == 3 && Array(rows[2]) == [1, 2])
  }

  @Test func `the last column takes the place of one that goes`() {
    var rows = CallRows(columns: 3)
    for row in [[1, 1, 0], [2, 1, 1]] { rows.append(row) }
    let narrower = rows.replacing(column: 0)
    #expect((0..<3).map { Array(narrower[$0]) } == [[0, 0], [0, 1], [1, 1]])
    #expect(CallRows(numbering: 2).count == 3)
  }
}

struct LaneLayoutTests {
  @Test func `three lanes show from 200 columns on, and that in charge always does`() throws {
    let model = try threeLanes()
    for width in stride(from: 36, through: 300, by: 7) {
      for height in [21, 23, 24, 25, 32, 40, 50, 60, 90] {
        for count in 2...Lanes.countMax {
          let size = Size(width: width, height: height)
          guard let layout = ScreenLayout(size, lanes: count) else { continue }
          let room = layout.row.count
          #expect(room == 0 || room == min(count, width >= 200 ? 3 : 2), "\(size), \(count)")
          let places = layout.row + layout.minorRow + [layout.numbers].compactMap(\.self)
          for (index, place) in places.enumerated() {
            #expect(place.intersection(Rect(size)) == place)
            let others = places[(index + 1)...]
            // Only borders are shared.
            let inside = place.inset(by: 1)
            #expect(others.allSatisfy { $0.intersection(inside).isEmpty }, "\(size), \(count)")
          }
        }
      }
    }
    var lanes = model.lanes
    for charge in 0..<3 {
      lanes.charge = charge
      for room in 1...4 { #expect(lanes.window(room).contains(charge)) }
      #expect(lanes.window(2).contains(lanes.besideIndex ?? -1))
    }
  }

  @Test func `three kernels side by side, and two of them where there is less room`() throws {
    var model = try threeLanes()
    model.press("S-Tab $")
    _ = model.update(.tick)
    let wide = Size(width: 200, height: 50)
    expectScreen(screen(model, size: wide, glyphs: .unicode), named: "lanes \(wide)")
    expectScreen(screen(model, size: wide, glyphs: .ascii), named: "lanes ascii \(wide)")
    model.press("e < . . .")
    _ = model.update(.tick)
    expectScreen(screen(model, size: wide, glyphs: .unicode), named: "lanes inside \(wide)")
    let small = Size(width: 120, height: 40)
    expectScreen(screen(model, size: small, glyphs: .unicode), named: "lanes \(small)")
    model.press("e")
    _ = model.update(.tick)
    expectScreen(
      screen(model, size: small, glyphs: .unicode), named: "lanes scrolled \(small)")
    let least = Size(width: 80, height: 24)
    expectScreen(screen(model, size: least, glyphs: .unicode), named: "lanes scrolled \(least)")
  }

  @Test func `every size composes with many lanes`() throws {
    var model = try threeLanes(bugScenario)
    _ = model.runCommand("compare fourth=")
    model.press("$ . r e")
    for width in [36, 57, 101, 102, 160, 199, 200, 204, 250, 300] {
      for height in [21, 24, 25, 32, 36, 50, 100] {
        let canvas = screen(model, size: Size(width: width, height: height), glyphs: .ascii)
        #expect(canvas.cells.allSatisfy { $0.scalar.isASCII })
      }
      model.press("e")
    }
  }
}
