import Engine
import Interface
import Screen
import TestSupport
import Testing
import Views

/// The answers to why on the screen.
struct WhyTests {
  private static let odd = """
    kernel linux-7.2
    set_memory_ro pfn:0x140000 3
    set_memory_4k pfn:0x140005 2
    set_memory_x pfn:0x140010 2
    set_direct_map_invalid_noflush pfn:0x140020 2
    set_memory_rw pfn:0x140000
    """

  private static let drift = """
    kernel linux-6.1
    policy hyeyoo-bitmap-2022
    set_memory_ro pfn:0x140003
    kfence protect pfn:0x140100
    """

  private func expectScreens(_ model: Model, _ name: String, glyphs: Glyphs = .unicode) {
    for size in goldenSizes {
      expectScreen(screen(model, size: size, glyphs: glyphs), named: "\(name) \(glyphs) \(size)")
    }
  }

  /// A scenario at its end, with the answer beside the map.
  private func asked(_ scenario: String, _ question: String = "pfn:0x140001") throws -> Model {
    var model = try scenarioModel(scenario)
    model.press("$ :")
    model.type("why \(question)")
    model.press("Enter")
    _ = model.update(.tick)
    return model
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `the entries that block a merge are listed and pointed out`(
    glyphs: Glyphs,
  ) throws {
    expectScreens(try asked(Self.odd), "why", glyphs: glyphs)
  }

  @Test func `of 1G, the slots that are tables are pointed out`() throws {
    expectScreens(try asked(Self.odd, "pfn:0x140001 1G"), "why-1G")
  }

  @Test func `of a large leaf, what would split it`() throws {
    expectScreens(
      try asked("kernel linux-6.12\nset_memory_ro pfn:0x140000", "pfn:0x100000"), "why-leaf")
  }

  @Test func `a count that is wrong is a warning`() throws {
    expectScreens(try asked(Self.drift), "why-drift")
    var model = try asked(Self.drift)
    model.adapt(to: .monochrome)
    expectScreen(screen(model, size: goldenSizes[0], glyphs: .ascii), named: "why-drift letters")
  }

  @Test func `one goes from one entry to the next, around in a circle`() throws {
    var model = try asked(Self.odd)
    var seen: [PFN] = []
    for _ in 0..<10 {
      model.moveToNextBlocker()
      seen.append(model.selection)
    }
    let blockers: [PFN] = [
      0x140000, 0x140001, 0x140002, 0x140005, 0x140006, 0x140010, 0x140011, 0x140020, 0x140021,
    ]
    #expect(seen == Array(blockers[2...] + blockers[...2]))
    model.moveToNextBlocker(forwards: false)
    model.moveToNextBlocker(forwards: false)
    model.moveToNextBlocker(forwards: false)
    #expect(model.selection == 0x140021)
  }

  @Test func `where there is none, it is said`() throws {
    var model = try asked("kernel linux-6.12\nset_memory_ro pfn:0x140000", "pfn:0x100000")
    model.moveToNextBlocker()
    #expect(model.selection == 0x100000)
    #expect(model.notice?.text == "no table here: one leaf, or nothing")
    var other = try asked(
      "set_memory_ro pfn:0x140000\nset_memory_rw pfn:0x140000\ntouch pfn:0x140000")
    other.moveToNextBlocker()
    #expect(other.notice?.text == "no entry blocks a merge to 2M")
  }

  @Test func `the answer scrolls to its end and no further, each slot for itself`() throws {
    var model = try asked(Self.odd)
    let size = goldenSizes[0]
    let top = screen(model, size: size, glyphs: .ascii)
    model.scrollWhy(by: 3)
    let scrolled = screen(model, size: size, glyphs: .ascii)
    #expect(scrolled != top)
    model.scrollWhy(by: 500)
    let end = screen(model, size: size, glyphs: .ascii)
    model.scrollWhy(by: 100)
    #expect(screen(model, size: size, glyphs: .ascii) == end)
    model.scrollWhy(by: -10_000)
    #expect(screen(model, size: size, glyphs: .ascii) == top)
  }

  @Test func `a question about a page that is not there says why`() throws {
    var model = try bootedModel()
    model.press(":")
    model.type("why pfn:0x3ffffffff")
    model.press("Enter")
    guard case .line(let editor)? = model.layers.last else {
      Issue.record("the line is gone")
      return
    }
    #expect(editor.error?.hasPrefix("no RAM at pfn 0x3ffffffff") ?? false)
  }
}
