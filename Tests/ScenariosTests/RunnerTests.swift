import Engine
import Language
import Narration
import Parsing
import Scenarios
import TLB
import TestSupport
import Testing

@Suite struct RunnerTests {
  private func runner(_ text: String, _ kernel: KernelProfile = .linux6_12) throws -> Runner {
    Runner(
      try Scenario(parsing: text, file: "t").statements, on: Machine.ofLargeLeaves(kernel: kernel))
  }

  @Test func `performs statements one by one and numbers the calls`() throws {
    var runner = try runner(
      """
      note "first"
      set_memory_ro pfn:0x180000
      pause
      why pfn:0x180000
      tlb teaching sequential pfn:0x180000 8 accesses 512
      expect ret == 0
      set_memory_rw pfn:0x180000
      expect flags(pfn:0x180000) has D
      """)
    var told: [String] = []
    while let step = try runner.next() {
      let outcome =
        switch step.outcome {
        case .called(let call, let code, _, let log):
          "\(call.name) \(code.name) \(log?.events.count ?? -1)"
        case .noted(let text): text
        case .paused: "paused"
        case .answered(let answer): "\(answer.merge.blockers) blockers"
        case .measured(let answer): "\(answer.result.walks) walks"
        case .listed(let areas): "\(areas.count) areas"
        case .held: "held"
        case .failed(_, let readings): readings.joined()
        }
      told.append("\(step.callNumber) \(outcome)")
    }
    #expect(
      told == [
        "0 first", "1 set_memory_ro 0 -1", "1 paused", "1 1 blockers", "1 8 walks", "1 held",
        "2 set_memory_rw 0 -1",
        "2 flags(pfn:0x180000) is P RW A G NX",
      ])
    #expect(runner.position == 8)
    #expect(runner.callCount == 2)
  }

  @Test func `logs events that lead from the machine before to the machine after`() throws {
    var runner = try runner("set_memory_ro pfn:0x180000")
    var before = runner.machine
    let step = try #require(try runner.next(logging: true))
    guard case .called(_, _, let growth, let log) = step.outcome else {
      Issue.record("no call")
      return
    }
    before.apply(try #require(log).events)
    #expect(before.counters == runner.machine.counters)
    #expect(growth[.level2Splits] == 1)
  }

  @Test func `stays as it was at a call that cannot be made`() throws {
    var runner = try runner("set_memory_ro pfn:0x180000\n  set_direct_map_invalid_noflush pfn:5")
    _ = try runner.next()
    let before = runner.machine.counters
    do throws(RunError) {
      _ = try runner.next()
      Issue.record("no error")
    } catch {
      #expect(
        error.description
          == "t:2:3: no RAM at pfn 0x5; the RAM of this machine ends below pfn 0x200000")
    }
    #expect(runner.machine.counters == before)
    #expect(runner.position == 1)
  }

  @Test func `reports a claim that has no value as an error`() throws {
    var runner = try runner("expect size(nosuch) == 4K")
    do throws(RunError) {
      _ = try runner.next()
      Issue.record("no error")
    } catch {
      #expect(error.description == "t:1:1: no area is called nosuch; make one with vmap")
    }
  }

  /// A machine whose kernel stops in the call after these.
  private func stopping(_ further: String) throws -> Runner {
    let text = """
      kernel linux-6.1
      policy hyeyoo-count-2022
      set_memory_ro pfn:0x140200 2M
      set_memory_rw pfn:0x140200
      expect ret == BUG && ret != -ENOMEM
      note "stopped"
      \(further)
      """
    let scenario = try Scenario(parsing: text, file: "t")
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    return Runner(scenario.statements, on: try scenario.boot(description, kernel: .linux7_2))
  }

  @Test func `runs what stands behind the call in which the kernel stopped, and no call`() throws {
    var runner = try stopping("expect free_pages > 0\nset_memory_ro pfn:0x150000")
    var held = 0
    do throws(RunError) {
      while let step = try runner.next() { if case .held = step.outcome { held += 1 } }
      Issue.record("no error")
    } catch {
      #expect(error.description.hasPrefix("t:8:1: the kernel has stopped: BUG: "))
    }
    #expect(held == 2 && runner.callCount == 2)
    var other = try stopping("pause")
    while try other.next() != nil {}
    #expect(other.position == other.statements.count)
  }

  @Test func `a module's file becomes its sizes, or an error with its place`() throws {
    let text = "pause\n module load nf ko:nf.ko"
    var sizes = ModuleSizes()
    sizes.text = 4096
    var scenario = try Scenario(parsing: text, file: "t")
    var runner = Runner(scenario.statements, on: Machine.ofLargeLeaves())
    _ = try runner.next()
    #expect(throws: RunError.self) { try runner.next() }
    do throws(ParseError) {
      try scenario.readModules { file throws(ModuleFileError) in
        throw ModuleFileError("\(file) is gone")
      }
      Issue.record("no error")
    } catch {
      #expect(error.description == "t:2:2: nf.ko is gone")
    }
    try scenario.readModules { _ throws(ModuleFileError) in sizes }
    #expect(scenario.calls.map(\.scenarioText) == ["module load nf text=4K"])
  }

  /// What is said about the last line of a text.
  private func error(_ text: String, on machine: String) throws -> String? {
    let description = try #require(MachineDescription(builtIn: machine))
    var runner = Runner(
      try Scenario(parsing: text, file: "t").statements,
      on: try Machine(booting: description, kernel: .linux7_2))
    do throws(RunError) {
      while try runner.next(logging: false) != nil {}
      return nil
    } catch {
      return error.description
    }
  }

  @Test func `a page behind the end of an area is the guard page, which the kernel refuses`() throws
  {
    #expect(
      try error(
        "vmap a pfn:0x140000 8\nset_memory_ro a+8\nexpect ret == -EFAULT", on: "teaching-4g") == nil
    )
  }

  @Test func `page tables are bounded over all calls`() throws {
    // Areas stand for split memory here: they are counted before anything is built.
    let error = try error(
      "vmap_page_range a phys:4G 600G\nset_memory_4k phys:2T 500G", on: "giant-64t")
    #expect(error?.hasPrefix("t:2:1: 157290") == true)
    #expect(error?.contains("are mapped one by one already") == true)
  }
}
