import Testing

@testable import Engine

/// What boot takes before the page allocator runs.
@Suite struct BootMemoryTests {
  private static let ram = MemoryMap([0x100..<0x180, 0x200..<0x204, 0x300..<0x301])

  @Test func `the highest free frames with room are taken, down to a single one`() {
    var memory = BootMemory(ram: Self.ram)
    let everywhere: [Range<PFN>] = [0..<0x1000]
    #expect(memory.take(1, in: everywhere) == 0x300..<0x301)
    #expect(memory.take(1, in: everywhere) == 0x203..<0x204)
    #expect(memory.take(4, in: everywhere) == 0x17c..<0x180)
    #expect(memory.take(3, in: everywhere) == 0x200..<0x203)
    #expect(memory.take(8, alignedTo: 16, in: everywhere) == 0x170..<0x178)
    #expect(memory.free == [0x100..<0x170, 0x178..<0x17c])
  }

  @Test func `nothing is taken where nothing is asked for, or there is no room`() {
    var memory = BootMemory(ram: Self.ram)
    #expect(memory.take(0, in: [0..<0x1000]) == nil)
    #expect(memory.take(0x81, in: [0..<0x1000]) == nil)
    #expect(memory.take(1, in: [0x180..<0x200]) == nil)
    #expect(memory.taken.isEmpty)
  }

  /// Each bank needs a table of 4K and one of 2M entries, all together one of 1G entries; no bank has
  /// room for all of them.
  @Test func `tables that fit in no one range of RAM take the highest pages of several`() throws {
    let banks = (1...40 as ClosedRange<UInt64>).map { ($0 << 18)..<($0 << 18 + 4) }
    let machine = try Machine(
      booting: .arm64(frames: banks), kernel: .linux6_12Arm64)
    #expect(machine.physical.freePages.rawValue == 160 - 81)
    let last = PFN(40 << 18)
    #expect(machine.physical.owner(of: last) == .reserved)
    guard case .free = machine.physical.owner(of: PFN(1 << 18)) else {
      Issue.record("the lowest bank is not free")
      return
    }
  }
}
