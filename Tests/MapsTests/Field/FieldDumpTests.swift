import Engine
import KernelText
import Maps
import TestSupport
import Testing

/// Page-table dumps of real kernels.
struct FieldDumpTests {
  @Test func `a dump is as booted but for the trampoline`() throws {
    let machine = try FieldCase.booted(log: "desktop-32g/dmesg")
    let shown = try ShownText(FieldCase.text("desktop-32g/ptdump"))
    let lines = shown.comparison(with: machine)
    #expect(lines.first == "25 of 26 lines of the direct map are as booted here")
    #expect(lines.dropFirst().first == "line 4: pfn 0x0 to 0x200: pte RW GLB NX")
    #expect(lines.dropFirst(2).allSatisfy { $0.hasPrefix("  booted: ") })
    #expect(lines.count == 7)
    for form in ["dmesg-T0", "dmesg-x", "dmesg-qp"] {
      let other = try FieldCase.booted(log: "desktop-32g/" + form)
      #expect(shown.comparison(with: other) == lines)
    }
    let arm = try #require(MachineDescription(builtIn: "arm64-4g"))
    let booted = try Machine(booting: arm, kernel: .linux6_12Arm64)
    #expect(shown.comparison(with: booted).count == 1)
  }

  @Test func `reads a dump of arm64 with FEAT_BBM level 2`() throws {
    let map = try ReadMap(dump: BytesInMemory(FieldCase.text("arm64-bbml2/ptdump").utf8))
    #expect(map.architecture == .arm64)
    let machine = try map.machine(kernel: .linux7_0Arm64)
    #expect(
      machine.leavesText == """
        L 0 200 2 8020000000000123
        L 200 10 1 8030000000000123
        L 210 1f0 1 8020000000000121
        L 400 2000 2 8020000000000121
        L 2400 150 1 8020000000000121
        L 2550 b0 1 8030000000000123
        L 2600 1a00 2 8020000000000123
        L 4000 3c000 2 8030000000000123
        L 40000 100000 3 8020000000000123

        """)
    // The printed dump has the same lines, in the kernel's columns.
    let printed = machine.pageTableDump.split(separator: "\n")
    let original = try FieldCase.text("arm64-bbml2/ptdump").split(separator: "\n")
    func squeezed(_ line: Substring) -> [Substring] { line.split(separator: " ") }
    #expect(printed.prefix(10).map(squeezed) == original.prefix(10).map(squeezed))
    #expect(printed[1] == original[1] && printed[4] == original[4] && printed[9] == original[9])
    #expect(printed[2] == original[2])
  }

  @Test(arguments: ["arm64-4g", "arm64-16g"], [false, true])
  func `prints arm64's own form, and reads it back`(_ name: String, _ isBBML2: Bool) throws {
    var description = try #require(MachineDescription(builtIn: name))
    description.cpu[.bbml2] = isBBML2
    let machine = try Machine(booting: description, kernel: .linux7_0Arm64)
    let text = machine.pageTableDump
    #expect(text.hasPrefix("---[ Linear Mapping start ]---\n0xffff0000"))
    let dump = try PageTableDumpText(text)
    let map = try ReadMap(dump: BytesInMemory(text.utf8))
    let read = try map.machine(kernel: .linux7_0Arm64)
    #expect(read.leavesText == machine.leavesText)
    #expect(ShownText.dump(dump).comparison(with: machine).count == 1)
  }

  @Test(arguments: RecordedBoot.all.prefix(6))
  func `reads an x86 dump back`(_ boot: RecordedBoot) throws {
    let machine = try boot.booted()
    let dump = try ReadMap(dump: BytesInMemory(machine.pageTableDump.utf8))
    // A and D are not printed.
    let hidden: EntryFlags = [.accessed, .dirty, .kernel4K]
    var leaves: [String] = []
    for run in try LeavesText(machine.leavesText).runs where run.flags.contains(.present) {
      guard let size = run.size else { continue }
      leaves += (0..<run.leafCount).map { index in
        "\(run.start.rawValue + index * size.pages.bytes) \(run.flags.subtracting(hidden).rawValue)"
      }
    }
    var read: [String] = []
    for run in dump.leaves {
      guard let size = run.size else { continue }
      read += (0..<run.leafCount).map { index in
        "\(run.start.rawValue + index * size.pages.bytes) \(run.flags.subtracting(hidden).rawValue)"
      }
    }
    #expect(leaves == read)
  }

  @Test(arguments: [
    "", "---[ Low Kernel Mapping ]---\n", "---[ Low Kernel Mapping ]---\nx\n",
    "---[ Low Kernel Mapping ]---\n0xffff888000000000-0xffff888000001000 4K RW NX pxe\n",
    "---[ Low Kernel Mapping ]---\n0xffff888000001000-0xffff888000000000 4K RW NX pte\n",
    "---[ Low Kernel Mapping ]---\n0xffff888000000000-0xffff888000001000 4K RW NX pmd\n",
    "---[ Low Kernel Mapping ]---\n0x0-0xffffffffffffffff 4K RW NX pte\n",
    "---[ Low Kernel Mapping ]---\n0xffff888000001000-0xffff888000002000 4K RW NX pte\n"
      + "0xffff888000000000-0xffff888000001000 4K RW NX pte\n",
    "---[ Linear Mapping start ]---\n0xffff000000000000-0xffff000000200000 2M PGD RW\n",
  ])
  func `refuses what is no dump`(_ text: String) {
    #expect(throws: KernelTextError.self) { try PageTableDumpText(text) }
  }
}
