import Engine
import TestSupport
import Testing

@Suite struct PageTablesTests {
  /// A machine whose direct map has leaves of all sizes.
  private static func mixed(seed: UInt64) -> Machine {
    var machine = Machine.ofLargeLeaves(gibibytes: 4, kernel: .linux7_2)
    var calls = RandomCalls(seed: seed)
    for _ in 0..<20 { _ = try? machine.perform(calls.next(on: machine)) }
    return machine
  }

  @Test(arguments: 0..<16 as Range<UInt64>)
  func `runs of any range say what a look at each page says`(seed: UInt64) {
    let machine = Self.mixed(seed: seed)
    var random = SeededGenerator(seed: seed)
    for _ in 0..<12 {
      let before = random.next(below: 1 << 20)
      let start = AddressLayout.directMapAddress(of: Machine.largeLeavesStart) + PageCount(before)
      let pages = 1 + random.next(below: random.pick([3, 700, 5000]))
      let runs = machine.tables.runs(from: start, pages: PageCount(pages))
      #expect(runs.reduce(0) { $0 + $1.pages.rawValue } == pages)
      var address = start
      for (index, run) in runs.enumerated() {
        #expect(run.start == address)
        if index > 0 {
          #expect(run.size != runs[index - 1].size || run.flags != runs[index - 1].flags)
        }
        for _ in 0..<run.pages.rawValue {
          let leaf = machine.tables.lookup(address)
          guard leaf?.size == run.size, (leaf?.flags ?? []) == run.flags else {
            Issue.record("\(address.hex) differs from \(run)")
            return
          }
          address = address + 1
        }
      }
    }
  }

  @Test func `runs reach over the end of the tables and of the address space`() {
    let machine = Machine.ofLargeLeaves()
    let last = VirtualAddress(0xffff_ffff_ffff_f000)
    #expect(
      machine.tables.runs(from: last, pages: 1)
        == [LeafRun(start: last, pages: 1, size: nil, flags: [])])
    let all = machine.tables.runs(from: AddressLayout.pageOffset, pages: PageCount(1 << 34))
    #expect(all.map(\.size) == [nil, .size1G, nil])
    #expect(all.reduce(0) { $0 + $1.pages.rawValue } == 1 << 34)
    #expect(machine.tables.runs(from: last, pages: 0).isEmpty)
  }

  @Test func `tables exist only where something is split`() throws {
    var machine = Machine.ofLargeLeaves()
    let start = machine.tables.tableCount
    try machine.perform(.setMemory(.ro, .frame(Machine.largeLeavesStart), 1))
    #expect(machine.tables.tableCount == start + 2)
    try machine.perform(.setMemory(.ro, .frame(Machine.largeLeavesStart + 512), 512))
    #expect(machine.tables.tableCount == start + 2)
  }

  @Test(
    arguments: [
      (0x8000_0000_0000_01e3, 0x8000_0000_0000_0163), (0x10e3, 0x00e3), (0x0063, 0x0063),
      (0x1fff, 0x0fff),
    ] as [(UInt64, UInt64)])
  func `the PAT bit moves between the layouts and PSE goes`(large: UInt64, small: UInt64) {
    #expect(EntryFlags(rawValue: large).largeTo4K.rawValue == small)
  }

  @Test func `every combination of PAT and PSE survives the way to 4K and back`() {
    for bits in 0..<UInt64(1 << 13) {
      let flags = EntryFlags(rawValue: bits)
      let back = flags.largeTo4K.fourKToLarge
      #expect(back == flags.subtracting(.pse))
    }
  }
}
