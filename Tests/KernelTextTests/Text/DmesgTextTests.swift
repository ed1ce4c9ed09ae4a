import Engine
import KernelText
import TestSupport
import Testing

/// The e820 lines of kernel logs, in both wordings.
struct DmesgTextTests {
  private func ranges(_ text: String) throws -> [Range<PFN>] {
    try Machine(booting: DmesgText(text).machine(named: "test"), kernel: .linux6_12)
      .memory.ranges
  }

  @Test(arguments: RecordedBoot.all)
  func `finds the RAM that iomem shows`(_ boot: RecordedBoot) throws {
    let machine = try DmesgText(boot.text("dmesg.txt")).machine(named: boot.folder)
    #expect(machine.cpu[.gbpages] == boot.cpu[.gbpages])
    let booted = try Machine(booting: machine, kernel: boot.kernel)
    #expect(try booted.memory == boot.booted().memory)
  }

  /// Without the lines on nodes, which come late in a log, the e820 lines must do.
  @Test(arguments: RecordedBoot.all.filter { !$0.folder.hasSuffix("holes") })
  func `finds it by the e820 lines alone`(_ boot: RecordedBoot) throws {
    let lines = try boot.text("dmesg.txt").split(separator: "\n")
      .filter { !$0.contains("node ") }.map { "> " + $0 }
    let machine = try DmesgText(lines.joined(separator: "\n")).machine(named: boot.folder)
    let booted = try Machine(booting: machine, kernel: boot.kernel)
    #expect(try booted.memory == boot.booted().memory)
  }

  @Test func `lets a user's map replace the firmware's`() throws {
    let text = """
      <6>[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
      [    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable
      [    0.000000] e820: remove [mem 0x0000000020000000-0x0000000020ffffff] usable
      [    0.000000] user: [mem 0x0000000000100000-0x0000000012344fff] usable
      user: [mem 0x0000000012345000-0x0000000012644fff] reserved
      user: [mem 0x0000000012645000-0x000000003fffffff] usable
      """
    #expect(try ranges(text) == [0..<0x12345, 0x12645..<0x40000])
  }

  @Test(arguments: [
    "> ", "> > [    0.000000] ", "[Sat Nov 21 00:06:12 2026] ", "<6>", "<6>[    0.000000] ",
    "Nov 21 00:06:12 host kernel: ", "Nov 21 00:06:12 host kernel: [    0.000000] ",
  ])
  func `reads through what stands before the line`(_ prefix: String) throws {
    let text = prefix + "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable\r\n"
    #expect(MachineText(recognising: text) == .dmesg)
    #expect(try ranges(text) == [0..<0x40000])
  }

  @Test(arguments: ["usable", " System RAM"])
  func `applies updates and removals`(_ word: String) throws {
    let plain = word.drop { $0 == " " }
    let text = """
      BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] \(word)
      BIOS-e820: [gap 0x0000000040000000-0x00000000fffbffff]
      BIOS-e820: [mem 0x0000000100000000-0x000000013fffffff] \(word)
      e820: update [mem 0x20000000-0x20000fff] \(plain) ==> device reserved
      e820: remove [mem 0x30000000-0x30000fff] \(plain)
      e820: remove [mem 0x38000000-0x38000fff]
      """
    #expect(
      try ranges(text) == [
        0..<0x20000, 0x20001..<0x30000, 0x30001..<0x38000, 0x38001..<0x40000,
        0x100000..<0x140000,
      ])
  }

  @Test func `reads the features that a log tells of`() throws {
    let map = "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable\n"
    #expect(try DmesgText(map).usesGBPages == nil)
    #expect(try DmesgText(map + "Using GB pages for direct mapping\n").usesGBPages == true)
    #expect(try DmesgText(map + "Zone ranges:\n").usesGBPages == false)
    let isolated = map + "[    0.1] Kernel/User page tables isolation: enabled\n"
    #expect(try DmesgText(isolated).machine(named: "").cpu[.pti])
  }

  @Test(arguments: [
    "BIOS-e820: [mem 0x0000000040000000-0x000000003fffffff] usable",
    "BIOS-e820: [mem 0x0000000000000000-0xffffffffffffffff] usable",
    "BIOS-e820: [mem 0x00000000", "BIOS-e820: [mem 0x0000000000000000-0x0000000000000fff] wet",
    "e820: update [mem 0x00000000-0x00000fff] usable",
    "BIOS-e820: [mem 0x0000000000000000-0x00000000000000000000fff] usable",
  ])
  func `names the line that is wrong`(_ line: String) {
    let text = "BIOS-e820: [mem 0x0000000000100000-0x000000003fffffff] usable\n" + line
    #expect {
      try DmesgText(text)
    } throws: { error in
      if case KernelTextError.unexpected(line: 2, _, _) = error { true } else { false }
    }
  }

  @Test func `tells logs and iomem apart`() throws {
    for boot in RecordedBoot.all {
      #expect(try MachineText(recognising: boot.text("dmesg.txt")) == .dmesg)
      #expect(try MachineText(recognising: boot.text("iomem.txt")) == .iomem)
      #expect(try MachineText(recognising: boot.text("meminfo.txt")) == nil)
      #expect(
        try MachineDescription(kernelText: boot.text("iomem.txt"), named: "x").image != nil)
    }
    #expect(throws: KernelTextError.unknownKind) {
      try MachineDescription(kernelText: "", named: "x")
    }
  }
}
