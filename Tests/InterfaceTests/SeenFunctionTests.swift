import Engine
import History
import Screen
import Synchronization
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// A kernel that is no simulation, made of one: it tells of two functions in each call, and of who writes
/// an entry that is watched.
private final class ToldKernel: OutsideKernel {
  let asked = Mutex<[[VirtualAddress]]>([])
  let named = Mutex<[[String]]>([])
  /// Whether it also tells of a line inside the second function.
  let tellsLines: Bool

  init(tellsLines: Bool) { self.tellsLines = tellsLines }

  func observe(
    _ call: Call, on machine: Machine, after calls: [Call], watching wishes: WatchedKernel,
  ) throws(CallError) -> Observation {
    let pages = wishes.pages
    asked.withLock { $0.append(pages) }
    named.withLock { $0.append(wishes.functions) }
    var log = EventLog()
    var copy = machine
    let code = try copy.perform(call, into: &log)
    var outer = SeenFunction(
      name: "set_memory_ro", depth: 0, arguments: [0xffff_8881_4000_0000, 1])
    outer.result = 0
    var inner = SeenFunction(name: "my_merge", depth: 1, arguments: [7])
    inner.result = 0xffff_ffea
    let source = "int helper;\n\nstatic int\nmy_merge(int order)\n{\n\treturn -EINVAL;\n}\n"
    inner.excerpt = SourceExcerpt(of: source, file: "mm/merge.c", around: 4)
    var functions = [outer, inner]
    var events: [Event] = [.seen(.entered(0))]
    for event in log.events {
      switch event {
      case .entered, .left: continue
      case .entryWritten(let address, let size, let old, let new):
        events += [event]
        if let page = pages.first {
          functions.append(
            SeenFunction(
              name: "native_set_pte+0x7", depth: 1,
              writing: SeenFunction.WrittenWord(
                page, size, old: old.flags(size).rawValue, new: new.flags(size).rawValue),
              stack: ["__change_page_attr+0x58c", "set_memory_ro+0x20"]))
          events.append(.seen(.wrote(Int32(functions.count - 1))))
        }
        #expect(address.rawValue > 0)
      default: events.append(event)
      }
    }
    events.append(.seen(.entered(1)))
    if tellsLines {
      var line = SeenFunction(lineAt: "mm/merge.c:6", in: "refuse", depth: 2)
      line.excerpt = SourceExcerpt(of: source, file: "mm/merge.c", around: 6)
      functions.append(line)
      events.append(.seen(.reached(Int32(functions.count - 1))))
    }
    events += [.seen(.left(1)), .seen(.left(0))]
    var observation = Observation(events, call: call, returned: code)
    observation.functions = functions
    return observation
  }
}

@Suite struct SeenFunctionTests {
  private func model(tellingLines: Bool = false) throws -> (Model, ToldKernel) {
    let kernel = ToldKernel(tellsLines: tellingLines)
    let teaching = try #require(MachineDescription(builtIn: "teaching-4g"))
    let machine = try Machine(booting: teaching, kernel: .linux7_2)
    let lane = Lane(
      observing: kernel, named: "Linux 7.2.13", from: machine,
      setup: BootSetup(teaching, kernel: .linux7_2), at: 0x140000)
    return (Model(lane, beside: []), kernel)
  }

  /// The characters of the whole screen.
  private func characters(_ model: Model) -> String {
    screen(model, size: Size(width: 160, height: 50), glyphs: .unicode).text(planes: [.characters])
  }

  /// What the line below the map says.
  private func sentence(_ model: Model) -> String { model.lane.sentence(model.keymap) }

  @Test func `functions of the kernel are the tree, and steps lead to entries and returns`() throws
  {
    var (model, _) = try model()
    model.press("r")
    let after = model.machine.checksum
    let shown = characters(model)
    #expect(shown.contains("functions of Linux 7.2.13, call 1"))
    #expect(shown.contains("my_merge(0x7) = -EINVAL"))
    model.press(",")
    #expect(sentence(model) == "my_merge() returns -EINVAL.")
    model.press(",")
    #expect(sentence(model) == "The kernel enters my_merge(0x7).")
    model.press(". .")
    #expect(model.timeline.moment.event == 0 && model.machine.checksum == after)
    // From before the call forwards, the first step enters the outer function.
    model.press("^ .")
    #expect(sentence(model) == "The kernel enters set_memory_ro(0xffff888140000000, 0x1).")
    // The tables are there as they were at its entry.
    let page = model.machine.directMapAddress(of: 0x140000)
    #expect(model.machine.tables.lookup(page)?.size == .size1G)
  }

  @Test func `a line of an inlined function is a step with its source`() throws {
    var (model, _) = try model(tellingLines: true)
    model.press("r , ,")
    #expect(sentence(model) == "The kernel comes to mm/merge.c:6 in refuse.")
    let shown = characters(model)
    #expect(shown.contains("mm/merge.c:6 in refuse   return -EINVAL;"))
    #expect(shown.contains("    return -EINVAL;"))
    model.press(",")
    #expect(sentence(model) == "The kernel enters my_merge(0x7).")
    model.press(".")
    #expect(sentence(model) == "The kernel comes to mm/merge.c:6 in refuse.")
  }

  @Test func `a stop on an entry is told who wrote it, with the stack`() throws {
    var (model, kernel) = try model()
    #expect(model.runCommand("watch pfn:0x140000").error == nil)
    model.press("r")
    let page = model.machine.directMapAddress(of: 0x140000)
    #expect(kernel.asked.withLock { $0 } == [[page]])
    let said = try #require(model.notice?.text)
    #expect(
      said.hasPrefix(
        "Stop 1, watch pfn:0x140000: native_set_pte+0x7 wrote the 4K entry of pfn 0x140000: 0x"))
    #expect(said.hasSuffix("; called by __change_page_attr+0x58c, set_memory_ro+0x20."))
    #expect(model.timeline.moment.event > 0)
    // The same call made again is known, unless other entries are watched.
    model.press("^ r")
    #expect(kernel.asked.withLock { $0.count } == 1)
    #expect(model.runCommand("watch pfn:0x140001").error == nil)
    model.press("^ r")
    #expect(kernel.asked.withLock { $0.count } == 2)
  }

  @Test func `a stop at a function of the kernel asks for it, and is hit where it is entered`()
    throws
  {
    var (model, kernel) = try model()
    #expect(model.runCommand("break function my_merge").error == nil)
    model.press("r")
    #expect(kernel.named.withLock { $0 } == [["my_merge"]])
    let said = try #require(model.notice?.text)
    #expect(said == "Stop 1, break function my_merge: The kernel enters my_merge(0x7).")
    // It stands inside the call, before my_merge() returns.
    #expect(model.timeline.moment.call == 0 && model.timeline.moment.event > 0)
    model.press(".")
    #expect(sentence(model) == "my_merge() returns -EINVAL.")
  }

  @Test func `the source of the function under way stands below the tree`() throws {
    var (model, _) = try model()
    model.press("r")
    let size = Size(width: 160, height: 50)
    func shown() -> String {
      screen(model, size: size, glyphs: .unicode).text(planes: [.characters])
    }
    #expect(!shown().contains("mm/merge.c"))
    model.press(",")
    #expect(sentence(model) == "my_merge() returns -EINVAL.")
    #expect(shown().contains("mm/merge.c"))
    #expect(shown().contains("     4 my_merge(int order)"))
    #expect(shown().contains("     6     return -EINVAL;"))
    // Where there is no room for both, the tree has it.
    #expect(
      !screen(model, size: Size(width: 80, height: 24), glyphs: .unicode)
        .text(planes: [.characters]).contains("mm/merge.c"))
  }
}
