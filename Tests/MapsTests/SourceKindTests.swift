import Engine
import Foundation
import KernelText
import Maps
import TestSupport
import Testing

/// What a source is, told by its contents.
struct SourceKindTests {
  private func kind(_ text: String) -> SourceKind? { SourceKind(beginning: ArraySlice(text.utf8)) }

  @Test(arguments: [
    ("iomem.txt", SourceKind.iomem), ("meminfo.txt", .meminfo), ("vmstat.txt", .vmstat),
    ("zoneinfo.txt", .zoneinfo), ("buddyinfo.txt", .buddyinfo),
    ("pagetypeinfo.txt", .pagetypeinfo), ("leaves.txt", .leaves), ("dmesg.txt", .dmesg),
    ("cmdline.txt", .cmdline),
  ])
  func `the files of recorded machines are told apart`(_ file: String, _ kind: SourceKind) throws {
    for boot in RecordedBoot.all {
      guard let text = try? boot.text(file) else { continue }
      #expect(self.kind(text) == kind, "\(boot.folder)/\(file)")
    }
  }

  @Test func `dumps, logs and vmstat of the field are told apart`() throws {
    #expect(kind(try FieldCase.text("desktop-32g/ptdump")) == .ptdump)
    #expect(kind(try FieldCase.text("arm64-bbml2/ptdump")) == .ptdump)
    #expect(kind(try FieldCase.text("vmstat")) == .vmstat)
    #expect(kind(try FieldCase.text("hyper-v-8g/meminfo")) == .meminfo)
    #expect(kind(try FieldCase.text("zeros-iomem")) == .iomem)
    for form in ["dT", "iso", "kern", "quoted", "raw", "syslog"] {
      #expect(kind(try FieldCase.text("pasted/\(form)")) == .dmesg, "\(form)")
    }
  }

  @Test(arguments: [
    (
      "0xffffb61c40000000-0xffffb61c40005000   20480 bpf_prog_alloc+0x31/0x250 pages=4 vmalloc\n",
      SourceKind.vmallocinfo
    ),
    ("nf_tables 372736 0 - Live 0xffffffffc0a3d000\n", .modules),
    ("Linux version 6.12.117+deb13-amd64 (x) #1 SMP\n", .version),
    ("BOOT_IMAGE=/vmlinuz root=/dev/vda1 quiet\n", .cmdline),
    ("0000000000000000 T _text\n", .kallsyms),
    ("ffffffff81000000 T startup_64\nffffffff81000040 t secondary\n", .kallsyms),
    ("# tracer: nop\n#\n", .trace),
    (
      "insmod   105 [000]     2.738228: directmap:set_memory_ro: (ffffffff) addr=0x1000 numpages=1\n",
      .trace
    ),
    ("insmod-105   [000]     2.738228: set_memory_ro: addr=0x1000 numpages=1\n", .trace),
    ("[  3.1] ---[ Low Kernel Mapping ]---\n", .ptdump),
    ("0xffff888000200000-0xffff888001000000          14M     RW  GLB NX pmd\n", .ptdump),
  ])
  func `one line is enough`(_ text: String, _ kind: SourceKind) {
    #expect(self.kind(text) == kind)
  }

  @Test func `symbols choose a profile where the version does not tell`() throws {
    var symbols = SymbolsText()
    for name in [
      "set_memory_ro", "set_memory_rox", "set_direct_map_valid_noflush", "bpf_prog_pack_alloc",
      "collapse_large_pages", "execmem_cache_clean",
    ] {
      symbols.read(line: "0000000000000000 T \(name)")
    }
    symbols.read(line: "0000000000000000 t set_memory_4k\t[module]")
    symbols.read(line: "rubbish")
    var evidence = MachineEvidence()
    evidence.release = "6.12.0-55.el10.x86_64"
    #expect(evidence.kernelChoice.profile.name == "linux-6.12.24")
    evidence.features = symbols.features
    #expect(evidence.kernelChoice.profile.name == "linux-6.18")
    #expect(evidence.kernelChoice.reason.description.contains("not linux-6.12.24, as"))
    evidence.features = SymbolsText().features
    evidence.vmstat = try NameValueText(
      "direct_map_level2_splits 3\ndirect_map_level2_collapses 1\n")
    #expect(evidence.kernelChoice.profile.collapses)
  }

  @Test func `memory is told by how it begins`() {
    let vectors = (0..<256).flatMap { _ in [0x53, 0xff, 0x00, 0xf0] as [UInt8] }
    #expect(SourceKind(beginning: vectors[...]) == .qemu)
    #expect(SourceKind(beginning: vectors[..<60]) != .qemu)
    #expect(kind("KDUMP   \u{6}\u{0}\u{0}") == .kdump && kind("DISKDUMP\u{1}") == .kdump)
    #expect(SourceKind.core.isMemory && SourceKind.qemu.isMemory && !SourceKind.tlb.isMemory)
  }

  @Test func `what is nothing known is not guessed`() {
    #expect(kind("") == nil && kind("hello\nworld\n") == nil && kind("\u{0}\u{1}\u{2}") == nil)
  }
}

/// Reports on real machines.
struct MapReportTests {
  private func evidence(_ boot: RecordedBoot) throws -> MachineEvidence {
    var evidence = MachineEvidence()
    evidence.iomem = try IomemText(boot.text("iomem.txt"))
    evidence.log = try DmesgText(boot.text("dmesg.txt"))
    evidence.meminfo = try boot.meminfo()
    evidence.vmstat = try NameValueText(boot.text("vmstat.txt"))
    let map = try ReadMap(leaves: BytesInMemory(boot.text("leaves.txt").utf8))
    evidence.maps = [MachineEvidence.NamedMap(name: "leaves", map: map)]
    return evidence
  }

  /// The recorded counters were read before the probe split anything; its splits came later.
  @Test(arguments: RecordedBoot.all)
  func `recorded machines: counters, tables and boot agree`(_ boot: RecordedBoot) throws {
    let evidence = try evidence(boot)
    let reading = try #require(try evidence.machine(named: "x"))
    #expect(reading.description.image != nil)
    #expect(reading.description.cpu[.gbpages] == boot.cpu[.gbpages])
    let booted = try Machine(booting: reading.description, kernel: boot.kernel)
    let map = try #require(evidence.maps.first)
    let machine = try map.map.machine(kernel: boot.kernel, cpu: boot.cpu)
    let report = MapReport(
      evidence, map: map, on: machine, kernel: boot.kernel, reading: reading, booted: booted)
    let boots = try #require(report.boot)
    // DirectMap1G is as much too high as boot counts twice.
    #expect(report.drift?.of1G == boots.countedTwiceGibibytes << 20)
    let since = try #require(report.sinceBoot)
    #expect(since.bootSum == since.shownSum)
    #expect(since.of1G == Int64(boots.split1G ?? 0))
    #expect(report.summary.count >= 8)
    #expect(!report.json.isEmpty)
  }

  @Test func `the Hyper-V guest: two of 1G and 65 of 2M, and what the image may add`() throws {
    var evidence = MachineEvidence()
    evidence.iomem = try IomemText(FieldCase.text("hyper-v-8g/iomem"))
    evidence.log = try FieldCase.log("hyper-v-8g/dmesg")
    evidence.meminfo = try NameValueText(FieldCase.text("hyper-v-8g/meminfo"))
    let reading = try #require(try evidence.machine(named: "x"))
    let booted = try Machine(booting: reading.description, kernel: evidence.kernel)
    let report = MapReport(
      evidence, map: nil, on: nil, kernel: evidence.kernel, reading: reading, booted: booted)
    let since = try #require(report.sinceBoot)
    #expect(since.shownSum == 9_436_416 && since.bootSum == 9_436_416)
    #expect(since.of1G == 2 && since.of2M == 65)
    #expect(since.unsure1G == 1 && since.unsure2M == 30)
    let text = report.summary.joined(separator: "\n")
    #expect(text.contains("9436416 kB shown"))
    #expect(text.contains("2 leaves of 1G and 65 of 2M were split since boot"))
    #expect(text.contains("whose place is not known in full"))
  }

  @Test func `vmstat beside iomem tells the splits since boot`() throws {
    var evidence = MachineEvidence()
    evidence.iomem = try IomemText(FieldCase.text("hyper-v-8g/iomem"))
    evidence.vmstat = try NameValueText(FieldCase.text("vmstat"))
    let reading = try #require(try evidence.machine(named: "x"))
    let booted = try Machine(booting: reading.description, kernel: .linux6_1)
    let report = MapReport(
      evidence, map: nil, on: nil, kernel: .linux6_1, reading: reading, booted: booted)
    #expect(report.counted?.splits1G == 4 && report.counted?.splits2M == 94)
    #expect(report.summary.contains { $0.contains("4 splits of 1G and 94 of 2M") })
  }

  @Test func `two maps of one machine differ in what a call did`() throws {
    let before = try #require(RecordedBoot.all.first { $0.folder.hasSuffix("7.2.12/boot-20g") })
      .recordedMachine()
    var after = before
    let pfn: PFN = 0x280000
    try after.perform(.setMemory(.ro, .frame(pfn), 3))
    try after.perform(.setMemory(.x, .frame(pfn + 100), 2))
    let difference = MapDifference(
      before.directMapLeaves, named: "a", after.directMapLeaves, named: "b", comparesAccess: false)
    #expect(difference.split1G == 1 && difference.split2M == 1)
    #expect(difference.merged1G == 0 && difference.merged2M == 0)
    #expect(difference.readOnlyGained == 3 && difference.lost["RW"] == 3)
    #expect(difference.lost["NX"] == 2 && difference.unsafeGained == 2)
    #expect(!difference.isEmpty)
    let back = MapDifference(
      after.directMapLeaves, named: "b", before.directMapLeaves, named: "a", comparesAccess: false)
    #expect(back.merged1G == 1 && back.merged2M == 1 && back.gained["RW"] == 3)
    #expect(back.unsafeLost == 2 && back.readOnlyLost == 3)
    let same = MapDifference(
      after.directMapLeaves, named: "b", after.directMapLeaves, named: "b", comparesAccess: true)
    #expect(same.isEmpty && same.lines() == ["b and b are equal"])
  }
}
