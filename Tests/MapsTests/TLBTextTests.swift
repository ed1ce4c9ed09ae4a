import Engine
import KernelText
import Maps
import Testing

/// What `info tlb` of QEMU's monitor prints.
@Suite struct TLBTextTests {
  /// The lines of a machine's leaves, as QEMU prints them.
  private func text(_ machine: Machine, at base: UInt64) -> String {
    func hex(_ value: UInt64) -> String {
      let digits = String(value, radix: 16)
      return String(repeating: "0", count: 16 - digits.count) + digits
    }
    var text = "QEMU 7.2.22 monitor - type 'help' for more information\r\n(qemu) info tlb\r\n"
    text += "0000000000400000: 00000000048c0000 X---A--U-\r\n"
    for run in machine.directMapLeaves {
      guard let size = run.size, let first = AddressLayout.directMapFrame(of: run.start) else {
        continue
      }
      let letters: [(EntryFlags, Character)] = [
        (.nx, "X"), (.global, "G"), (.pse, "P"), (.dirty, "D"), (.accessed, "A"), (.pcd, "C"),
        (.pwt, "T"), (.user, "U"), (.writable, "W"),
      ]
      let words = letters.map { run.flags.contains($0.0) ? String($0.1) : "-" }.joined()
      for index in 0..<run.leafCount where run.flags.contains(.present) {
        let place = (first.rawValue + index * size.pages.rawValue) << 12
        text += "\(hex(base + place)): \(hex(place)) \(words)\r\n"
      }
    }
    return text + "ffffffff81000000: 0000000001000000 -GPDA----\r\n(qemu) quit\r\n"
  }

  @Test(
    arguments: [0xffff_8880_0000_0000, 0xffff_8b59_8000_0000, 0xff11_0000_0000_0000] as [UInt64])
  func `its lines give the leaves, wherever the map lies`(_ base: UInt64) throws {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var machine = try Machine(booting: description, kernel: .linux6_12)
    try machine.perform(.setMemory(.ro, .frame(0x40205), 3))
    let text = self.text(machine, at: base)
    #expect(SourceKind(beginning: Array(text.utf8)[...]) == .tlb)
    let map = try ReadMap(tlb: BytesInMemory(text.utf8))
    #expect(
      LeavesText.text(of: map.leaves)
        == LeavesText.text(
          of: machine.directMapLeaves.filter {
            $0.size != nil
          }))
    #expect(map.base == base && map.notes.contains(.presentOnly))
  }

  @Test func `other text is refused, and nothing traps`() {
    for text in [
      "", "(qemu) ", "ffff888000000000: 0000000000000000 XG-DA---", "0000000000400000: 0 X---A--U-",
      "ffffffffffffffff: ffffffffffffffff XGPDACTUW",
      "fffffffffffff000: 000ffffffffff000 XGPDACTUW\nffff888000000000: 0000000000000000 QGPDACTUW",
    ] {
      #expect(throws: KernelTextError.self) { try ReadMap(tlb: BytesInMemory(text.utf8)) }
    }
  }
}
