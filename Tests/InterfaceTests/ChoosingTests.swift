import Engine
import History
import Narration
import Screen
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// Policies, kernels and machines chosen from lists: the same calls again, and nothing forgotten.
struct ChoosingTests {
  private func titles(_ model: Model) -> [String] { model.timeline.steps.map(\.deed.title) }

  @Test func `a policy is chosen with one key, and the same calls are made again under it`() throws
  {
    var model = try bootedModel()
    model.press("r 2 Right w <")
    let place = model.lane.place
    model.press("y 2")
    #expect(model.lane.setup.software == "linux-7.2 + edgecombe-2021")
    #expect(model.machine.policies == [.edgecombe2021])
    #expect(
      titles(model) == ["set_memory_ro pfn:0x140000", "set_memory_rw pfn:0x140002"])
    #expect(model.timeline.moment == Moment(call: 1))
    #expect(model.lane.place == place)
    #expect(model.timeline.branches.map(\.name) == ["main", "edgecombe-2021"])
    #expect(
      model.notice?.text
        == "The same 2 calls with linux-7.2 + edgecombe-2021, on branch edgecombe-2021; u goes back."
    )
  }

  @Test func `undo goes back to before the choice, and redo to it again`() throws {
    var model = try bootedModel()
    model.press("r w y 2 I u")
    #expect(model.timeline.moment == Moment(call: 2))
    model.press("u")
    #expect(model.lane.setup.software == "linux-7.2")
    #expect(model.machine.policies == [])
    #expect(model.timeline.moment == Moment(call: 2))
    model.press("u C-r C-r C-r")
    #expect(model.machine.policies == [.edgecombe2021])
    #expect(titles(model).last == "vmalloc v1 1 group reset")
    #expect(model.timeline.moment == model.timeline.end)
  }

  @Test func `from a cold start undo goes back too`() throws {
    var model = try bootedModel()
    model.press("y 2")
    #expect(
      model.notice?.text == "Booted teaching-4g with linux-7.2 + edgecombe-2021; u goes back.")
    model.press("u")
    #expect(model.machine.policies == [])
  }

  @Test func `inside a call it stands at the same event`() throws {
    var model = try bootedModel()
    model.press("r < 8 .")
    let moment = model.timeline.moment
    #expect(moment.event > 0)
    model.press("y 2")
    #expect(model.timeline.moment == moment)
  }

  @Test func `switching a policy off again comes back to the same branch`() throws {
    var model = try bootedModel()
    model.press("r y 2 y 2")
    #expect(model.timeline.branches.count == 2)
    #expect(model.timeline.current == 0)
    model.press("y 2")
    #expect(model.timeline.branches.count == 2)
    #expect(model.timeline.current == 1)
  }

  @Test func `what a policy needs comes along, what excludes it goes, and both are said`() throws {
    var model = try bootedModel()
    model.press("y 7")
    #expect(model.machine.policies == [.unmapped2022, .mergeOnFree])
    #expect(model.notice?.text.hasPrefix("Brings unmapped-2022. ") == true)
    model.press("y 2")
    #expect(model.machine.policies == [.edgecombe2021])
    let text = model.notice?.text ?? ""
    #expect(text.hasPrefix("In its place goes unmapped-2022: "))
    #expect(text.contains("merge-on-free is part of unmapped-2022"))
  }

  @Test func `more than one can be marked and are booted together`() throws {
    var model = try bootedModel()
    model.press("r y Space Home Down")
    for _ in 0..<13 { model.press("Down") }
    model.press("Space")
    guard case .choices(let list)? = model.layers.last else { throw NoSuchMachine() }
    #expect(list.marked?.names == [.edgecombe2021, .aaronLu2022])
    #expect(model.machine.policies == [])
    model.press("Enter")
    #expect(model.machine.policies == [.edgecombe2021, .aaronLu2022])
    #expect(model.timeline.branches.count == 2)
  }

  @Test func `one key puts the same history beside itself, with and without`() throws {
    var model = try bootedModel()
    model.press("r w y b")
    #expect(model.layers.isEmpty)
    #expect(model.lanes.list.map(\.setup.software) == ["linux-7.2", "linux-7.2 + edgecombe-2021"])
    #expect(model.lanes.list.allSatisfy { $0.timeline.steps.count == 2 })
    model.press("I")
    #expect(model.lanes.list.allSatisfy { $0.timeline.steps.count == 3 })
    // Beside others nothing is booted in the place of a lane.
    let effects = model.press("y 2")
    #expect(effects.contains(.bell))
    #expect(model.notice?.text.contains("compare off") == true)
  }

  @Test func `with a policy on, the one key shows what is without it`() throws {
    var model = try bootedModel()
    model.press("y 2 I y b")
    #expect(model.lanes.list.map(\.setup.software) == ["linux-7.2 + edgecombe-2021", "linux-7.2"])
  }

  @Test func `a kernel is chosen in the same way, and calls that it lacks are left out and said`()
    throws
  {
    var model = try bootedModel()
    model.press("R r E 1")
    #expect(model.lane.setup.kernel.name == "linux-5.11")
    #expect(titles(model) == ["set_memory_ro pfn:0x140000"])
    #expect(model.notice?.kind == .failed)
    #expect(model.notice?.text.contains("Left out: set_memory_rox pfn:0x140000: ") == true)
    model.press("u")
    #expect(titles(model).count == 2)
  }

  @Test func `a machine is chosen in the same way, of another architecture too`() throws {
    var model = try bootedModel()
    model.press("r y 2 G")
    guard case .choices(let list)? = model.layers.last else { throw NoSuchMachine() }
    let arm = try #require(list.items(model.lane).first { $0.name == "arm64-4g" })
    model.press(String(try #require(arm.key)))
    #expect(model.lane.setup.software == "linux-6.12-arm64")
    #expect(model.notice?.text.contains("Without edgecombe-2021.") == true)
    // The page is none of its RAM.
    #expect(model.timeline.end.call == 0)
    #expect(model.notice?.text.contains("Left out: set_memory_ro pfn:0x140000: ") == true)
    // It is drawn at every size.
    for size in goldenSizes { _ = screen(model, size: size, glyphs: .unicode) }
    model.press("u u")
    #expect(model.lane.setup.software == "linux-7.2")
  }

  @Test func `what the kernel cannot have says why, and nothing is booted`() throws {
    var model = try bootedModel()
    model.press("y End Enter")
    guard case .choices(let list)? = model.layers.last else { throw NoSuchMachine() }
    #expect(list.said == "lazy-unmap-2024: for arm64 alone.")
    #expect(model.timeline.branches.count == 1)
  }

  @Test func `every policy is in the list once, with what, when and by whom`() throws {
    let names = PolicyRows.sections.flatMap(\.names)
    #expect(names.count == PolicyName.allCases.count)
    #expect(Set(names) == Set(PolicyName.allCases))
    let model = try bootedModel()
    for item in ChoiceList(.policies, on: model.lane).items(model.lane) where item.name != "none" {
      let policy = try #require(PolicyName(rawValue: item.name))
      #expect(item.details.contains(policy.origin))
      #expect(item.details.contains("linux-7.2"), "\(item.name): whether the kernel can have it")
      #expect((item.key == nil) == (item.refusal != nil))
    }
  }

  @Test func `a rule that is on is in the list, and choosing it takes it off`() throws {
    var model = try bootedModel()
    model.type(":rule heal; when flush; each 2M in request; collapse; end; end")
    model.press("Enter y")
    let items = ChoiceList(.policies, on: model.lane).items(model.lane)
    let item = try #require(items.last)
    #expect(item.name == "rule heal" && item.isOn == true && items[0].isOn == false)
    #expect(item.details.contains("each 2M in request; collapse"))
    model.press("End Enter")
    #expect(model.lane.setup.policies == .none)
  }

  @Test func `choosing may take long, moving in the list does not`() throws {
    var model = try bootedModel()
    model.press("y")
    for (key, weight) in [
      ("Down", Weight.look), ("2", .work), ("Enter", .work), ("b", .work), ("Space", .look),
      ("Esc", .look),
    ] {
      let input = try #require(Input(name: key))
      #expect(model.weight(of: .input(input)) == weight, "\(key)")
    }
  }

  @Test func `the list of views shows what is chosen`() throws {
    var model = try bootedModel()
    model.press("D")
    let items = ListRow.items(ViewMenu.list(model))
    let key = try #require(items.first { $0.name == "memory" }?.key)
    model.press(String(key))
    #expect(model.options.sidePanel == .memory)
    model.press("D")
    #expect(ListRow.items(ViewMenu.list(model)).first { $0.name == "memory" }?.isOn == true)
    let space = try #require(items.first { $0.name == "vmalloc" }?.key)
    model.press(String(space))
    #expect(model.lane.place.space == .vmalloc)
    #expect(model.layers.isEmpty)
  }

  @Test func `the footer offers what is worth trying`() throws {
    var model = try bootedModel()
    #expect(TryNext.steps(model).map(\.keys) == ["r", "y"])
    model.press("r")
    #expect(TryNext.steps(model).map(\.keys) == ["* R", "y"])
    model.press("* R")
    #expect(model.machine.counters[.level2Collapses] == 1)
    model.press("y 2")
    #expect(TryNext.steps(model).map(\.words) == ["fills the cache"])
    model.press("I")
    #expect(TryNext.steps(model).map(\.keys) == ["I", "U", "_"])
    model.press("y 7")
    #expect(TryNext.steps(model).map(\.keys) == ["U"])
  }
}
