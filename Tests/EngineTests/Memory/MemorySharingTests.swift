import TestSupport
import Testing

@testable import Engine

/// Copies that share their page records, on several threads.
struct MemorySharingTests {
  /// A life of takes, frees, copies kept and copies dropped.
  private static func live(_ start: PhysicalMemory, _ seed: UInt64) throws -> UInt64 {
    var memory = start
    var random = SeededGenerator(seed: seed)
    var held: [PFN] = []
    var kept: [(memory: PhysicalMemory, checksum: UInt64)] = []
    for step in 0..<400 {
      if random.oneIn(2), !held.isEmpty {
        let pfn = held.remove(at: Int(random.next(below: UInt64(held.count))))
        try memory.free(pfn, order: 0)
      } else if let pfn = memory.allocate(order: 0, type: random.pick([.movable, .unmovable])) {
        held.append(pfn)
      }
      if step % 40 == 0 { kept.append((memory, MemoryValueTests.checksum(memory))) }
      if kept.count > 3 { kept.remove(at: Int(random.next(below: 4))) }
    }
    for copy in kept { #expect(MemoryValueTests.checksum(copy.memory) == copy.checksum) }
    try memory.checkInvariants()
    return MemoryValueTests.checksum(memory)
  }

  @Test(arguments: MemoryFixture.all)
  func `copies that change on several threads at once live apart`(
    _ fixture: MemoryFixture,
  ) async throws {
    var memory = fixture.engine(.claiming)
    _ = try Self.live(memory, 100)
    for _ in 0..<20 { _ = memory.allocate(order: 0, type: .movable) }
    let before = MemoryValueTests.checksum(memory)
    let shared = memory
    let alone = try (0..<6).map { try Self.live(shared, $0) }
    let together = try await withThrowingTaskGroup(of: (Int, UInt64).self) { group in
      for seed in 0..<6 { group.addTask { (seed, try Self.live(shared, UInt64(seed))) } }
      return try await group.reduce(into: [UInt64](repeating: 0, count: 6)) { $0[$1.0] = $1.1 }
    }
    #expect(together == alone)
    #expect(MemoryValueTests.checksum(memory) == before)
  }

  @Test func `a copy that is dropped leaves its records to the others`() throws {
    var memory = MemoryFixture.threeZones.engine(.claiming)
    let taken = memory.allocate(order: 0, type: .movable)
    let pfn = try #require(taken)
    for _ in 0..<3 {
      var copy = memory
      try copy.free(pfn, order: 0)
      #expect(copy.owner(of: pfn) != memory.owner(of: pfn))
    }
    let block = PageState.Block(first: pfn, order: 0, type: .movable)
    #expect(memory.owner(of: pfn) == .allocated(block, .kernel))
    try memory.free(pfn, order: 0)
    try memory.checkInvariants()
  }
}
