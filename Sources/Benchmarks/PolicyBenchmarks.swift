import Engine

/// The cost of merging policies.
enum PolicyBenchmarks {
  /// A machine with one tracked table of 4K entries: all standard but the last, so that a scan
  /// reads them all before it fails.
  private static func machine() -> (machine: Machine, address: VirtualAddress)? {
    let pages = PageCount(1 << 18)
    let start = AddressLayout.directMapAddress(of: 0)
    let leaves = LeafRun(
      start: start, pages: pages, size: .size2M, flags: EntryFlags.pageKernel.union(.pse))
    guard let policies = try? PolicySet([.hyeyooBitmap2022]) else { return nil }
    var machine = Machine(
      kernel: .linux6_12, cpu: CPUFeatures(), memory: MemoryMap([PFN(0)..<(PFN(0) + pages)]),
      leaves: [leaves], directMapKilobytes: [.size2M: Int64(pages.kilobytes)], policies: policies)
    _ = try? machine.perform(.setMemory(.ro, .frame(511), 1))
    return (machine, start)
  }

  /// The bitmap policy's test after an entry became standard again, 8 entries and a word, compared
  /// with the test of upstream and the policy of 2020, a scan of 512.
  static func mergeTest() -> [Measurement] {
    guard let (machine, address) = machine() else { return [] }
    let count = 10_000
    var found = 0
    let times = Measurement.leastSecondsInTurn(
      of: 60,
      {
        for index in 0..<count {
          if machine.tables.directMapSplitWord(
            at: address + PageCount(UInt64(index & 255)), .size4K) == 0
          {
            found += 1
          }
        }
      },
      {
        for _ in 0..<count {
          if case .success = machine.collapseTest(of: .size2M, at: address) { found += 1 }
        }
      })
    precondition(found == 0, "One entry blocks the merge.")
    return [
      Measurement(
        name: "the bitmap policy's merge test / a scan of 512", value: times.first / times.second,
        goal: 0.05,
        detail: "\(Measurement.nanoseconds(times.first, count)) / "
          + Measurement.nanoseconds(times.second, count))
    ]
  }
}
