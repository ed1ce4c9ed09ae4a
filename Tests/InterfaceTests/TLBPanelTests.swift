import Engine
import Interface
import Lanes
import Screen
import TestSupport
import Testing
import Views

/// What accesses cost in a TLB, beside the map.
struct TLBPanelTests {
  private static let split = """
    set_memory_4k pfn:0x140000
    set_memory_4k pfn:0x140200
    set_memory_4k pfn:0x140400
    set_memory_4k pfn:0x140600
    """

  private func asked(_ line: String) throws -> Model {
    var model = try scenarioModel(Self.split)
    model.press("$ :")
    model.type(line)
    model.press("Enter")
    _ = model.update(.tick)
    return model
  }

  @Test func `shows the start beside the moment`() throws {
    let model = try asked("tlb teaching chase pfn:0x140000 8M accesses 4096")
    for size in goldenSizes {
      expectScreen(
        screen(model, size: size, glyphs: .unicode), named: "tlb \(Glyphs.unicode) \(size)")
    }
    let reading = try #require(model.lane.tlb)
    #expect(String(describing: reading).contains("walks4K: 4096"))
  }

  @Test func `stays abreast of time`() throws {
    var model = try asked("tlb teaching chase pfn:0x140000 8M accesses 4096")
    let atEnd = model.lane.tlb
    model.press("u")
    #expect(model.lane.tlb != atEnd)
    model.press("U")
    model.press("$")
    #expect(model.lane.tlb == atEnd)
  }

  @Test func `takes a preset, a pattern, both or neither`() throws {
    for (line, title) in [
      ("tlb", "TLB: skylake, random"), ("tlb zen2", "TLB: zen2, random"),
      ("tlb sequential", "TLB: skylake, sequential"),
      ("tlb power9 chase pfn:0x140000 512", "TLB: power9, chase"),
    ] {
      let model = try asked(line)
      let text = screen(model, size: goldenSizes[1], glyphs: .unicode)
      #expect(text.text(planes: [.characters]).contains(title), "\(line)")
    }
  }

  @Test func `refuses what cannot be asked and stays`() throws {
    var model = try scenarioModel(Self.split)
    for line in ["tlb z80 random", "tlb modules", "tlb skylake random nosuch", "tlb list"] {
      model.press(":")
      model.type(line)
      model.press("Enter")
      #expect(model.options.sidePanel == .trace, "\(line)")
      model.press("Escape")
    }
  }
}
