import Engine
import KernelText
import Recordings
import TestSupport
import Testing

@Suite struct TraceScenarioTests {
  /// Name and bytes of every module that `/proc/modules` shows, except the recorder's own.
  private static func procModules(_ workload: Workload) throws -> [(name: String, bytes: UInt64)] {
    try workload.text("proc-modules.txt").split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 1, words[0] != "dmo", let bytes = UInt64(words[1]) else { return nil }
      return (String(words[0]), bytes)
    }
  }

  @Test(arguments: Workload.all)
  func `every module is loaded with the size that the kernel showed`(_ workload: Workload) throws {
    var loaded: [String: ModuleSizes] = [:]
    for case .loadModule(let name, let sizes) in TraceScenario(try workload.trace()).commands {
      #expect(loaded.updateValue(sizes, forKey: name) == nil)
    }
    let listed = try Self.procModules(workload)
    #expect(loaded.count == workload.modules)
    #expect(listed.count == workload.modules)
    for module in listed {
      let first = module.name.first
      let name = first?.isNumber == true ? "_" + module.name : module.name
      let sizes = try #require(loaded[name], "\(name)")
      // What `/proc/modules` shows is the memory that stays.
      let core = ModuleSizes.Part.allCases.filter { !$0.isInit }
        .reduce(0) { $0 + UInt64(sizes[$1]) }
      #expect(core == module.bytes, "\(name)")
      #expect(sizes.initData > 0, "\(name)")
    }
  }

  @Test(arguments: Workload.all)
  func `every program is loaded and freed once`(_ workload: Workload) throws {
    let scenario = TraceScenario(try workload.trace())
    var live: Set<String> = []
    var loads = 0
    var removed = 0
    for command in scenario.commands {
      switch command {
      case .loadBPF(let name, let bytes):
        #expect(live.insert(name).inserted)
        #expect((1...8192).contains(bytes))
        loads += 1
      case .freeBPF(let name): #expect(live.remove(name) != nil)
      case .unloadModule: removed += 1
      case .unknownModule(let name), .moduleWithoutSizes(let name):
        Issue.record("\(name) is unknown")
      case .loadModule, .note: break
      }
    }
    #expect(loads == workload.programs)
    #expect(live.isEmpty)
    #expect(removed == workload.removed)
    #expect(scenario.programsWithoutSize == 0)
  }

  @Test(arguments: Workload.all)
  func `the text keeps to the language`(_ workload: Workload) throws {
    let text = TraceScenario(try workload.trace())
      .text(kernel: workload.kernel, source: "a \"file\"\u{1b}[1m", machine: "teaching-4g")
    let lines = text.split(separator: "\n")
    #expect(lines[0] == "machine teaching-4g")
    #expect(lines[1] == "kernel \(workload.kernel.name)")
    #expect(lines[2] == "note \"from a ?file??[1m\"")
    let name = #/[A-Za-z_][A-Za-z0-9_.-]{0,31}/#
    let part = #/(text|data|rodata|ro_after_init|init_text|init_data|init_rodata)=[1-9][0-9]*/#
    for line in lines[3...] {
      let words = line.split(separator: " ")
      switch words.prefix(2).joined(separator: " ") {
      case "module load":
        #expect(words.count > 3, "\(line)")
        #expect(words.dropFirst(3).allSatisfy { (try? part.wholeMatch(in: $0)) != nil }, "\(line)")
      case "bpf load": #expect(words.count == 4 && UInt64(words[3]) != nil, "\(line)")
      case "module unload", "bpf free": #expect(words.count == 3, "\(line)")
      default: #expect(words[0] == "note", "\(line)")
      }
      if words[0] != "note" {
        let isName = (try? name.wholeMatch(in: words[2])) != nil
        #expect(isName, "\(line)")
      }
    }
  }

  @Test func `the parts of a module are told apart`() throws {
    let text = TraceScenario(try Workload.all[1].trace()).text(
      kernel: .linux7_2, source: "x")
    #expect(
      text.contains(
        "module load nf_tables text=221184 data=90112 rodata=98304 ro_after_init=4096 "
          + "init_text=4096 init_data=69632\n"))
    let older = TraceScenario(try Workload.all[0].trace()).text(kernel: .linux6_12, source: "x")
    #expect(
      older.contains(
        "module load crc32c_intel text=8192 data=4096 rodata=4096 init_text=4096 init_data=4096\n"))
    #expect(older.contains("module load _8021q "))
  }

  private static func scenario(_ events: [String]) throws -> [String] {
    let text = events.map { " a-1 [000] ..... 1.0: \($0)\n" }.joined()
    return TraceScenario(try FtraceText(text.utf8)).commands.map(\.line)
  }

  @Test func `names are made to fit and stay apart`() throws {
    let long = String(repeating: "x", count: 40)
    let first = String(repeating: "x", count: 32)
    let second = String(repeating: "x", count: 30) + "-2"
    let memory = ["execmem_alloc: type=0 size=4096", "execmem_alloc_ret: ptr=0x1000"]
    var events: [String] = []
    for name in [long, long, "8021q", "ä/b"] { events += memory + ["module_load: \(name)"] }
    events += ["module_free: \(long)", "module_free: other", "module_load: small"]
    events += [
      "bpf_prog_load id=7 jited=100", "bpf_prog_load id=7 jited=200", "bpf_prog_close idx=0",
      "bpf_prog_close idx=9", "bpf_prog_load id=7 jited=300",
    ].map { "tracing_mark_write: " + $0 }
    #expect(
      try Self.scenario(events) == [
        "module load \(first) text=4096", "module load \(second) text=4096",
        "module load _8021q text=4096", "module load __b text=4096", "module unload \(second)",
        "# module other was removed; no line above loads it",
        "# module small was loaded, but no execmem_alloc events tell its sizes",
        "bpf load bpf-7 100", "bpf load bpf-7-2 200", "bpf free bpf-7", "bpf load bpf-7 300",
      ])
  }

  @Test func `a load that failed leaves nothing behind`() throws {
    let lines = try Self.scenario([
      "execmem_alloc: type=0 size=4096", "execmem_alloc_ret: ptr=0x1000",
      "execmem_free: ptr=0x1000", "execmem_alloc: type=0 size=8192",
      "execmem_alloc_ret: ptr=0x2000", "execmem_alloc: type=4 size=18446744073709551615",
      "execmem_alloc_ret: ptr=0x9000", "execmem_alloc: type=3 size=2097152",
      "execmem_alloc_ret: ptr=0xa000", "module_load: a",
    ])
    #expect(lines == ["module load a text=8192 init_data=4294967295"])
  }

  @Test func `programs of unknown size are left out`() throws {
    let text = " a-1 [000] ..... 1.0: tracing_mark_write: bpf_prog_load id=7\n"
    let scenario = TraceScenario(try FtraceText(text.utf8))
    #expect(scenario.programsWithoutSize == 1)
    #expect(
      scenario.text(kernel: .linux7_2, source: "x").contains(
        "# left out: 1 BPF programs of unknown size\n"))
  }
}
