import Engine
import KernelText
import Maps
import Testing

/// The tables of a running kernel, read again and again.
@Suite struct LiveTablesTests {
  /// Memory that changes between two readings.
  private final class Memory: BytesAtOffsets {
    var bytes: [UInt8]
    var reads = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    func read(_ count: Int, at offset: UInt64) -> [UInt8] {
      reads += 1
      guard let start = Int(exactly: offset), start < bytes.count else { return [] }
      return Array(bytes[start..<min(bytes.count, start + count)])
    }
  }

  private func bytes(_ machine: Machine) -> [UInt8] {
    var core = SampleCore(SampleCore.Form())
    for run in machine.directMapLeaves { core.map(run) }
    return core.bytes()
  }

  private func booted() throws -> Machine {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    return try Machine(booting: description, kernel: .linux6_12)
  }

  private func lines(_ runs: [LeafRun]) -> [Substring] {
    LeavesText.text(of: runs.filter { $0.size != nil }).split(separator: "\n")
  }

  @Test func `each reading gives the leaves of that moment, and says whether they changed`() throws
  {
    var machine = try booted()
    let memory = Memory(bytes(machine))
    var tables = try LiveTables(memory, ram: [0..<0x10_0000])
    #expect(try tables.refresh())
    #expect(lines(tables.leaves) == lines(machine.directMapLeaves))
    #expect(try !tables.refresh() && tables.changedCount == 0 && tables.unreadCount == 0)
    let before = tables.leaves
    try machine.perform(.setMemory(.ro, .frame(0x40205), 3))
    memory.bytes = bytes(machine)
    // The file has one table more; its headers are read once, when the watch begins.
    tables = try LiveTables(memory, ram: [0..<0x10_0000])
    #expect(try tables.refresh())
    let after = tables.leaves
    #expect(lines(after) == lines(machine.directMapLeaves))
    let slots = SplitSlots(from: before, to: after)
    #expect(slots.of2M == [0x40205 / 512] && slots.merged2M == 0)
    let changes = before.changes(to: after, .x86_64)
    #expect(changes.reduce(0) { $0 + $1.pages.rawValue } >= 512)
    #expect(SplitSlots(from: after, to: before).merged2M == 1)
  }

  @Test func `an entry that changes alone is seen, and only its table is taken apart`() throws {
    var machine = try booted()
    try machine.perform(.setMemory(.split4K, .frame(0x40200), 1))
    let memory = Memory(bytes(machine))
    var tables = try LiveTables(memory, ram: [])
    _ = try tables.refresh()
    let readsOfOne = tables.tableCount
    try machine.perform(.setMemory(.ro, .frame(0x40205), 1))
    memory.bytes = bytes(machine)
    memory.reads = 0
    #expect(try tables.refresh())
    #expect(tables.changedCount == 1 && memory.reads == readsOfOne)
    #expect(lines(tables.leaves) == lines(machine.directMapLeaves))
  }

  @Test func `nothing is read outside of RAM`() throws {
    let memory = Memory(bytes(try booted()))
    // The tables of the sample begin at 1 MiB.
    var tables = try LiveTables(memory, ram: [0..<0x100])
    memory.reads = 0
    _ = try tables.refresh()
    #expect(memory.reads == 0 && tables.unreadCount == 1 && tables.leaves.isEmpty)
  }

  @Test func `a table that is used for something else is noticed`() throws {
    let machine = try booted()
    var file = bytes(machine)
    let memory = Memory(file)
    var tables = try LiveTables(memory, ram: [])
    _ = try tables.refresh()
    let count = tables.tableCount
    // The last table of the file maps other frames than its addresses have.
    let last = 4096 * count
    for byte in stride(from: last, to: last + 4096, by: 8) {
      file.replaceSubrange(byte..<byte + 8, with: [0xe3, 1, 0x20, 0x34, 0x12, 0, 0, 0x80])
    }
    memory.bytes = file
    memory.reads = 0
    _ = try tables.refresh()
    // Read again, as what leads to it may have changed.
    #expect(memory.reads == 3 * count)
  }
}
