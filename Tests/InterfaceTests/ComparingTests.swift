import Engine
import History
import Screen
import Testing

@testable import Interface
@testable import Keys
@testable import Lanes
@testable import Views

struct ComparingTests {
  private let merging = """
    note "One page turns read-only, and writable again."
    kernel linux-6.1
    set_memory_ro pfn:0x140000
    set_memory_rw pfn:0x140000
    set_memory_ro pfn:0x140200 4
    """

  @Test func `both make the same calls, and stand at the same one`() throws {
    var model = try comparedModel(merging, [], [.aaronLu2022])
    #expect(model.lanes.beside?.timeline.steps.map(\.call) == model.timeline.steps.map(\.call))
    for expected in 1...3 {
      model.press(">")
      #expect(model.timeline.moment == Moment(call: expected))
      #expect(model.lanes.beside?.timeline.moment == Moment(call: expected))
    }
    model.press("u")
    // All of the first page's 4K leaves are one 1G leaf again, on one side only.
    #expect(
      model.machine.tables.lookup(AddressLayout.directMapAddress(of: 0x140000))?.size == .size4K)
    let other = try #require(model.lanes.beside?.machine)
    #expect(other.tables.lookup(AddressLayout.directMapAddress(of: 0x140000))?.size == .size1G)
  }

  @Test func `what each came to is whole, and the call is named once`() throws {
    var model = try comparedModel(merging, [], [.aaronLu2022])
    model.press("$ u")
    model.notice = nil
    let size = Size(width: 120, height: 40)
    let layout = try #require(model.layout(size, nil))
    let canvas = screen(model, size: size, glyphs: .unicode)
    var shown = ""
    for y in layout.sentence.y..<layout.sentence.bottom {
      for x in layout.sentence.x..<layout.sentence.right {
        shown.unicodeScalars.append(canvas[x, y].scalar)
      }
    }
    #expect(shown.contains("first: set_memory_rw pfn:0x140000 rewrote 1 entry"), "\(shown)")
    #expect(!shown.contains("…") && shown.contains("second: rewrote 1 entry"), "\(shown)")
  }

  @Test func `inside a call they go line by line, and the shorter one waits`() throws {
    var model = try comparedModel(merging, [.aaronLu2022], [])
    model.press(">")
    var lines: [[Int]] = []
    while true {
      model.press(".")
      let rival = try #require(model.lanes.beside)
      guard model.timeline.moment.event > 0 else { break }
      #expect(rival.timeline.moment.call == model.timeline.moment.call)
      lines.append([model.lane, rival].map { $0.trace.line(after: $0.timeline.moment.event) })
    }
    let last = try #require(model.lanes.beside?.trace.lines.count) - 1
    #expect(!lines.isEmpty)
    #expect(lines.allSatisfy { $0[1] == min($0[0], last) })
    #expect(lines.contains { $0[0] > last })
    #expect(model.lanes.beside?.timeline.moment == model.timeline.moment)
  }

  @Test func `a call by key is made on both, and drops the future of both`() throws {
    var model = try comparedModel(merging, [], [.aaronLu2022])
    model.press("> > > u u")
    model.press("P")
    let rival = try #require(model.lanes.beside)
    #expect(model.timeline.steps.count == 2)
    #expect(rival.timeline.steps.map(\.call) == model.timeline.steps.map(\.call))
    #expect(rival.timeline.steps.count == 2)
    #expect(rival.timeline.moment == model.timeline.moment)
    #expect(rival.selection == model.selection)
  }

  @Test func `the other one can be in charge, and gives the keys back`() throws {
    var model = try comparedModel(merging, [], [.aaronLu2022])
    model.press("> >")
    let sums = [model.machine.checksum, model.lanes.beside?.machine.checksum]
    model.press("e")
    #expect(model.lane.name == "second" && model.lanes.charge == 1)
    #expect([model.lanes.beside?.machine.checksum, model.machine.checksum] == sums)
    model.press("> < e")
    #expect(model.lane.name == "first" && model.lanes.charge == 0)
    #expect([model.machine.checksum, model.lanes.beside?.machine.checksum] == sums)
  }

  @Test func `what is asked of a policy concerns only the side that has it`() throws {
    let text = """
      kernel linux-5.11
      vmalloc code 10 group reset
      shrink edgecombe-2021 8 node 0
      set_memory_ro code 10
      """
    var model = try comparedModel(text, [], [.edgecombe2021])
    #expect(model.timeline.steps.count == 2)
    #expect(model.lanes.beside?.timeline.steps.count == 3)
    model.press(">")
    #expect(model.lanes.beside?.timeline.moment == Moment(call: 2))
    model.press(">")
    #expect(model.lanes.beside?.timeline.moment == Moment(call: 3))
    model.press("e <")
    #expect(model.timeline.moment == Moment(call: 2))
    #expect(model.lanes.beside?.timeline.moment == Moment(call: 1))
    model.press("<")
    #expect(model.timeline.moment == Moment(call: 1))
  }

  @Test func `a side that stopped makes no further call, the other one goes on`() throws {
    var model = try comparedModel(bugScenario + "\nset_memory_ro pfn:0x100", [], [.hyeyooCount2022])
    #expect(model.timeline.steps.count == 5)
    model.press("$")
    #expect(model.lanes.beside?.timeline.steps.count == 4)
    #expect(model.lanes.beside?.machine.stopped != nil && model.machine.stopped == nil)
    model.press("r")
    #expect(model.timeline.steps.count == 6)
    #expect(model.notice?.text.contains("second: set_memory_ro") == true)
    model.press("^")
    #expect(model.lanes.beside?.machine.stopped == nil)
  }

  @Test func `the command line puts a variant beside and takes it away`() throws {
    var model = try bootedModel()
    model.press("r")
    #expect(model.runCommand("compare merge=kernel:linux-6.1,policy:aaronlu-2022").error == nil)
    model.press("w")
    let rival = try #require(model.lanes.beside)
    #expect(rival.setup.software == "linux-6.1 + aaronlu-2022")
    #expect(rival.timeline.steps.count == 2)
    #expect(rival.machine.counters[.level1Merges] == 1)
    #expect(
      model.runCommand("compare merge=policy:aaronlu").error?.contains("aaronlu-2022") == true)
    #expect(model.lanes.beside != nil)
    #expect(model.runCommand("compare off").error == nil)
    #expect(model.lanes.beside == nil && model.lane.name.isEmpty)
    #expect(model.runCommand("compare off").error == "nothing is compared")
  }

  @Test func `the map beside shows what was done before it came`() throws {
    var model = try bootedModel()
    model.press("r")
    _ = model.runCommand("compare same=")
    model.press("Tab")
    #expect(model.lanes.beside?.map.panels.map(\.slots) == model.lane.map.panels.map(\.slots))
  }

  @Test func `differences are those of size and of permission`() throws {
    var model = try comparedModel(merging, [], [.aaronLu2022])
    model.press("> >")
    let rival = try #require(model.lanes.beside)
    let small = model.lane.map[.size1G].index(of: 0x140000)
    #expect(model.lane.map[.size1G].difference(from: rival.map[.size1G], at: small) == .smaller)
    #expect(rival.map[.size1G].difference(from: model.lane.map[.size1G], at: small) == .larger)
    #expect(model.lane.map[.size1G].difference(from: rival.map[.size1G], at: small - 1) == nil)
    // Where one side has a 1G leaf and the other 2M leaves, every slot has another size.
    #expect(model.lane.map[.size2M].differences(from: rival.map[.size2M]) == 512)
    model.press("^ d")
    #expect(model.notice?.text == "first and second differ nowhere")
    model.press("> > d")
    #expect(model.notice?.text == nil)
  }

  @Test func `any keys in any order keep the two together`() throws {
    let names =
      Keymap.standard.bindings.flatMap { $0.inputs.map(\.name) }
      .filter { !["Q", "C-c", "C-z", "q", ":", "/", "g", "?"].contains($0) } + ["3", "e", "."]
    for seed in 1...4 as ClosedRange<UInt64> {
      var model = try comparedModel(merging, [.hyeyooCount2022], [.edgecombe2021])
      var state = seed &* 0x9e37_79b9_7f4a_7c15
      for _ in 0..<150 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        model.press(names[Int((state >> 33) % UInt64(names.count))])
        if let count = model.count, count > 512 { model.press("Esc") }
        let rival = try #require(model.lanes.beside)
        #expect(rival.place == model.lane.place)
        let whole = MapPicture(
          rival.machine, around: rival.page, in: rival.place.space, changes: rival.changes)
        let isSame = whole.panels == rival.map.panels
        #expect(isSame, "seed \(seed)")
        if model.timeline.moment.event == 0 { #expect(rival.timeline.moment.event == 0) }
      }
      _ = screen(model, size: Size(width: 120, height: 40), glyphs: .unicode)
    }
  }
}

struct StoppedKernelTests {
  @Test func `a BUG is told, holds back calls, and is gone when one goes back`() throws {
    var model = try scenarioModel(bugScenario + "\nset_memory_ro pfn:0x100")
    #expect(model.timeline.steps.count == 4)
    #expect(model.timeline.closingNotes == ["1 more call is left out: the kernel had stopped."])
    model.press("$")
    #expect(model.machine.stopped != nil)
    #expect(model.timeline.steps.last?.returned == .bug)
    func text() -> String {
      screen(model, size: Size(width: 120, height: 40), glyphs: .unicode).text(planes: [.characters]
      )
    }
    #expect(text().contains("KERNEL STOPPED, u goes back. BUG: the table at"))
    for key in ["r", "K", "M", "t"] {
      #expect(model.press(key).contains(.bell))
      #expect(model.notice?.text.contains("the kernel has stopped and makes no call") == true)
    }
    #expect(text().contains("KERNEL STOPPED"))
    model.press("u")
    #expect(model.machine.stopped == nil)
    #expect(!text().contains("KERNEL STOPPED"))
    model.press("P")
    #expect(model.timeline.steps.count == 4)
  }
}
