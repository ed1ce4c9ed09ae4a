import Configuration
import Engine
import FoundationEssentials
import KernelText
import Language
import Maps
import Parsing
import Recordings

/// A parser of input from outside.
enum FuzzTarget: String, CaseIterable {
  case recording, grouping, scenario, ftrace, iomem, dmesg, elf, toml, map, core, archive

  /// Reads an input. For every input the parser returns or throws: it never traps.
  func read(_ bytes: [UInt8]) {
    switch self {
    case .recording:
      if let recording = try? Recording(reading: bytes) { _ = recording.check() }
    case .grouping:
      if let recording = try? GroupingRecording(reading: bytes) { _ = recording.check() }
    case .scenario:
      let text = String(decoding: bytes, as: UTF8.self)
      let (scenario, problems) = Scenario.checking(text, file: "input")
      // Anything that was read can be written, and reads the same.
      if problems.isEmpty, scenario.session == nil, !scenario.statements.isEmpty {
        let again = Scenario.checking(scenario.scenarioText, file: "input")
        precondition(again.problems.isEmpty, "\(again.problems)")
      }
    case .ftrace: _ = try? FtraceText(bytes)
    case .iomem, .dmesg:
      let text = String(decoding: bytes, as: UTF8.self)
      _ = try? MachineDescription(kernelText: text, named: "input")
    case .elf: _ = try? ModuleSizes(readingELF: bytes)
    case .toml: _ = Configuration.read(bytes, file: "input")
    case .map: Self.readMap(bytes)
    case .core:
      let memory = InMemory(bytes)
      if let map = try? ReadMap(core: memory) { Self.look(at: map) }
      if let map = try? ReadMap(memory: memory, size: UInt64(bytes.count), .guest) {
        Self.look(at: map)
      }
    case .archive:
      var archive = TarReader(BytesInMemory(bytes))
      while let member = try? archive.next() {
        if let contents = try? archive.contents(limit: 1 << 20) {
          precondition(contents.count <= member.size)
        }
      }
    }
  }

  /// Reads a text of a real machine as what it seems to be, and as every other kind.
  private static func readMap(_ bytes: [UInt8]) {
    _ = SourceKind(beginning: bytes[...])
    let text = String(decoding: bytes, as: UTF8.self)
    if let map = try? ReadMap(dump: BytesInMemory(bytes)) { look(at: map) }
    if let map = try? ReadMap(leaves: BytesInMemory(bytes)) { look(at: map) }
    var evidence = MachineEvidence()
    evidence.meminfo = try? NameValueText(text)
    evidence.vmstat = evidence.meminfo
    evidence.zones = try? ZonesText(text)
    evidence.buddy = try? BuddyCounts(text)
    evidence.blockTypes = try? BlockTypes(text)
    evidence.modules = try? ModulesText(text)
    evidence.areas = try? VmallocText(text)
    _ = MapReport(evidence, map: nil, on: nil, kernel: .linux6_12).summary
  }

  /// Asks what is asked of every map.
  private static func look(at map: ReadMap) {
    // Tables of one gigabyte take a while.
    guard map.leaves.count < 2000,
      let machine = try? map.machine(kernel: .standard(for: map.architecture))
    else { return }
    guard machine.memory.pages.rawValue < 1 << 24 else { return }
    var evidence = MachineEvidence()
    evidence.maps = [MachineEvidence.NamedMap(name: "input", map: map)]
    let report = MapReport(
      evidence, map: evidence.maps.first, on: machine, kernel: machine.kernel)
    _ = report.summary
    _ = Diagnosis(report, machine.kernel, machine, booted: nil).lines
    _ = MapDifference(
      map.leaves, named: "a", machine.directMapLeaves, named: "b", comparesAccess: true
    ).lines()
  }

  /// Folders of the project with inputs to start from, and the extensions of the files.
  private var corpus: [(folder: String, ending: String)] {
    let own = [("Tests/Corpus/\(rawValue)", "")]
    switch self {
    case .recording: return own + [("Assets/recordings/linux-7.2.12", ".jsonl")]
    case .grouping: return own + [("Assets/recordings/grouping-2021", ".jsonl")]
    case .scenario: return own + [("Assets/scenarios", ".dmap"), ("Assets/demos", ".dmap")]
    case .ftrace: return own + [("Tests/KernelTextTests/Recorded/captures", "trace.txt")]
    case .iomem: return own + [("Tests/KernelTextTests/Recorded/boots", "iomem.txt")]
    case .dmesg: return own + [("Tests/KernelTextTests/Recorded/boots", "dmesg.txt")]
    case .map: return own + [("Tests/KernelTextTests/Recorded", "txt")]
    case .elf, .toml, .core, .archive: return own
    }
  }

  /// The inputs to start from: those of the corpus whole, others cut at the end of a line. Empty if
  /// no file is found.
  func seeds() -> [[UInt8]] {
    var seeds: [[UInt8]] = []
    for (folder, ending) in corpus {
      let paths = (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? []
      for path in paths.sorted() where path.hasSuffix(ending) {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { continue }
        seeds.append(folder.hasPrefix("Tests/Corpus") ? Array(data) : beginning(of: Array(data)))
        if seeds.count >= 256 { return seeds }
      }
    }
    return seeds
  }

  /// The first lines: short inputs are read often.
  private func beginning(of bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > seedLength else { return bytes }
    let end = bytes[..<seedLength].lastIndex(of: 0x0a) ?? seedLength
    return Array(bytes[..<end])
  }

  /// The maximum bytes of an input to start from.
  private var seedLength: Int {
    switch self {
    case .recording, .grouping, .ftrace, .elf, .core, .archive: 4000
    case .iomem, .dmesg, .map: 600
    case .scenario, .toml: 400
    }
  }

  /// Words that the parser knows.
  var words: [String] {
    switch self {
    case .recording, .grouping:
      [
        "{", "}", "[", "]", ",", ":", "\"", "\\u001b", "\\ud800", "null", "true", "-1", "1e400",
        "18446744073709551616", "\"1G\"", "\"0x80000000000001e3\"", "\"leaves\"", "\"op\"",
        "\"page\"", "\"count\"", "\"ret\"", "\"set_memory_ro\"", "\"vmap\"",
      ]
    case .scenario:
      [
        "set_memory_ro ", "vmap ", "expect ", "break ", "do ", "session 1", "branch ", "mark ",
        "pfn:0x140000", "pfn:", "512G", "0x", "18446744073709551615", "stride ", "\"", "\\", "#",
        "&&", "==", "(", ")", "-", "!", "tlb ", "policy ", "machine ", "kernel ", "iomem ", "key ",
      ]
    case .ftrace:
      [
        "set_memory_ro: ", "->", " <- ", "=0x", "__vmalloc_node_range", "module_load: ",
        "# tracer: nop", "[001] ", "0xffff888000000000", "CPU:1 [LOST 12 EVENTS]", "(", ")",
      ]
    case .iomem:
      [
        "00000000-00000000 : ", "System RAM", "Kernel code", "Kernel data", "Kernel rodata",
        "Kernel bss", "Reserved", "ffffffffffffffff", "-", " : ", "  ",
      ]
    case .dmesg:
      [
        "[    0.000000] ", "BIOS-e820: [mem 0x", "] usable", "Linux version 6.1.0", "memmap=",
        "Using GB pages for direct mapping", "NX (Execute Disable) protection: active", "> ",
        "<6>", "kern.info: ", "[    T0]", "Command line: ", "SRAT: Node 0 PXM 0 [mem 0x",
      ]
    case .elf: ["\u{7f}ELF", ".text", ".init.text", ".rodata", ".symtab", "\0\0\0\0\0\0\0\0"]
    case .map:
      [
        "---[ Low Kernel Mapping ]---", "---[ Linear Mapping start ]---",
        "---[ Linear mapping ]---",
        "0xffff888000000000-", "0xffffc90000000000", " RW ", " NX ", " GLB", " pte", " pmd",
        " PUD ",
        "L 200 e00 2 80000000000001e3", "DirectMap4k: ", "direct_map_level2_splits ",
        "Node 0, zone Normal ", "0x0000000000000000", "MEM/NORMAL",
      ]
    case .core:
      [
        "VMCOREINFO", "SYMBOL(init_top_pgt)=", "SYMBOL(swapper_pg_dir)=", "NUMBER(phys_base)=",
        "NUMBER(kimage_voffset)=", "\u{1}\0\0\0\u{7}\0\0\0",
      ]
    case .archive: ["ustar", "proc/iomem", "0000644", "27 path=proc/iomem\n", "\0\0\0\0"]
    case .toml:
      [
        "[keys]", "[[", "]]", "=", "\"", "\"\"\"", "'", "true", "\\u001b", "\\U00110000", "1979-",
        "[theme.own]", "colors = ", "mouse = ", "#", ".", ",", "{", "}",
      ]
    }
  }
}

/// A file in memory.
private final class InMemory: BytesAtOffsets {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(_ count: Int, at offset: UInt64) -> [UInt8] {
    guard let start = Int(exactly: offset), start < bytes.count else { return [] }
    return Array(bytes[start..<min(bytes.count, start + min(count, bytes.count))])
  }
}
