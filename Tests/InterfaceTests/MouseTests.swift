import Engine
import History
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

struct MouseTests {
  private static let small = Size(width: 80, height: 24)
  private static let wide = Size(width: 120, height: 40)

  private func listening(_ model: Model, _ size: Size) -> Model {
    var model = model
    _ = model.update(.input(.resize(size)))
    #expect(model.press("C-o") == [.mouse(true)])
    return model
  }

  private func mouse(
    _ model: inout Model, _ action: Input.Mouse.Action, _ x: Int, _ y: Int,
  ) {
    _ = model.update(.input(.mouse(Input.Mouse(action, at: Point(x: x, y: y)))))
  }

  @Test func `a click selects the slot that is drawn there, at every size`() throws {
    for size in goldenSizes + [Size(width: 240, height: 70), Size(width: 40, height: 30)] {
      var model = listening(try bootedModel(), size)
      model.press("r")
      let layout = try #require(ScreenLayout(size, showing: .trace))
      for place in PanelPlace.all(model.lanes, layout) {
        for slot in [0, 31, 32, 200, 511] {
          var clicked = model
          let x = place.area.x + 1 + slot % 32 * place.scale.width
          let y = place.area.y + 1 + slot / 32 * place.scale.height
          mouse(&clicked, .left, x, y)
          #expect(clicked.focus == place.size)
          let start =
            clicked.lane.map[place.size].base.rawValue + UInt64(slot) * place.size.pages.rawValue
          guard start < model.lane.frameEnd else { continue }
          #expect(clicked.lane.map[place.size].index(of: clicked.selection) == slot)
        }
      }
    }
  }

  @Test func `a click on the slot that is selected keeps the page inside of it`() throws {
    var model = listening(try bootedModel(), Self.wide)
    model.press("r 7 Right")
    let page = model.selection
    let layout = try #require(ScreenLayout(Self.wide, showing: .trace))
    let place = try #require(PanelPlace.all(model.lanes, layout).first { $0.size == .size2M })
    let slot = model.lane.map[.size2M].index(of: page)
    mouse(
      &model, .left, place.area.x + 1 + slot % 32 * place.scale.width,
      place.area.y + 1 + slot / 32 * place.scale.height)
    #expect(model.selection == page && model.focus == .size2M)
  }

  @Test func `frames and what lies beyond select nothing`() throws {
    var model = listening(try bootedModel(), Self.small)
    let before = model.selection
    for (x, y) in [(0, 0), (0, 2), (33, 10), (79, 23), (-5, -5), (500, 500), (3, 19)] {
      for action in Input.Mouse.Action.allCases where ![.wheelUp, .wheelDown].contains(action) {
        mouse(&model, action, x, y)
      }
    }
    #expect(model.selection == before)
  }

  @Test func `a double click zooms in, the wheel goes by rows`() throws {
    var model = listening(try bootedModel(), Self.small)
    model.press("S-Tab S-Tab")
    #expect(model.focus == .size1G)
    mouse(&model, .left, 5, 3)
    mouse(&model, .double, 5, 3)
    #expect(model.focus == .size2M && model.selection == 0x100000)
    mouse(&model, .wheelDown, 5, 6)
    #expect(model.selection == PFN(0x100000 + 32 * 512))
    mouse(&model, .wheelUp, 5, 6)
    #expect(model.selection == 0x100000)
  }

  @Test func `the wheel steps through time over the trace, a click goes there on the timeline`()
    throws
  {
    var model = listening(try bootedModel(), Self.wide)
    for _ in 0..<10 { model.press("r w") }
    let layout = try #require(ScreenLayout(Self.wide, showing: .trace))
    let trace = try #require(layout.trace)
    mouse(&model, .wheelUp, trace.x + 3, trace.y + 2)
    #expect(model.timeline.moment.event > 0)
    mouse(&model, .wheelDown, trace.x + 3, trace.y + 2)
    #expect(model.timeline.moment == Moment(call: 20))
    let area = try #require(layout.timeline)
    let track = try #require(
      TimelineLine(model.lane).track(in: area))
    mouse(&model, .left, track.x, area.y)
    #expect(model.timeline.moment == .start)
    mouse(&model, .left, track.right - 1, area.y)
    #expect(model.timeline.moment == Moment(call: 20))
    mouse(&model, .left, track.x + track.width / 2, area.y)
    #expect(abs(model.timeline.moment.call - 10) <= 1)
    // What is clicked is where the mark then stands.
    let canvas = screen(model, size: Self.wide, glyphs: .unicode)
    let mark = (0..<Self.wide.width).first { canvas[$0, area.y].scalar == "\u{25bc}" }
    #expect(abs((mark ?? 0) - (track.x + track.width / 2)) <= track.width / 20)
  }

  @Test func `without being asked for, the mouse does nothing`() throws {
    var model = try bootedModel()
    _ = model.update(.input(.resize(Self.small)))
    let before = screen(model, size: Self.small, glyphs: .unicode)
    for action in Input.Mouse.Action.allCases { mouse(&model, action, 5, 8) }
    #expect(screen(model, size: Self.small, glyphs: .unicode) == before)
    #expect(model.press("C-o") == [.mouse(true)])
    #expect(model.press("C-o") == [.mouse(false)])
    #expect(model.press("C-o") == [.mouse(true)])
    _ = model.update(.noMouse)
    #expect(!model.options.usesMouse && model.notice?.kind == .failed)
  }

  @Test func `lists scroll under the wheel, and of two variants both can be clicked`() throws {
    var model = listening(try bootedModel(), Self.small)
    model.press("?")
    mouse(&model, .wheelDown, 5, 5)
    #expect(model.layers == [.help(HelpPlace(first: 1))])
    mouse(&model, .left, 5, 5)
    #expect(model.layers.isEmpty)
    var two = listening(try comparedModel("set_memory_ro pfn:0x140000", [], []), Self.wide)
    let layout = try #require(ScreenLayout(Self.wide, showing: .trace, lanes: 2))
    for place in PanelPlace.all(two.lanes, layout) {
      let slot = try #require(place.slot(at: Point(x: place.area.x + 4, y: place.area.y + 2)))
      mouse(&two, .left, place.area.x + 4, place.area.y + 2)
      let isThere = UInt64(slot) * place.size.pages.rawValue < two.lane.frameEnd
      #expect(!isThere || two.lane.map[place.size].index(of: two.selection) == slot)
    }
  }

  @Test(arguments: 1...20)
  func `anything anywhere leaves the screen whole`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var model = listening(
      try scenarioModel("set_memory_ro pfn:0x140000 3\nset_memory_rw pfn:1"), Self.wide)
    let keys = ["r", ",", ".", "Tab", "v", "?", "i", ":", "Esc", "q", "g", "Y", "L"]
    for _ in 0..<120 {
      let x = Int(random.next(below: 140)) - 10
      let y = Int(random.next(below: 60)) - 10
      if random.oneIn(3) {
        model.press(random.pick(keys))
      } else {
        mouse(&model, random.pick(Input.Mouse.Action.allCases), x, y)
      }
      if random.oneIn(10) {
        let size = random.pick(goldenSizes + [Size(width: 1, height: 1)])
        _ = model.update(.input(.resize(size)))
      }
      #expect(model.selection.rawValue < model.lane.frameEnd)
    }
    _ = screen(model, size: model.size, glyphs: .ascii)
  }
}
