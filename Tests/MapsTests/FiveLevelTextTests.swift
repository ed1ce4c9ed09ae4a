import Engine
import KernelText
import Maps
import Recordings
import TestSupport
import Testing

/// Machines with five levels of page tables in the kernel's text: they are found, and stay so.
struct FiveLevelTextTests {
  private static let recorded = ["boot-la57", "boot-max"]

  private func text(_ boot: String, _ file: String) throws -> String {
    let path = "Assets/recordings/x86-7.2.12/\(boot).txt"
    return try #require(FilesInOneText(try ProjectFiles.text(path)).text(file))
  }

  private func machine(_ name: String = "teaching-4g") throws -> Machine {
    var description = try #require(MachineDescription(builtIn: name))
    description.cpu[.la57] = true
    return try Machine(booting: description, kernel: .linux7_2)
  }

  // MARK: - Reading

  @Test(arguments: recorded) func `a log shows five levels`(_ boot: String) throws {
    let reading = try MachineReading(DmesgText(text(boot, "dmesg.txt")), named: boot)
    #expect(reading.description.cpu[.la57])
    #expect(reading.notes.contains(.fiveLevels))
    #expect("\(MachineNote.fiveLevels)".contains("la57"))
  }

  @Test(arguments: ["boot-3584m", "boot-pti"]) func `a log shows four levels`(
    _ boot: String,
  ) throws {
    let log = try text(boot, "dmesg.txt")
    let reading = try MachineReading(DmesgText(log), named: boot)
    #expect(!reading.description.cpu[.la57])
    #expect(!reading.notes.contains(.fiveLevels))
    // What the kernel says of itself counts, and before 6.17 it says it with a prefix.
    let five = log.replacing(
      "] last_pfn = 0x", with: "] e820: last_pfn = 0x"
    ).replacing("max_arch_pfn = 0x400000000", with: "max_arch_pfn = 0x10000000000")
    #expect(try MachineReading(DmesgText(five), named: boot).description.cpu[.la57])
  }

  @Test func `the command line turns five levels off`() throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.cpu[.la57] = true
    _ = description.read(commandLine: "quiet no5lvl", of: .linux7_2)
    #expect(!description.cpu[.la57])
  }

  /// `VMALLOC_TOTAL`, where there is neither a log nor a map; the values of recorded kernels.
  @Test(arguments: [("13743895347199", true), ("34359738367", false)])
  func `meminfo shows the levels by the size of vmalloc space`(
    _ total: String, _ hasFiveLevels: Bool,
  ) throws {
    var evidence = MachineEvidence()
    evidence.iomem = try IomemText(text("boot-la57", "iomem.txt"))
    evidence.meminfo = try NameValueText("VmallocTotal:   \(total) kB\nDirectMap1G: 0 kB\n")
    let reading = try #require(try evidence.machine(named: "m"))
    #expect(reading.description.cpu[.la57] == hasFiveLevels)
  }

  // MARK: - Maps

  @Test(arguments: ["teaching-4g", "server-1t", "giant-64t"])
  func `a dump reads back to the same dump`(_ name: String) throws {
    let machine = try machine(name)
    let text = machine.pageTableDump
    let map = try ReadMap(dump: BytesInMemory(text.utf8))
    #expect(map.hasFiveLevels == true)
    #expect(map.base == 0xff11_0000_0000_0000)
    #expect(!map.notes.contains { if case .randomised = $0 { true } else { false } })
    let read = try map.machine(
      kernel: machine.kernel, ram: machine.memory.ranges, kernelImage: machine.image)
    #expect(read.cpu[.la57])
    #expect(read.pageTableDump == text)
    #expect(read.directMapLeaves == machine.directMapLeaves)
  }

  /// The names of the levels, and of the parts: the hole of the hypervisor ends at 16 entries of the
  /// root, and what the P4D of the direct map lacks is told by its level.
  @Test func `a dump names the level of the P4D`() throws {
    let lines = try machine().pageTableDump.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex(of: "---[ Low Kernel Mapping ]---"))
    #expect(lines[start + 1].hasPrefix("0xff11000000001000-"))
    #expect(
      lines[..<start].suffix(4) == [
        "---[ LDT remap ]---",
        "0xff10000000000000-0xff11000000000000         256T                               pgd",
        "---[ Low Kernel Mapping ]---",
      ] || lines[..<start].contains { $0.hasPrefix("0xff10000000000000-0xff11000000000000") })
    let hole = try #require(lines.first { $0.hasSuffix(" p4d") })
    #expect(hole.hasPrefix("0xff11008000000000-0xff12000000000000"))
    #expect(lines.contains("---[ vmalloc() Area ]---"))
    let vmalloc = try #require(lines.firstIndex(of: "---[ vmalloc() Area ]---"))
    #expect(lines[vmalloc + 1].hasPrefix("0xffa0000000000000-0xffd4000000000000"))
    #expect(lines[vmalloc + 1].hasSuffix(" pgd"))
    #expect(lines[vmalloc + 2] == "---[ Vmemmap ]---")
  }

  @Test func `a randomised base keeps its levels`() throws {
    let machine = try machine()
    var core = SampleCore(SampleCore.Form(levels: 5, pageOffset: 0xff2b_3480_4000_0000))
    for run in machine.directMapLeaves { core.map(run) }
    let map = try ReadMap(core: BytesAtPlaces(core.bytes()))
    #expect(map.notes.contains(.randomised(base: 0xff2b_3480_4000_0000)))
    let read = try map.machine(kernel: machine.kernel)
    #expect(read.cpu[.la57])
    #expect(read.directMapLeaves == machine.directMapLeaves)
    try read.checkInvariants()
  }

  @Test func `a dump that is cut off at its start is taken to begin at the usual base`() throws {
    let lines = try machine().pageTableDump.split(separator: "\n")
    let first = try #require(lines.firstIndex { $0.contains("Low Kernel Mapping") })
    let map = try ReadMap(dump: BytesInMemory(lines[(first + 3)...].joined(separator: "\n").utf8))
    #expect(map.notes.contains(.startIsCut(base: 0xff11_0000_0000_0000)))
    #expect(map.hasFiveLevels == true)
  }

  /// A list of leaves does not tell the levels; another text may.
  @Test func `leaves are put where the machine has them`() throws {
    let machine = try machine()
    let map = try ReadMap(leaves: BytesInMemory(machine.leavesText.utf8))
    #expect(map.hasFiveLevels == nil)
    let four = try map.machine(kernel: machine.kernel)
    #expect(!four.cpu[.la57] && four.leavesText == machine.leavesText)
    let five = try map.machine(kernel: machine.kernel, cpu: machine.cpu)
    #expect(five.cpu[.la57] && five.directMapLeaves == machine.directMapLeaves)
    try five.checkInvariants()
  }

  @Test func `riscv's addresses are not those of five levels of x86-64`() throws {
    let text = """
      ---[ Linear mapping ]---
      0xff60000000000000-0xff60000000200000    0x0000000080000000         2M PMD     D A G . . . R V
      ---[ Modules/BPF mapping ]---
      """
    let map = try ReadMap(dump: BytesInMemory(text.utf8))
    #expect(map.hasFiveLevels == nil)
    #expect(try !map.machine(kernel: .linux6_12).cpu[.la57])
  }

  // MARK: - Recordings

  @Test func `a recording of a machine with five levels reads back`() throws {
    let region: Range<PFN> = 0x18_0000..<0x1c_0000
    var cpu = CPUFeatures()
    cpu[.la57] = true
    let machine = Machine.ofLargeLeaves(gibibytes: 1, cpu: cpu)
    let writer = RecordingText(region: region)
    let origin = RecordingText.Origin(
      kernel: "Linux 6.12.117", version: "", commandLine: "", tool: "")
    let header = writer.header(machine, origin)
    #expect(header.contains("\"page_offset\":\"0xff11000000000000\""))
    let step = Recording.Step(
      call: .setMemory(.ro, .frame(0x18_0000), 1), returned: .success,
      leaves: machine.directMapLeaves.filter { $0.size != nil }, aliasLeaves: [], counters: [])
    let line = try #require(writer.line(step.inside(region)))
    let text = header + "\n" + line + "\n"
    let recording = try Recording(reading: text.utf8)
    #expect(recording.steps.map(\.leaves) == [step.leaves])
    #expect(recording.machine.cpu[.la57])
    #expect(recording.machine.directMapLeaves == machine.directMapLeaves)
    #expect(recording.start == machine.directMapAddress(of: region.lowerBound))
    let other = text.replacing("0xff11000000000000", with: "0xff12000000000000")
    #expect(throws: RecordingError.self) { try Recording(reading: other.utf8) }
  }
}
