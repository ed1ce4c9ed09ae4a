import Engine
import History
import Interface
import Lanes
import Screen
import TestSupport
import Testing
import Views

struct GoldenScreenTests {
  private func expectScreens(_ model: Model, _ name: String, glyphs: Glyphs = .unicode) {
    for size in goldenSizes {
      let canvas = screen(model, size: size, glyphs: glyphs)
      expectScreen(canvas, named: "\(name) \(glyphs) \(size)")
    }
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `the first screen explains itself`(glyphs: Glyphs) throws {
    expectScreens(try bootedModel(), "first", glyphs: glyphs)
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `a page turned read-only splits two leaves`(glyphs: Glyphs) throws {
    var model = try bootedModel()
    model.press("5 Right 1 6 r")
    _ = model.update(.tick)
    expectScreens(model, "ro", glyphs: glyphs)
  }

  @Test func `after undo the inspector tells what lies ahead, not what was`() throws {
    var model = try bootedModel()
    model.press("r w u")
    _ = model.update(.tick)
    expectScreen(
      screen(model, size: goldenSizes[1], glyphs: .unicode), named: "undone \(goldenSizes[1])")
  }

  @Test func `a change flashes first`() throws {
    var model = try bootedModel()
    model.press("r")
    expectScreen(
      screen(model, size: goldenSizes[1], glyphs: .unicode), named: "flash \(goldenSizes[1])")
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `inside a call the split is done and the entry not yet written`(glyphs: Glyphs) throws {
    var model = try bootedModel()
    model.press("r < 8 .")
    _ = model.update(.tick)
    expectScreens(model, "inside", glyphs: glyphs)
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `help lists the keys`(glyphs: Glyphs) throws {
    var model = try bootedModel()
    model.press("?")
    expectScreens(model, "help", glyphs: glyphs)
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `the command line names the nearest word`(glyphs: Glyphs) throws {
    var model = try bootedModel()
    model.press(":")
    model.type("set_memory_or pfn:0x140000 8")
    model.press("Enter")
    expectScreens(model, "error", glyphs: glyphs)
  }

  @Test func `all calls stand in a list`() throws {
    var model = try bootedModel()
    model.press("3 i Down Down")
    expectScreen(
      screen(model, size: goldenSizes[0], glyphs: .unicode), named: "calls \(goldenSizes[0])")
  }

  @Test func `without colours letters tell permissions`() throws {
    var model = try bootedModel()
    model.adapt(to: .monochrome)
    model.press("5 1 2 r PageDown P Right Right x Right Right s")
    _ = model.update(.tick)
    expectScreens(model, "monochrome")
  }

  @Test func `a page of an area shows both of its mappings`() throws {
    var model = try bootedModel()
    model.press("8 a o r")
    _ = model.update(.tick)
    expectScreens(model, "area")
  }

  @Test func `a recording says how far it agrees`() throws {
    expectScreens(try recordingModel(difference: nil), "recording")
    expectScreen(
      screen(
        try recordingModel(difference: "page 3: recorded 2M 0x163, here 4K 0x163"),
        size: goldenSizes[1], glyphs: .unicode), named: "recording differs")
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `policies show what they keep`(glyphs: Glyphs) throws {
    var model = try scenarioModel(
      """
      kernel linux-6.1
      policy hyeyoo-bitmap-2022
      policy edgecombe-2021
      vmalloc code 3 group
      set_memory_ro code 3
      """)
    model.press("> > v v")
    _ = model.update(.tick)
    expectScreens(model, "policies", glyphs: glyphs)
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `the free lists stand beside the map`(glyphs: Glyphs) throws {
    var model = try bootedModel()
    model.press("r b v v v")
    _ = model.update(.tick)
    expectScreens(model, "memory", glyphs: glyphs)
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `the colours of pages show the grouping cache`(glyphs: Glyphs) throws {
    var model = try scenarioModel(
      """
      machine teaching-4g
      kernel linux-5.11
      policy edgecombe-2021
      vmalloc code 40 group reset
      set_memory_ro code 40
      vfree code
      vmalloc more 12 group reset
      """)
    model.press("O $")
    _ = model.update(.tick)
    expectScreens(model, "pages", glyphs: glyphs)
  }

  @Test(arguments: [MapOverlay.pages, .pageblocks, .wear, .who])
  func `each overlay has its colours, on a machine of colours and without`(overlay: MapOverlay)
    throws
  {
    var model = try scenarioModel(
      """
      machine teaching-4g
      kernel linux-6.1
      policy unmapped-2022
      policy merge-on-free
      scatter ballast 600M 60 1
      secretmem fault key
      secretmem fault token
      module load m1 text=24K data=8K rodata=8K ro_after_init=4K init_text=4K
      set_memory_ro pfn:0x100000 40
      set_memory_rw pfn:0x100008 16
      alloc_pages user 3 movable
      secretmem release key
      """)
    model.press("$ S-Tab")
    while model.options.overlay != overlay { model.press("O") }
    _ = model.update(.tick)
    expectScreens(model, "overlay-\(overlay)")
    model.adapt(to: .monochrome)
    expectScreen(
      screen(model, size: goldenSizes[0], glyphs: .unicode),
      named: "overlay-\(overlay) letters \(goldenSizes[0])")
    expectScreen(
      screen(model, size: Size(width: 300, height: 100), glyphs: .unicode),
      named: "overlay-\(overlay) letters 300x100")
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `a kernel that stopped says so`(glyphs: Glyphs) throws {
    var model = try scenarioModel(bugScenario)
    model.press("$ r")
    _ = model.update(.tick)
    expectScreens(model, "stopped", glyphs: glyphs)
  }

  @Test(arguments: [Glyphs.unicode, .ascii])
  func `two variants stand side by side`(glyphs: Glyphs) throws {
    var model = try comparedModel(
      """
      kernel linux-6.1
      set_memory_ro pfn:0x140000 2
      set_memory_ro pfn:0x140200
      set_memory_rw pfn:0x140000 2
      """, [], [.aaronLu2022])
    model.press("S-Tab $")
    _ = model.update(.tick)
    expectScreens(model, "compared", glyphs: glyphs)
    model.press("e v < . . .")
    _ = model.update(.tick)
    expectScreens(model, "compared-inside", glyphs: glyphs)
  }

  /// Three calls as if recorded, the second of them just made.
  private func recordingModel(difference: String?) throws -> Model {
    let machine = try bootedModel().machine
    let second = Call.setMemory(.nx, .frame(0x140003), 4)
    let observations = [
      Observation(asSimulated: .setMemory(.ro, .frame(0x140000), 1)),
      difference.map { Observation([], call: second, difference: $0) }
        ?? Observation(asSimulated: second),
      Observation(asSimulated: .setMemory(.rox, .frame(0x140000), 512)),
    ]
    let description = MachineDescription(
      name: "mixed-1.jsonl", e820: [], cpu: CPUFeatures(), image: nil)
    var model = Model(
      playing: observations, of: "Linux 7.2.12", on: machine,
      setup: BootSetup(description, kernel: .linux7_2, file: "mixed-1.jsonl"))
    model.press("> >")
    _ = model.update(.tick)
    return model
  }

  @Test func `a scenario shows its notes`() throws {
    var model = try scenarioModel(
      """
      note "One page of a 1G leaf turns read-only: what happens to the other 262143?"
      set_memory_ro pfn:0x140000
      note "The whole leaf is gone."
      set_memory_rox pfn:0x140000 512
      note "That is all."
      """)
    model.press(">")
    _ = model.update(.tick)
    expectScreens(model, "scenario")
  }
}
