import CBaseline
import Engine

/// The cost of page tables, compared with loops in C over the same number of words.
enum TableBenchmarks {
  private static let start = AddressLayout.directMapAddress(of: 0)

  private static func machine(gibibytes: UInt64, _ size: LeafSize) -> Machine {
    let pages = PageCount(gibibytes << 18)
    let leaves = LeafRun(
      start: start, pages: pages, size: size,
      flags: size == .size4K ? .pageKernel : EntryFlags.pageKernel.union(.pse))
    return Machine(
      kernel: .linux6_12, cpu: CPUFeatures(),
      memory: MemoryMap([PFN(0)..<(PFN(0) + pages)]), leaves: [leaves],
      directMapKilobytes: [size: Int64(pages.kilobytes)])
  }

  /// The same on a booted machine, where the table takes a page from the page allocator.
  private static func splitOfKnownMemory(against loop: Double) -> Measurement {
    let count = 512
    guard let description = MachineDescription(builtIn: "laptop-16g"),
      var booted = try? Machine(booting: description, kernel: .linux6_12)
    else { return Measurement(name: "split on a booted machine", value: .infinity, goal: 2) }
    // The GiB at 8 GiB is split to 2M first.
    let first = PFN(8 << 18)
    _ = try? booted.perform(.setMemory(.split4K, .frame(first), 1))
    let seconds = Measurement.leastSeconds(of: 60) {
      var copy = booted
      for block in 1..<UInt64(count) {
        _ = try? copy.perform(.setMemory(.split4K, .frame(first + PageCount(block * 512)), 1))
      }
    }
    return Measurement(
      name: "the same, its page from the page allocator", value: seconds / loop, goal: 2,
      detail: Measurement.nanoseconds(seconds, count - 1))
  }

  /// Splitting a 2M leaf by `set_memory_4k` on its first page, without a listener.
  static func split() -> [Measurement] {
    let machine = machine(gibibytes: 1, .size2M)
    let count = 512
    // In the first GiB every other leaf, so that the parent table and its children exist already.
    var prepared = machine
    _ = try? prepared.perform(.setMemory(.split4K, .frame(0), 1))
    let words = UnsafeMutablePointer<UInt64>.allocate(capacity: 512)
    let times = Measurement.leastSecondsInTurn(
      of: 60, { unsafe baseline_fill_512(words, 0x163, 4096, count) },
      {
        var copy = prepared
        for block in 1..<UInt64(count) {
          _ = try? copy.perform(.setMemory(.split4K, .frame(PFN(block * 512)), 1))
        }
      })
    let kept = Measurement.leastSeconds { baseline_allocate_and_fill_512(count, 0x163, 4096) }
    unsafe words.deallocate()
    return [
      Measurement(
        name: "split of a 2M leaf / C loop over 512 entries", value: times.second / times.first,
        goal: 2,
        detail: "\(Measurement.nanoseconds(times.second, count - 1)) / "
          + Measurement.nanoseconds(times.first, count)),
      splitOfKnownMemory(against: times.first),
      Measurement(
        name: "split of a 2M leaf / malloc and the C loop", value: times.second / kept,
        detail: Measurement.nanoseconds(kept, count)),
    ]
  }

  /// Changing one 4K leaf by `set_memory_ro` and `set_memory_rw`, without a listener.
  static func change() -> [Measurement] {
    let blocks = 64
    var machine = machine(gibibytes: 1, .size2M)
    _ = try? machine.perform(.setMemory(.split4K, .frame(0), PageCount(UInt64(blocks) * 512)))
    var state: UInt64 = 88_172_645_463_325_252
    let frames = (0..<50_000).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return PFN(state % (UInt64(blocks) * 512))
    }
    let addresses = frames.map { AddressLayout.directMapAddress(of: $0).rawValue }
    guard let tables = unsafe baseline_make(start.rawValue, blocks) else { return [] }
    defer { unsafe baseline_free(tables) }
    var isReadOnly = false
    let inTurn = Measurement.leastSecondsInTurn(
      of: 60,
      {
        unsafe baseline_walk_and_store_in_turn(
          tables, addresses, frames.count, isReadOnly ? 0 : 0x42, isReadOnly ? 0x42 : 0)
      },
      {
        isReadOnly.toggle()
        let operation: SetMemory = isReadOnly ? .ro : .rw
        for frame in frames { _ = try? machine.perform(.setMemory(operation, .frame(frame), 1)) }
      })
    let overlapped = Measurement.leastSeconds(of: 60) {
      unsafe baseline_walk_and_store(tables, addresses, frames.count, 0x42, 0)
    }
    var log = EventLog()
    let logged = Measurement.leastSeconds(of: 60) {
      isReadOnly.toggle()
      let operation: SetMemory = isReadOnly ? .ro : .rw
      for frame in frames {
        log.removeAll()
        _ = try? machine.perform(.setMemory(operation, .frame(frame), 1), into: &log)
      }
    }
    return [
      Measurement(
        name: "set_memory_ro of a 4K leaf / C walk and store", value: inTurn.second / inTurn.first,
        goal: 4,
        detail: "\(Measurement.nanoseconds(inTurn.second, frames.count)) / "
          + Measurement.nanoseconds(inTurn.first, frames.count)),
      Measurement(
        name: "the same / C walks that overlap", value: inTurn.second / overlapped,
        detail: Measurement.nanoseconds(overlapped, frames.count)),
      Measurement(
        name: "the same with a listener / without", value: logged / inTurn.second,
        detail: "\(log.events.count) events, \(Measurement.nanoseconds(logged, frames.count))"),
    ]
  }

  /// Reading 64 tables of 4K leaves as runs.
  static func runs() -> [Measurement] {
    let blocks = 64
    var machine = machine(gibibytes: 1, .size2M)
    _ = try? machine.perform(.setMemory(.split4K, .frame(0), PageCount(UInt64(blocks) * 512)))
    let words = (0..<(blocks * 512)).map { UInt64($0) << 12 | 0x163 }
    var buffer: [LeafRun] = []
    var sum: UInt64 = 0
    let times = Measurement.leastSecondsInTurn(
      of: 200, { sum &+= unsafe baseline_sum(words, words.count) },
      {
        buffer.removeAll(keepingCapacity: true)
        machine.tables.readRuns(
          from: start, pages: PageCount(UInt64(words.count)), into: &buffer)
      })
    return [
      Measurement(
        name: "reading entries as runs / C sum of the words", value: times.second / times.first,
        detail: "\(Measurement.nanoseconds(times.second, blocks)) / "
          + "\(Measurement.nanoseconds(times.first, blocks)) a table, \(buffer.count) run(s), "
          + "\(sum & 1)")
    ]
  }

  /// The memory of a split 2M leaf, compared with the 4 KiB of the hardware's table.
  static func memory() -> [Measurement] {
    var machine = machine(gibibytes: 1, .size2M)
    let before = baseline_allocated_bytes()
    _ = try? machine.perform(.setMemory(.split4K, .frame(0), 262_144))
    let bytes = baseline_allocated_bytes() - before
    let each = Double(bytes) / 512
    return [
      Measurement(
        name: "memory of a split 2M leaf / 4 KiB", value: each / 4096, goal: 1.25,
        detail: "\(Int(each)) bytes, \(machine.tables.tableCount) tables")
    ]
  }
}
