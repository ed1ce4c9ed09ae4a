import Engine
import TestSupport
import Testing

/// The books of cache types against a plain list of a type for each page.
@Suite struct MemoryTypeTests {
  @Test(arguments: 0..<24 as Range<UInt64>)
  func `books and return values are those of a list of pages`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var machine = Machine.ofLargeLeaves(gibibytes: 1)
    var types = [MemoryType](repeating: .wb, count: 2048)
    for _ in 0..<60 {
      let first = Int(random.next(below: 2048))
      let count = Int(1 + random.next(below: UInt64(min(2048 - first, random.oneIn(3) ? 700 : 12))))
      let pfn = Machine.largeLeavesStart + PageCount(UInt64(first))
      let pages = PageCount(UInt64(count))
      if random.oneIn(3) {
        let stride = 1 + Int(random.next(below: 4))
        let fitting = min(count, (2047 - first) / stride + 1)
        let list = (0..<fitting).map { first + $0 * stride }
        let operation = random.pick(SetPagesArray.allCases)
        let returned = try machine.perform(
          .setPagesArray(
            operation,
            FrameStride(
              first: pfn, stride: PageCount(UInt64(stride)), count: PageCount(UInt64(fitting)))))
        #expect(returned == Self.reserve(&types, list, Self.type(operation), refusal: .invalid))
      } else {
        let operation = random.pick([SetMemory.uc, .wc, .wb])
        let returned = try machine.perform(.setMemory(operation, .frame(pfn), pages))
        let type: MemoryType =
          operation == .uc ? .ucMinus : operation == .wc ? .wc : .wb
        let list = Array(first..<(first + count))
        #expect(returned == Self.reserve(&types, list, type, refusal: .busy))
      }
      for page in 0..<2048 {
        let own = machine.memoryType(of: Machine.largeLeavesStart + PageCount(UInt64(page)))
        try #require(own == types[page], "page \(page)")
      }
    }
  }

  private static func type(_ operation: SetPagesArray) -> MemoryType {
    switch operation {
    case .uc: .ucMinus
    case .wc: .wc
    case .wb: .wb
    }
  }

  private static func reserve(
    _ types: inout [MemoryType], _ pages: [Int], _ type: MemoryType, refusal: ReturnCode,
  ) -> ReturnCode {
    if type != .wb {
      // A refused call leaves no page reserved: an array lets go of those before the conflict.
      guard pages.allSatisfy({ types[$0] == .wb }) else { return refusal }
    }
    for page in pages { types[page] = type }
    return .success
  }

  @Test func `caches are flushed for every page that is present and no other`() throws {
    var machine = Machine.ofLargeLeaves()
    let start = Machine.largeLeavesStart
    try machine.perform(.setMemory(.np, .frame(start + 5), 3))
    let before = machine.counters
    try machine.perform(.setMemory(.uc, .frame(start), 262_144 + 600))
    #expect(machine.counters.since(before)[.cacheLineFlushedPages] == 262_144 + 600 - 3)
  }

  @Test func `flushing the caches of a large stretch goes leaf by leaf`() throws {
    guard let giant = MachineDescription(builtIn: "giant-64t") else {
      Issue.record("there is no giant-64t")
      return
    }
    var machine = try Machine(booting: giant, kernel: .linux7_2)
    let pages = PageCount(60 << 28)
    #expect(try machine.perform(.setMemory(.uc, .frame(0x100_000), pages)) == .success)
    #expect(machine.counters[.cacheLineFlushedPages] == Int64(pages.rawValue))
  }

  @Test func `an array that names a page twice meets itself`() throws {
    var machine = Machine.ofLargeLeaves()
    let twice = FrameStride(first: Machine.largeLeavesStart, stride: 0, count: 2)
    #expect(try machine.perform(.setPagesArray(.uc, twice)) == .invalid)
    #expect(machine.memoryType(of: Machine.largeLeavesStart) == .wb)
    #expect(machine.counters[.level3Splits] == 0)
  }
}
