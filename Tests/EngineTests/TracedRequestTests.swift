import Engine
import TestSupport
import Testing

/// Requests as a trace tells them, against the calls that make such requests.
@Suite struct TracedRequestTests {
  private static func machine(_ kernel: KernelProfile = .linux7_2) -> Machine {
    Machine(
      kernel: kernel, cpu: CPUFeatures(), memory: MemoryMap([0x40000..<0xc0000]),
      leaves: [
        LeafRun(
          start: AddressLayout.directMapAddress(of: 0x40000), pages: 0x80000, size: .size1G,
          flags: EntryFlags.pageKernel.union(.pse))
      ],
      directMapKilobytes: [.size1G: 2 << 20])
  }

  private static func leaves(_ machine: Machine) -> [LeafRun] {
    machine.tables.runs(from: AddressLayout.directMapAddress(of: 0x40000), pages: 0x80000)
  }

  @Test(arguments: 0..<40) func `a mapping changes as vmap and set_memory do`(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    var called = Self.machine()
    var traced = called
    for _ in 0..<20 {
      let first = PFN(0x40000 + random.next(below: 0x7f000))
      let pages = PageCount(1 + random.next(below: 700))
      let frames = first..<(first + pages)
      let name = try #require(Name("a"))
      try called.perform(.vmap(name, FrameStride(first: first, count: pages), at: nil))
      let (operation, set, clear): (SetMemory, EntryFlags, EntryFlags) = random.pick([
        (.ro, [], [.writable, .dirty]), (.rw, .writable, []), (.nx, .nx, []),
        (.rox, [], [.writable, .dirty, .nx]), (.np, [], .present), (.p, .present, []),
      ])
      try called.perform(.setMemory(operation, .area(name, page: 0), pages))
      try called.perform(.vunmap(name))
      // The same frames as two runs.
      let middle = first + PageCount(random.next(below: pages.rawValue))
      let runs = [frames.lowerBound..<middle, middle..<frames.upperBound].filter { !$0.isEmpty }
      let address = VirtualAddress(0xffff_ffff_c000_0000 + random.next(below: 1 << 16) << 12)
      try traced.perform(TracedRequest(.mapping(address), frames: runs, set: set, clear: clear))
      #expect(Self.leaves(traced) == Self.leaves(called))
      for counter in [Counter.directMap4K, .directMap2M, .level2Splits, .level3Splits] {
        #expect(traced.counters[counter] == called.counters[counter])
      }
      #expect(traced.areas.live.isEmpty && traced.areas.lazilyFreed.isEmpty)
      try traced.checkInvariants()
    }
  }

  @Test func `a request in the direct map keeps the leaves it covers`() throws {
    var traced = Self.machine()
    var called = traced
    try traced.perform(
      TracedRequest(.directMap, frames: [0x40200..<0x40600], set: [], clear: .writable))
    try called.perform(.setMemory(.rw, .frame(0x40200), 1024))
    try called.perform(.setMemory(.ro, .frame(0x40200), 1024))
    #expect(traced.counters[.level2Splits] == 0)
    #expect(traced.counters[.level3Splits] == 1)
    #expect(called.counters[.level3Splits] == 1)
  }

  @Test func `single pages split what they change`() throws {
    var traced = Self.machine()
    try traced.perform(
      TracedRequest(.pages, frames: [0x40200..<0x40400], set: .pcd, clear: []))
    #expect(traced.counters[.level2Splits] == 1)
    #expect(traced.counters[.directMap4K] == 512)
  }

  /// 6.1 leaves the alias alone where NX is all that changes; where anything else does, the direct map
  /// must follow, or a page stays writable there that its area shows read-only.
  @Test func `6.1 leaves out the alias of a change of NX, and of nothing else`() throws {
    let frames: [Range<PFN>] = [0x40200..<0x40201]
    for (set, clear, isAliased) in [
      ([], .nx, false), (.nx, [], false), (.nx, .writable, true), ([], [.nx, .writable], true),
    ] as [(EntryFlags, EntryFlags, Bool)] {
      var machine = Self.machine(.linux6_1)
      let request = TracedRequest(
        .mapping(0xffff_ffff_c000_0000), frames: frames, set: set, clear: clear)
      try machine.perform(request)
      let leaf = machine.tables.lookup(AddressLayout.directMapAddress(of: 0x40200))
      #expect(leaf?.flags.contains(.writable) == !isAliased, "set \(set), clear \(clear)")
    }
  }

  @Test func `frames that are no RAM are refused, the machine as before`() {
    var machine = Self.machine()
    let before = machine.checksum
    for reach in [TracedRequest.Reach.mapping(0xffff_ffff_c000_0000), .directMap, .pages] {
      let request = TracedRequest(
        reach, frames: [0x40000..<0x40001, 0xbffff..<0xc0001], set: [], clear: .writable)
      #expect(throws: CallError.self) { try machine.perform(request) }
      #expect(machine.checksum == before)
    }
  }

  @Test func `a kernel that stopped makes no request`() {
    var machine = Self.machine()
    let bug = KernelBug.walkerMetLeaf(0xffff_ffff_c000_0000, .size2M)
    machine.apply([.stopped(bug)])
    let request = TracedRequest(.directMap, frames: [0x40000..<0x40001], set: [], clear: .writable)
    #expect(throws: CallError.stopped(bug)) { try machine.perform(request) }
  }

  @Test func `a request for nothing does nothing`() throws {
    var machine = Self.machine()
    let before = machine.checksum
    try machine.perform(
      TracedRequest(
        .mapping(0xffff_ffff_c000_0000), frames: [0x40000..<0x40001], set: [], clear: []))
    #expect(machine.checksum == before)
  }

  @Test func `masks with frame bits are told`() {
    #expect(
      TracedRequest(.pages, frames: [], set: EntryFlags(rawValue: 0x1000), clear: []).hasFrameBits)
    #expect(!TracedRequest(.pages, frames: [], set: [.nx, .pat], clear: .encryption).hasFrameBits)
  }
}
