import CBaseline
import Engine

/// The cost of the page allocator.
enum PageBenchmarks {
  private static func agedMemory(_ operations: Int) -> PhysicalMemory? {
    guard let description = MachineDescription(builtIn: "teaching-4g"),
      var memory = try? Machine(booting: description, kernel: .linux6_12).physical
    else { return nil }
    memory.age(seed: 1, operations: operations)
    return memory
  }

  /// A shuffled list of numbers.
  private static func shuffled(_ count: Int) -> [UInt64] {
    var order = (0..<UInt64(count)).map { $0 }
    var state: UInt64 = 88_172_645_463_325_252
    for index in order.indices.dropFirst() {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      order.swapAt(index, Int(state % UInt64(index + 1)))
    }
    return order
  }

  /// Allocating single pages of aged memory and freeing them in another order, without a listener,
  /// compared with a list of page descriptors in C that has the same pages in the same order.
  static func pages() -> [Measurement] {
    guard var memory = agedMemory(600_000) else { return [] }
    let zone = memory.zones.count - 1
    let list = memory.freeList(inZone: zone, .movable, order: 0).map(\.rawValue)
    let count = min(list.count, 4096)
    let order = shuffled(count)
    let end = Int(memory.ram.end.rawValue)
    guard let baseline = unsafe baseline_pages_make(end, list, list.count) else { return [] }
    defer { unsafe baseline_pages_free(baseline) }
    var taken: [PFN] = []
    taken.reserveCapacity(count)
    let times = Measurement.leastSecondsInTurn(
      of: 400, { unsafe baseline_pages_take_and_give(baseline, order, count) },
      {
        taken.removeAll(keepingCapacity: true)
        for _ in 0..<count {
          if let pfn = memory.allocate(order: 0, type: .movable) { taken.append(pfn) }
        }
        for index in order { _ = try? memory.free(taken[Int(index)], order: 0) }
      })
    return [
      Measurement(
        name: "take and free a page / C list push and pop", value: times.second / times.first,
        goal: 3,
        detail: "\(Measurement.nanoseconds(times.second, count)) / "
          + "\(Measurement.nanoseconds(times.first, count)), \(count) of \(list.count) free pages")
    ]
  }

  /// A million operations, as in a long uptime.
  static func age() -> [Measurement] {
    guard let fresh = agedMemory(0) else { return [] }
    let before = baseline_allocated_bytes()
    var memory = fresh
    let seconds = Measurement.leastSeconds(of: 5) {
      memory = fresh
      memory.age(seed: 2, operations: 1_000_000)
    }
    let bytes = baseline_allocated_bytes() - before
    return [
      Measurement(
        name: "a life of a million operations", value: seconds, goal: 2, unit: "s",
        detail: "\(Measurement.nanoseconds(seconds, 1_000_000)) each, \(bytes >> 20) MiB")
    ]
  }
}
