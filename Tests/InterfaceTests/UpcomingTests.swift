import Engine
import History
import Interface
import Lanes
import Screen
import TestSupport
import Testing
import Views

@Suite struct UpcomingTests {
  private let size = Size(width: 120, height: 40)

  private func outlined(_ model: Model) -> Int {
    screen(model, size: size, glyphs: .unicode).cells.count { $0.modifiers.contains(.next) }
  }

  private func text(_ model: Model, _ glyphs: Glyphs = .unicode) -> String {
    screen(model, size: size, glyphs: glyphs).text(planes: [.characters])
  }

  @Test(arguments: [
    "set_memory_np pfn:0x140000", "set_memory_rw pfn:0x140000 3", "set_memory_rox pfn:0x140000 2M",
    "set_pages_array_wc pfn:0x140000 5", "set_direct_map_invalid_noflush pfn:0x140007 2",
  ])
  func `what a step changes was outlined before`(call: String) throws {
    var model = try scenarioModel(
      """
      set_memory_ro pfn:0x140000 2M
      set_memory_ro pfn:0x140000
      set_memory_nx pfn:0x140001
      touch write pfn:0x140200
      \(call)
      """)
    model.press("$ <")
    model.stepInto()
    var changes = 0
    while model.timeline.moment.event > 0 {
      let before = outlined(model)
      let moment = model.timeline.moment
      model.stepInto()
      if model.timeline.moment.call == moment.call, !model.lane.changes.isEmpty {
        changes += 1
        #expect(before > 0, "before event \(model.timeline.moment.event)")
      }
    }
    #expect(changes > 0)
    #expect(outlined(model) == 0)
  }

  @Test func `the inspector tells bits by name with both values`() throws {
    var model = try scenarioModel("set_memory_ro pfn:0x140000")
    model.press("> , ,")
    // Before the entry is written.
    while !text(model).contains("next RW 1→0, D 1→0") {
      #expect(model.timeline.moment.event > 0)
      model.stepIntoBack()
    }
    model.stepInto()
    #expect(text(model).contains("now  RW 1→0, D 1→0"))
    #expect(text(model, .ascii).contains("now  RW 1->0, D 1->0"))
    model.stepOutBack(9)
    while !text(model).contains("next one 1G leaf → 512 x 2M") { model.stepInto() }
    while !text(model).contains("next one 2M leaf → 512 x 4K") { model.stepInto() }
    #expect(text(model).contains("PSE 1→0"))
  }

  @Test func `a merge tells what becomes of the entries`() throws {
    var model = try scenarioModel(
      """
      set_memory_4k pfn:0x140200
      set_memory_ro pfn:0x140000
      set_memory_ro pfn:0x140000 2M
      set_memory_rox pfn:0x140000 512
      """)
    model.press("$ <")
    var told = false
    model.stepInto()
    while model.timeline.moment.event > 0, !told {
      told = text(model).contains("next 512 x 4K → one 2M leaf")
      model.stepInto()
    }
    #expect(told)
  }

  @Test func `the request stays in sight when its row is above`() throws {
    var model = try scenarioModel("set_memory_4k pfn:0x140000 64\nset_memory_ro pfn:0x140000 64")
    model.press("$ <")
    for _ in 0..<5 { model.stepInto() }
    #expect(
      text(model).contains("set_clr(pfn 0x140000, 64, clr RW|D)")
        || text(model).contains("clr RW|D"))
    #expect(text(model).contains(" x __change_page_attr"))
  }
}
