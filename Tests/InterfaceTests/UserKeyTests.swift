import Engine
import History
import Scenarios
import Screen
import Testing

@testable import Interface

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

  @Test func `every line of the list makes a call, or says that there is nothing to free`() throws {
    var model = try bootedModel()
    model.press("s")
    for entry in CallMenu.entries {
      if let call = entry.call(model.lane, model.count) { model.make(call) }
      let notice = model.notice
      #expect(notice?.kind != .failed, "\(entry.name): \(notice?.text ?? "")")
    }
    #expect(model.lane.freeings.count == 1, "two areas and one vfree")
    #expect(CallMenu.entries.allSatisfy { $0.name.count <= 35 && $0.help.count <= 33 })
  }

  @Test func `a line boots a kernel with a policy, and without it`() throws {
    var model = try bootedModel("teaching-4g", .linux6_1)
    model.press("K")
    #expect(model.runCommand("policy aaronlu-2022").error == nil)
    #expect(model.machine.policies == [.aaronLu2022])
    #expect(model.lane.setup.software == "linux-6.1 + aaronlu-2022")
    #expect(model.timeline.steps.isEmpty)
    #expect(model.runCommand("policy edgecombe-2021").error == nil)
    #expect(model.runCommand("policy hyeyoo-count-2022").error?.contains("choose one") == true)
    #expect(model.runCommand("kernel linux-6.12").error == nil)
    #expect(model.machine.policies == [.aaronLu2022, .edgecombe2021])
    #expect(model.runCommand("policy aaronlu-2022").error == nil)
    #expect(model.runCommand("policy edgecombe-2021").error == nil)
    #expect(model.machine.policies == [])
  }
}
