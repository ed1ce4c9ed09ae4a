import Engine
import KernelText
import TestSupport
import Testing

/// Texts that are printed as the kernel prints them, and read again.
struct PrintedTextTests {
  @Test(arguments: RecordedBoot.all)
  func `prints leaves as they were recorded`(_ boot: RecordedBoot) throws {
    let text = try boot.text("leaves.txt")
    #expect(try LeavesText.text(of: boot.leaves()) == text)
    #expect(try boot.recordedMachine().leavesText == text)
  }

  @Test(arguments: RecordedBoot.all)
  func `prints meminfo to the column`(_ boot: RecordedBoot) throws {
    let meminfo = try boot.meminfo()
    var kilobytes: [LeafSize: Int64] = [:]
    for (size, name) in [
      (LeafSize.size4K, "DirectMap4k"), (.size2M, "DirectMap2M"), (.size1G, "DirectMap1G"),
    ] {
      kilobytes[size] = Int64(meminfo[name] ?? 0)
    }
    let machine = Machine(
      kernel: boot.kernel, cpu: boot.cpu, memory: MemoryMap([0..<1]), leaves: [],
      directMapKilobytes: kilobytes)
    #expect(try boot.text("meminfo.txt").hasSuffix("kB\n" + machine.meminfoText))
  }

  @Test func `prints vmstat and cpa_stats`() throws {
    let teaching = try #require(MachineDescription(builtIn: "teaching-4g"))
    var machine = try Machine(booting: teaching, kernel: .linux6_12)
    let before = machine.cpaStatsText.split(separator: "\n")
    try machine.perform(.setMemory(.ro, .frame(0x10_0003), 1))
    #expect(machine.vmstatText == "direct_map_level2_splits 1\ndirect_map_level3_splits 1\n")
    let lines = machine.cpaStatsText.split(separator: "\n")
    #expect(lines.count == 7)
    #expect(lines.allSatisfy { $0.count == 38 })
    #expect(lines[0] != before[0] && lines[3] != before[3] && lines[6] != before[6])
    #expect(lines[6].hasPrefix("4K pages set-checked:  "))
    let later = try Machine(booting: teaching, kernel: .linux7_2)
    #expect(later.vmstatText.split(separator: "\n").count == 5)
    #expect(later.vmstatText.hasSuffix("direct_map_level3_collapses 0\n"))
  }

  @Test func `shows an area, a hole in it, and no PAT of a large leaf`() throws {
    let teaching = try #require(MachineDescription(builtIn: "teaching-4g"))
    var machine = try Machine(booting: teaching, kernel: .linux6_12)
    let name = try #require(Name("area"))
    try machine.perform(.vmap(name, FrameStride(first: 0x10_0000, count: 3), at: nil))
    try machine.perform(.setMemory(.np, .area(name, page: 1), 1))
    try machine.perform(.setMemory(.wt, .frame(0x10_0200), 512))
    let lines = machine.pageTableDump.split(separator: "\n")
    let area = lines.drop { $0 != "---[ vmalloc() Area ]---" }.prefix(5)
    #expect(
      Array(area) == [
        "---[ vmalloc() Area ]---",
        "0xffffc90000000000-0xffffc90000001000           4K     RW                 GLB NX pte",
        "0xffffc90000001000-0xffffc90000002000           4K                               pte",
        "0xffffc90000002000-0xffffc90000003000           4K     RW                 GLB NX pte",
        "0xffffc90000003000-0xffffc90000200000        2036K                               pte",
      ])
    let large = try #require(lines.first { $0.hasPrefix("0xffff888100200000") })
    #expect(large.hasSuffix("2M     RW PWT PCD PSE     GLB NX pmd"))
  }

  @Test(arguments: [
    "L 0 98 1", "L 0 0 1 163", "L 0 98 4 163", "L 1 200 2 1e3", "L 0 1ff 2 1e3",
    "M 0 98 1 163", "L 400000000 1 1 163", "L 3ffffffff 2 1 163",
    "L 0 ffffffffffffffff 1 163", "L 5 1 1 163\nL 4 1 1 163", "L 0 10 1 163\nL f 1 0 0",
  ])
  func `refuses leaves that no direct map has`(_ text: String) {
    #expect(throws: KernelTextError.self) { try LeavesText(text) }
  }

  @Test(arguments: ["", "A", "A b", "A 1 MB", "A 18446744073709551616", "A -1", "A 1 kB x"])
  func `refuses lines without a number`(_ text: String) {
    #expect(throws: KernelTextError.self) { try NameValueText(text) }
  }
}
