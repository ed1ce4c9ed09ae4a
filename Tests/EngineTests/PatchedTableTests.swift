import Engine
import TestSupport
import Testing

/// Tables in which few entries differ are kept in little memory, and nothing else can tell.
struct PatchedTableTests {
  /// Runs of 4K leaves over 4 GiB, a few in each block, and some larger leaves.
  private func leaves(_ seed: UInt64) -> [LeafRun] {
    var numbers = SeededNumbers(seed: seed)
    var runs: [LeafRun] = []
    var page: UInt64 = 0
    let kinds: [EntryFlags] = [
      .pageKernel, .pageKernel.subtracting(.writable), .pageKernel.subtracting(.present),
      .pageKernel.subtracting(.global), .pageKernel.subtracting(.nx),
    ]
    while page < 1 << 20 {
      let isLarge = page % 512 == 0 && numbers.next(below: 4) == 0
      let rest = 512 - page % 512
      let count =
        isLarge
        ? 512
        : [1, rest, 1 + numbers.next(below: rest), 512 * 3 + rest]
          .map { min($0, 1 << 20 - page) }[Int(numbers.next(below: 4))]
      let flags = kinds[Int(numbers.next(below: UInt64(kinds.count)))]
      let address = AddressLayout.directMapAddress(of: PFN(page))
      if numbers.next(below: 30) > 0 {
        runs.append(
          LeafRun(
            start: address, pages: PageCount(count), size: isLarge ? .size2M : .size4K,
            flags: isLarge ? EntryFlags.pageKernel.fourKToLarge.union(.pse) : flags))
      }
      page += count
    }
    return runs
  }

  private func machine(_ runs: [LeafRun], small: Bool) -> Machine {
    let frames = runs.compactMap { run in
      AddressLayout.directMapFrame(of: run.start).map { $0..<$0 + run.pages }
    }
    return Machine(
      kernel: .linux6_12, cpu: CPUFeatures(), memory: MemoryMap(frames), leaves: runs,
      directMapKilobytes: [:], keepsTablesSmall: small)
  }

  @Test(arguments: 1...6 as ClosedRange<UInt64>)
  func `nothing tells whether they are spelled out`(_ seed: UInt64) throws {
    let runs = leaves(seed)
    var plain = machine(runs, small: false)
    var small = machine(runs, small: true)
    #expect(small.checksum == plain.checksum)
    #expect(small.directMapRuns == plain.directMapRuns)
    #expect(small.tables.tableCount == plain.tables.tableCount)
    var numbers = SeededNumbers(seed: seed)
    for _ in 0..<2000 {
      let address = AddressLayout.directMapAddress(of: PFN(numbers.next(below: 1 << 20)))
      #expect(small.tables.lookup(address) == plain.tables.lookup(address))
    }
    var entries: [[EntryRun]] = [[], []]
    small.tables.forEachEntryRun(of: .x86_64) { entries[0].append($0) }
    plain.tables.forEachEntryRun(of: .x86_64) { entries[1].append($0) }
    #expect(Self.joined(entries[0]) == Self.joined(entries[1]))
    // What changes them spells them out.
    for _ in 0..<200 {
      let pfn = PFN(numbers.next(below: 1 << 20))
      let pages = PageCount(1 + numbers.next(below: 700))
      let operation: SetMemory = [.ro, .rw, .x, .nx][Int(numbers.next(below: 4))]
      let calls = [small, plain].map { machine in
        var machine = machine
        let result = try? machine.perform(.setMemory(operation, .frame(pfn), pages))
        return (machine, result)
      }
      #expect(calls[0].1 == calls[1].1)
      (small, plain) = (calls[0].0, calls[1].0)
    }
    #expect(small.checksum == plain.checksum)
    #expect(small.directMapRuns == plain.directMapRuns)
  }

  /// Runs of entries without the borders of tables.
  private static func joined(_ runs: [EntryRun]) -> [EntryRun] {
    runs.reduce(into: []) { joined, run in
      if let last = joined.last, last.level == run.level, last.flags == run.flags,
        last[last.count] == run.start
      {
        joined[joined.count - 1].count += run.count
      } else {
        joined.append(run)
      }
    }
  }
}
