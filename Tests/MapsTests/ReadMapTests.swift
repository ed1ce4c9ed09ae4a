import Engine
import KernelText
import Maps
import TestSupport
import Testing

/// Direct maps that were read.
struct ReadMapTests {
  private func map(_ text: String, base: VirtualAddress? = nil) throws -> ReadMap {
    try ReadMap(dump: BytesInMemory(text.utf8), base: base)
  }

  /// The dump of a machine from the heading of the direct map to the next one.
  private func part(_ text: String, upTo header: String) -> [Substring] {
    Array(text.split(separator: "\n").prefix { $0 != "---[ \(header) ]---" })
  }

  @Test(arguments: RecordedBoot.all)
  func `a dump of ours reads back to the same dump`(_ boot: RecordedBoot) throws {
    let machine = try boot.booted()
    let text = machine.pageTableDump
    let read = try map(text).machine(
      kernel: boot.kernel, cpu: boot.cpu, ram: machine.memory.ranges, kernelImage: machine.image)
    #expect(read.pageTableDump == text)
    #expect(read.memory == machine.memory)
  }

  @Test(arguments: RecordedBoot.dumped)
  func `a kernel's own dump reads back to its lines of the direct map`(
    _ boot: RecordedBoot,
  ) throws {
    let text = try boot.text("ptdump.txt")
    let read = try map(text).machine(kernel: boot.kernel)
    #expect(
      part(read.pageTableDump, upTo: "vmalloc() Area") == part(text, upTo: "vmalloc() Area"))
  }

  @Test(arguments: RecordedBoot.all)
  func `leaves written are read back as they were`(_ boot: RecordedBoot) throws {
    let machine = try boot.recordedMachine()
    let map = try ReadMap(leaves: BytesInMemory(machine.leavesText.utf8))
    let read = try map.machine(kernel: boot.kernel)
    #expect(read.leavesText == machine.leavesText)
  }

  @Test func `a randomised base is found, and told`() throws {
    let machine = try #require(RecordedBoot.all.first).booted()
    let plain = machine.pageTableDump
    // The same map 37 GiB higher.
    let lines = part(plain, upTo: "vmalloc() Area").filter { !$0.hasSuffix("pgd") }.map {
      line -> String in
      guard line.hasPrefix("0xffff888") || line.hasPrefix("0xffff889") else { return String(line) }
      let shift: UInt64 = 37 << 30
      let ends = line.prefix(37).split(separator: "-").compactMap {
        UInt64($0.dropFirst(2), radix: 16)
      }
      guard ends.count == 2 else { return String(line) }
      return "0x" + String(ends[0] + shift, radix: 16) + "-0x" + String(ends[1] + shift, radix: 16)
        + line.dropFirst(37)
    }
    let moved = try map(lines.joined(separator: "\n") + "\n---[ vmalloc() Area ]---\n")
    #expect(moved.leaves == (try map(plain)).leaves)
    #expect(moved.base == AddressLayout.pageOffset.rawValue + 37 << 30)
    #expect(moved.notes.contains { if case .randomised = $0 { true } else { false } })
  }

  @Test func `a log's prefix, and lines of other programs, do no harm`() throws {
    let text = try FieldCase.text("desktop-32g/ptdump")
    let plain = try map(text)
    var logged = ""
    for (index, line) in text.split(separator: "\n").enumerated() {
      logged += "[    3.\(100_000 + index)] \(line)\n"
      if index == 5 { logged += "[    3.200000] usb 1-1: new high-speed USB device\n" }
    }
    let read = try map(logged)
    #expect(read.leaves == plain.leaves)
    #expect(read.notes.contains(.otherLines(1)))
  }

  @Test func `what is cut off is told`() throws {
    let machine = try #require(RecordedBoot.all.first).booted()
    let lines = part(machine.pageTableDump, upTo: "Vmemmap")
    let first = try #require(lines.firstIndex { $0.contains("Low Kernel Mapping") })
    // Without the headings before, and cut within the last line.
    let start = try map(lines[(first + 3)...].joined(separator: "\n"))
    #expect(start.notes.contains(.startIsCut(base: AddressLayout.pageOffset.rawValue)))
    #expect(start.leaves.last == (try map(machine.pageTableDump)).leaves.last)
    let end = try map(lines[..<(first + 6)].joined(separator: "\n") + "\n0xffff8880")
    #expect(end.notes.contains(.lastLineIsCut))
    #expect(end.notes.contains { if case .endIsCut = $0 { true } else { false } })
    let given = try map(
      lines[(first + 3)...].joined(separator: "\n"), base: 0xffff_8840_0000_0000)
    #expect(given.base == 0xffff_8840_0000_0000)
    #expect(
      given.leaves.first.flatMap { AddressLayout.directMapFrame(of: $0.start) } ?? 0 > 0x400_0000)
  }

  @Test func `a dump of riscv is read by its physical addresses`() throws {
    let text = """
      ---[ Linear mapping ]---
      0xff60000000000000-0xff60000000200000    0x0000000080000000         2M PMD     D A G . . . R V
      0xff60000000200000-0xff60000000400000    0x0000000080200000         2M PMD     D A G . . W R V
      0xff60000000400000-0xff60000000401000    0x0000000080400000         4K PTE     D A G . X W R V
      ---[ Modules/BPF mapping ]---
      0xffffffff01000000-0xffffffff01001000    0x0000000084000000         4K PTE     . A G . X W R V
      """
    let read = try map(text)
    #expect(read.origin == .dump(.riscv64))
    #expect(read.notes.contains(.riscv))
    let frames = read.leaves.compactMap { AddressLayout.directMapFrame(of: $0.start) }
    #expect(frames == [0x80000, 0x80200, 0x80400])
    #expect(PermissionClass(read.leaves[0]) == .roNX)
    #expect(PermissionClass(read.leaves[1]) == .rwNX)
    #expect(PermissionClass(read.leaves[2]) == .rwX)
    #expect(read.unsafe.pages == 1)
    #expect(read.unsafe.parts.first?.heading == "Modules/BPF mapping")
  }

  @Test(arguments: [
    "---[ Low Kernel Mapping ]---\n0xffff888000000000-0xffff888000001000 4K RW NX pte\ngarbage\n"
      + "0xffff888000001000-0xffff888000002000 4K RW NX pte\n",
    "---[ Linear mapping ]---\n0x1000-0x2000 0xffffffffffffff00 4K PTE V\n",
    "0x0-0x1000 4K pte\n", "---[ vmalloc() Area ]---\n0x1000-0x2000 4K RW NX pte\n",
  ])
  func `refuses what is no dump`(_ text: String) {
    #expect(throws: KernelTextError.self) { try self.map(text) }
  }

  @Test func `a dump that would fill the memory is refused`() throws {
    let text =
      "---[ Low Kernel Mapping ]---\n0xffff888000000000-0xffff888000001000 4K RW NX pte\n"
      + "0xffff888000001000-0xffffc88000000000 65535G pte\n---[ vmalloc() Area ]---\n"
    let read = try map(text)
    #expect(throws: KernelTextError.self) { try read.machine(kernel: .linux6_12) }
  }
}
