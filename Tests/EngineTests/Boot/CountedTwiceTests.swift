import Engine
import TestSupport
import Testing

/// By how much DirectMap1G is too high after boot: it depends on where RAM ends.
struct CountedTwiceTests {
  /// A PC with RAM up to 3 GiB less 128 KiB, and from 4 GiB to an end in MiB.
  private func booted(endingAt mebibytes: UInt64) throws -> Machine {
    func entry(_ start: UInt64, _ end: UInt64) -> MachineDescription.E820Entry {
      .init(PhysicalAddress(start)..<PhysicalAddress(end), .usable)
    }
    let description = MachineDescription(
      name: "pc",
      e820: [
        entry(0, 0x9_fc00), entry(0x10_0000, 0xbffe_0000), entry(4 << 30, mebibytes << 20),
      ], cpu: CPUFeatures(), image: nil)
    return try Machine(booting: description, kernel: .linux6_12)
  }

  private func gibibytesTooHigh(_ machine: Machine) -> Int64 {
    let leaves = machine.directMapRuns.filter { $0.size == .size1G }
      .reduce(0) { $0 + $1.leafCount }
    return machine.counters[.directMap(.size1G)] - Int64(leaves)
  }

  @Test(
    arguments: [
      // At a multiple of 1 GiB; less than 512 MiB above one; 512 MiB and more.
      (5 << 10, 2), (9 << 10, 2), (128 << 10, 2), (129 << 10, 2), (256 << 10, 2),
      (9 << 10 | 2, 1), (9 << 10 | 4, 1), (9 << 10 | 256, 1), (256 << 10 | 510, 1),
      (257 << 10 | 256, 1), (9 << 10 | 512, 0), (9 << 10 | 768, 0), (9 << 10 | 1022, 0),
      (128 << 10 | 512, 0),
    ] as [(UInt64, Int64)])
  func `DirectMap1G is 0, 1 or 2 GiB too high by the end of RAM`(
    _ mebibytes: UInt64, _ tooHigh: Int64,
  ) throws {
    let machine = try booted(endingAt: mebibytes)
    #expect(gibibytesTooHigh(machine) == tooHigh)
    // The other sizes are as counted.
    for size in [LeafSize.size4K, .size2M] {
      let leaves = machine.directMapRuns.filter { $0.size == size }
        .reduce(0) { $0 + $1.leafCount }
      #expect(machine.counters[.directMap(size)] == Int64(leaves))
    }
  }
}
