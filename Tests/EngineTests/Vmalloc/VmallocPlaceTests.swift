import Engine
import TestSupport
import Testing

/// Areas at addresses of the caller's choice.
@Suite struct VmallocPlaceTests {
  private static let start: UInt64 = 0xffff_c900_0000_0000

  private static func machine() throws -> Machine {
    let kernel = try #require(KernelProfile.all.last { $0.architecture == .x86_64 && $0.collapses })
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    return try Machine(booting: description, kernel: kernel)
  }

  private static func options(at offset: UInt64, huge: Bool = false) -> UserCall.VmallocOptions {
    var options = UserCall.VmallocOptions()
    options.place = VirtualAddress(start + offset)
    options.allowsHuge = huge
    return options
  }

  /// 7.3.4 had 1024 pages at 0xffffc9000064d000: no 2M of them are the slot of a PMD from its first entry.
  @Test(
    arguments: [(0x60_0000, .size2M), (0x64_d000, .size4K)] as [(UInt64, LeafSize)])
  func `pages of one protection collapse only where they begin at a border of 2M`(
    offset: UInt64, size: LeafSize,
  ) throws {
    var machine = try Self.machine()
    let name = try named("a")
    let options = Self.options(at: offset)
    #expect(try machine.perform(.user(.vmalloc(name, 1024, options))) == .success)
    let area = try #require(machine.areas.area(named: name))
    #expect(area.start == options.place)
    #expect(
      try machine.perform(.setMemory(.rox, .area(name, page: 0), 512)) == .success)
    #expect(machine.tables.lookup(area.start)?.size == size)
  }

  @Test func `blocks of 2M begin at a border of 2M, wherever pages may begin`() throws {
    var machine = try Self.machine()
    let (a, b) = (try named("a"), try named("b"))
    try machine.perform(.user(.vmalloc(a, 512, Self.options(at: 0x20_0000, huge: true))))
    try machine.perform(.user(.vmalloc(b, 512, Self.options(at: 0x60_1000, huge: true))))
    let starts = [a, b].compactMap { machine.areas.area(named: $0)?.start }
    #expect(starts.map { $0.rawValue - Self.start } == [0x20_0000, 0x60_0000])
    for start in starts { #expect(machine.tables.lookup(start)?.size == .size2M) }
  }

  @Test func `a place that is taken, odd or outside is refused`() throws {
    var machine = try Self.machine()
    try machine.perform(.user(.vmalloc(try named("a"), 16, Self.options(at: 0))))
    for offset in [0x1000, 0x20_0800, UInt64.max - Self.start - 0xfff] {
      let options = Self.options(at: offset)
      #expect(throws: CallError.placeTaken(VirtualAddress(Self.start &+ offset))) {
        try machine.perform(.user(.vmalloc(try named("b"), 4, options)))
      }
    }
  }
}
