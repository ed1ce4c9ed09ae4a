import Engine
import Testing

/// The direct map right after boot, without a kernel image: counters and true leaves.
struct BootCounterTests {
  struct Case: CustomTestStringConvertible {
    let name: String
    let low: UInt64
    let top: UInt64?
    let kilobytes: [Int64]
    let leaves: [UInt64]
    var cpu = CPUFeatures()
    var testDescription: String { name }

    var description: MachineDescription {
      var e820: [MachineDescription.E820Entry] = [
        .init(PhysicalAddress(0x1000)..<PhysicalAddress(0x9fc00), .usable),
        .init(PhysicalAddress(0x10_0000)..<PhysicalAddress(low), .usable),
      ]
      if let top {
        e820.append(.init(PhysicalAddress(1 << 32)..<PhysicalAddress(top), .usable))
      }
      return MachineDescription(name: name, e820: e820, cpu: cpu, image: nil)
    }
  }

  static let gib: UInt64 = 1 << 30
  static let q35: UInt64 = 0x7ffd_c000

  static func cpu(without name: CPUFeatures.Switch) -> CPUFeatures {
    var cpu = CPUFeatures()
    cpu[name].toggle()
    return cpu
  }

  static let cases: [Case] = [
    Case(
      name: "1 GiB", low: 0x3ffd_c000, top: nil, kilobytes: [3952, 1_044_480, 0],
      leaves: [988, 510, 0]),
    Case(
      name: "2 GiB", low: q35, top: nil, kilobytes: [3952, 2_093_056, 0],
      leaves: [988, 1022, 0]),
    Case(
      name: "4 GiB q35", low: q35, top: 6 * gib, kilobytes: [3952, 2_093_056, 4_194_304],
      leaves: [988, 1022, 2]),
    Case(
      name: "8 GiB q35", low: q35, top: 10 * gib, kilobytes: [3952, 2_093_056, 8_388_608],
      leaves: [988, 1022, 6]),
    Case(
      name: "8 GiB i440fx", low: 0xbffd_c000, top: 9 * gib,
      kilobytes: [3952, 2_093_056, 8_388_608], leaves: [988, 1022, 6]),
    Case(
      name: "16 GiB q35", low: q35, top: 18 * gib, kilobytes: [3952, 2_093_056, 16_777_216],
      leaves: [988, 1022, 14]),
    Case(
      name: "64 GiB q35", low: q35, top: 66 * gib, kilobytes: [3952, 2_093_056, 67_108_864],
      leaves: [988, 1022, 62]),
    Case(
      name: "256 GiB q35", low: q35, top: 258 * gib,
      kilobytes: [3952, 2_093_056, 268_435_456], leaves: [988, 1022, 254]),
    Case(
      name: "top slot half full", low: q35, top: 15 * gib / 2,
      kilobytes: [3952, 2_617_344, 3_145_728], leaves: [988, 1278, 3]),
    Case(
      name: "8 GiB q35, nogbpages", low: q35, top: 10 * gib,
      kilobytes: [3952, 8_384_512, 0], leaves: [988, 4094, 0], cpu: cpu(without: .gbpages)),
    Case(
      name: "8 GiB q35, debug_pagealloc", low: q35, top: 10 * gib,
      kilobytes: [8_388_464, 0, 0], leaves: [2_097_116, 0, 0], cpu: cpu(without: .debugPagealloc)),
    Case(
      name: "Hyper-V 7 GiB", low: 0x3fff_0000, top: 10 * gib,
      kilobytes: [4032, 1_044_480, 8_388_608], leaves: [1008, 510, 6]),
    Case(
      name: "list mail, kernel 4.4", low: 0xbf79_0000, top: 0xc_4000_0000,
      kilobytes: [3648, 2_084_864, 50_331_648], leaves: [912, 1018, 46]),
  ]

  @Test(arguments: cases) func `counts what the kernel counts`(_ test: Case) throws {
    let machine = try Machine(booting: test.description, kernel: .linux6_12)
    #expect(LeafSize.allCases.map(machine.directMapKilobytes) == test.kilobytes)
    let runs = machine.tables.runs(
      from: AddressLayout.pageOffset, pages: machine.memory.end - PFN(0))
    for (size, leaves) in zip(LeafSize.allCases, test.leaves) {
      #expect(runs.filter { $0.size == size }.reduce(0) { $0 + $1.leafCount } == leaves)
    }
    #expect(machine.isRunning)
    #expect(machine.counters[.level2Splits] == 0)
  }
}
