import Engine
import History
import Language
import Narration
import Screen
import Testing

@testable import Interface
@testable import Lanes

struct UserKeyTests {
  @Test func `keys load under unused names, and free the newest first`() throws {
    var model = try bootedModel()
    model.press("K K b S")
    #expect(
      model.timeline.steps.map(\.deed.title) == [
        "module load m1 text=24K data=8K rodata=8K ro_after_init=4K init_text=4K",
        "module load m2 text=24K data=8K rodata=8K ro_after_init=4K init_text=4K",
        "bpf load b1 1500", "secretmem fault s1",
      ])
    model.press("U U U K")
    #expect(
      model.timeline.steps.suffix(4).map(\.deed.title) == [
        "secretmem release s1", "bpf free b1", "module unload m2",
        "module load m2 text=24K data=8K rodata=8K ro_after_init=4K init_text=4K",
      ])
    #expect(model.notice == nil)
  }

  @Test func `a count is a module's pages of text, and an area's pages`() throws {
    var model = try bootedModel()
    model.press("1 0 0 K 3 V")
    #expect(
      model.timeline.steps.map(\.deed.title) == [
        "module load m1 text=400K data=8K rodata=8K ro_after_init=4K init_text=4K",
        "vmalloc v1 3",
      ])
  }

  @Test func `going back in time leaves nothing to free`() throws {
    var model = try bootedModel()
    model.press("K u")
    let effects = model.press("U")
    #expect(effects.contains(.bell))
    #expect(model.notice?.kind == .failed)
    #expect(model.timeline.steps.count == 1)
  }

  @Test func `every line of the list can be made as usual, or says what it lacks`() throws {
    let model = try bootedModel()
    var lacking: [String] = []
    for (index, command) in CallMenu.commands.enumerated() {
      var model = model
      model.press("i")
      for _ in 0..<index { model.press("Down") }
      model.press("Space")
      #expect(model.layers.isEmpty, "\(command.name)")
      if model.timeline.steps.count == 1 { continue }
      #expect(model.notice != nil)
      lacking.append(command.name)
    }
    // What frees something and has nothing to free, what only arm64 has, what a policy must be on for.
    #expect(lacking.count <= 34, "\(lacking) of \(CallMenu.commands.count)")
  }

  @Test func `operands are asked for one by one, with what is usual where the screen stands`()
    throws
  {
    var model = try bootedModel()
    model.press("3 i Enter")
    guard case .line(let first)? = model.layers.last else { throw NoSuchMachine() }
    #expect(first.text == "pfn:0x140000")
    model.press("Enter")
    guard case .line(let second)? = model.layers.last else { throw NoSuchMachine() }
    #expect(second.text == "3")
    model.press("Enter")
    #expect(model.layers.isEmpty)
    #expect(model.timeline.steps[0].deed.title == "set_memory_ro pfn:0x140000 3")
  }

  @Test func `an operand can be typed, and one that is wrong is asked for again`() throws {
    var model = try bootedModel()
    model.press("i End")
    let name = try #require(CallMenu.commands.last?.name)
    #expect(model.list(in: try #require(model.layers.last))?.rows.last == CallMenu.rows.last)
    model.press("Esc i")
    let index = try #require(CallMenu.commands.firstIndex { $0.name == "alloc_pages" }, "\(name)")
    for _ in 0..<index { model.press("Down") }
    model.press("Enter C-u")
    model.type("buffer")
    model.press("Enter C-u")
    model.type("nine")
    model.press("Enter")
    guard case .line(let asked)? = model.layers.last else { throw NoSuchMachine() }
    #expect(asked.error?.contains("order") == true)
    model.press("C-u")
    model.type("9")
    model.press("Enter Enter")
    #expect(model.layers.isEmpty)
    #expect(model.timeline.steps.map(\.deed.title) == ["alloc_pages buffer 9"])
  }

  @Test func `keys take and give blocks, and say what the page allocator answers`() throws {
    var model = try bootedModel()
    model.press("@ 3 @ # ! ! ~ y 2 I _ U")
    #expect(
      model.timeline.steps.map(\.deed.title) == [
        "alloc_pages p1 9", "alloc_pages p2 3", "free_pages p2", "fail blocks on",
        "fail blocks off", "supply 9 none", "vmalloc v1 1 group reset",
        "shrink edgecombe-2021 128 node 0", "vfree v1",
      ])
  }

  @Test func `a line boots a kernel with a policy, and without it`() throws {
    var model = try bootedModel("teaching-4g", .linux6_1)
    model.press("K")
    #expect(model.runCommand("policy aaronlu-2022").error == nil)
    #expect(model.machine.policies == [.aaronLu2022])
    #expect(model.lane.setup.software == "linux-6.1 + aaronlu-2022")
    #expect(model.timeline.steps.count == 1)
    #expect(model.runCommand("policy edgecombe-2021").error == nil)
    #expect(model.runCommand("policy hyeyoo-count-2022").error == nil)
    #expect(model.notice?.text.hasPrefix("In its place goes aaronlu-2022: ") == true)
    #expect(model.runCommand("kernel linux-6.12").error == nil)
    #expect(model.machine.policies == [.edgecombe2021, .hyeyooCount2022])
    #expect(model.runCommand("policy hyeyoo-count-2022").error == nil)
    #expect(model.runCommand("policy edgecombe-2021").error == nil)
    #expect(model.machine.policies == [])
  }
}
