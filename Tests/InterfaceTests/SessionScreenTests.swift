import Engine
import History
import Language
import Parsing
import Scenarios
import Screen
import Testing

@testable import Interface
@testable import Lanes

@Suite struct SessionScreenTests {
  private static let scenario = """
    kernel linux-6.12
    cpu pti on
    break split 1G once
    note "First."
    set_memory_ro pfn:0x140000
    expect size(pfn:0x140000) == 4K
    pause
    set_memory_rw pfn:0x140000
    note "Last."
    """

  /// What a line at the prompt asks of the program.
  private func effects(_ line: String, _ model: inout Model) -> [Effect] {
    model.type(":" + line)
    return model.press("Enter")
  }

  /// The text that is saved.
  private func saved(_ model: inout Model, _ line: String = "save x.dmap") throws -> String {
    let asked = effects(line, &model)
    guard case .save(_, let text, _, _)? = asked.first else { throw NoSuchMachine() }
    return text
  }

  private func opened(_ text: String) throws -> Model {
    let (scenario, problems) = try Scenario.opening(text, file: "x.dmap")
    #expect(problems.isEmpty)
    let plain = try #require(
      scenario.ownMachine ?? MachineDescription(builtIn: scenario.machine ?? "teaching-4g"))
    let setup = BootSetup(
      scenario.configured(plain), kernel: scenario.kernel ?? .linux7_2,
      policies: scenario.policies, file: "x.dmap")
    let machine = try Machine(booting: setup.description, kernel: setup.kernel)
    let loader = SessionLoader(scenario, on: machine, bootedFrom: setup.boot)
    #expect(loader.problems.isEmpty)
    return Model(opening: loader, setup: setup, file: KeptFile(path: "x.dmap", stamp: nil))
  }

  @Test func `saves what was chosen besides, and opens it under the same policies`() throws {
    var model = try bootedModel()
    model.press("r y 2 I u w G 2 y 7 I U")
    let text = try saved(&model)
    #expect(text.contains("branch edgecombe-2021 anew\nmachine teaching-4g\nkernel linux-7.2\n"))
    var again = try opened(text)
    #expect(again.lane.setup.software == model.lane.setup.software)
    #expect(again.lane.setup.description == model.lane.setup.description)
    #expect(try saved(&again) == text)
    for index in model.timeline.branches.indices {
      model.timeline.switchBranch(to: index)
      again.timeline.switchBranch(to: index)
      #expect(again.timeline.machine.checksum == model.timeline.machine.checksum)
      #expect(again.lane.setup.software == model.lane.setup.software)
    }
    // A script has what is shown alone.
    model.timeline.switchBranch(to: 1)
    let script = try model.session.script(selecting: model.selection)
    #expect(script.contains("policy edgecombe-2021\n"))
  }

  @Test func `saves a scenario that was played with all that was done to it`() throws {
    var model = try opened(Self.scenario + "\nmark end\n")
    model.press("> w m b")
    let text = try saved(&model, "save")
    let body = text.split(separator: "\n").filter { !$0.hasPrefix("#") }.joined(separator: "\n")
    #expect(
      body == """
        session 1
        machine teaching-4g
        kernel linux-6.12
        cpu pti on
        break split 1G once
        note "First."
        set_memory_ro pfn:0x140000
        expect size(pfn:0x140000) == 4K
        pause
        set_memory_rw pfn:0x140000
        note "Last."
        mark end
        mark b
        cursor main 2
        end 2
        """)
    let again = try opened(text)
    #expect(again.machine.checksum == model.machine.checksum)
    #expect(again.timeline.marks == model.timeline.marks)
    #expect(again.stops.items.map(\.stop) == model.stops.items.map(\.stop))
  }

  @Test func `keeps the claims and notes of a plain scenario`() throws {
    var model = try scenarioModel(Self.scenario)
    let text = try saved(&model)
    #expect(text.contains("\nexpect size(pfn:0x140000) == 4K\npause\n"))
    #expect(text.contains("\nnote \"First.\"\nset_memory_ro"))
  }

  @Test func `saves to a name once it has one`() throws {
    var model = try bootedModel()
    #expect(effects("save", &model) == [.bell])
    #expect(model.layers.count == 1)
    model.press("Esc r")
    guard
      case .save("x.dmap", let text, replacing: .nothing, command: "save")? =
        effects("save x.dmap", &model).first
    else { throw NoSuchMachine() }
    let stamp = FileStamp(device: 1, inode: 2, bytes: 3, seconds: 4, nanoseconds: 5)
    _ = model.update(.saved(.saved(path: "x.dmap", stamp: stamp)))
    #expect(model.notice?.text == "Saved 1 call, 1 branch, 0 marks to x.dmap.")
    // Only the file as it was saved, under whatever name.
    let own = Replacing.own(KeptFile(path: "x.dmap", stamp: stamp))
    #expect(
      effects("save", &model)
        == [.save(path: "x.dmap", text: text, replacing: own, command: "save")])
    guard case .save("y.dmap", _, replacing: own, _)? = effects("save y.dmap", &model).first else {
      throw NoSuchMachine()
    }
    _ = model.update(.saved(.failed("y.dmap exists")))
    #expect(model.notice?.text == "y.dmap exists" && model.notice?.kind == .failed)
    guard case .save("x.dmap", _, replacing: own, _)? = effects("save", &model).first else {
      throw NoSuchMachine()
    }
    for line in ["save! y.dmap", "script! y.dmap"] {
      guard
        case .save("y.dmap", _, replacing: .anything, let command)? = effects(line, &model).first
      else { throw NoSuchMachine() }
      #expect(line == "\(command)! y.dmap")
    }
  }

  @Test func `another machine is a branch of the same session`() throws {
    var model = try bootedModel()
    _ = model.update(.saved(.saved(path: "x.dmap")))
    _ = effects("machine laptop-16g", &model)
    #expect(model.sessionPath == "x.dmap")
    #expect(try saved(&model, "save").contains("branch laptop-16g anew\nmachine laptop-16g\n"))
  }

  @Test func `opens another history with the same keys and looks`() throws {
    var model = try bootedModel()
    model.press("Y L")
    #expect(effects("open x.dmap", &model) == [.open(path: "x.dmap")])
    let theme = model.options.theme
    model.replace(with: try opened(Self.scenario + "\nmark a\n"), problems: [])
    #expect(model.options.theme == theme && model.options.showsLetters)
    #expect(model.timeline.steps.count == 2 && model.timeline.moment == .start)
    #expect(model.notice?.text == "Opened x.dmap: 2 calls on this branch.")
    model.replace(with: try bootedModel(), problems: ["x.dmap:3:1: one", "x.dmap:4:1: two"])
    #expect(model.notice?.text == "x.dmap:3:1: one (and 1 problem more)")
  }
}
