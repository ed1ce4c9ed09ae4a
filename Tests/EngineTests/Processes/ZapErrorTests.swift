import Engine
import TestSupport
import Testing

@Suite struct ZapErrorTests {
  /// Makes a call that must fail with an error and leave no trace.
  private func expect(
    _ error: CallError, _ call: Call, on machine: inout Machine,
    sourceLocation: SourceLocation = #_sourceLocation,
  ) {
    let before = machine.checksum
    #expect(throws: error, sourceLocation: sourceLocation) { try machine.perform(call) }
    #expect(machine.checksum == before, sourceLocation: sourceLocation)
  }

  private func mmap(
    _ name: Name, _ pages: PageCount, order: Int = 0, at place: VirtualAddress? = nil,
  ) -> Call { .process(.mmap(name, pages, order: order, [], at: place)) }

  @Test func `what cannot be zapped is an error that changes nothing`() throws {
    var machine = try Machine.zapping()
    let (heap, other) = (try named("heap"), try named("other"))
    expect(.process(.unknownRange(heap)), .process(.zap(heap, nil)), on: &machine)
    expect(.process(.unknownRange(heap)), .process(.munmap(heap, nil)), on: &machine)
    expect(.process(.noRanges), .process(.exitMmap), on: &machine)
    try machine.mmap("heap", 64, at: 0x1000_0000)
    for part in [(64, nil), (0, 65), (60, 5), (.max, nil)] as [(UInt64, UInt64?)] {
      expect(
        .process(.pastRange(heap, pages: 64)),
        .process(
          .zap(
            heap,
            ProcessCall.Part(first: PageCount(part.0), count: part.1.map { PageCount($0) }))),
        on: &machine)
    }
    expect(
      .noPages, .process(.zap(heap, ProcessCall.Part(first: 1, count: 0))), on: &machine)
    expect(.nameTaken(heap), mmap(heap, 1), on: &machine)
    expect(
      .process(.overlaps(heap, 0x1000_0000)), mmap(other, 2, at: 0x1003_f000), on: &machine)
    expect(.process(.stillMapped(heap)), .freePages(heap), on: &machine)
    try machine.zap("heap", from: 3, 5)
    expect(
      .process(.nothingMapped(heap)),
      .process(.zap(heap, ProcessCall.Part(first: 4, count: 4))), on: &machine)
    try machine.zap("heap")
    expect(.process(.nothingMapped(heap)), .process(.zap(heap, nil)), on: &machine)
    try machine.perform(.process(.munmap(heap, nil)))
    expect(.process(.unknownRange(heap)), .process(.munmap(heap, nil)), on: &machine)
  }

  @Test func `a part past the end is told the last page that the range has`() throws {
    let error = ProcessError.pastRange(try named("heap"), pages: 64)
    #expect(error.description == "range heap has 64 pages; the last is heap+63")
  }

  @Test func `what cannot be mapped is an error that changes nothing`() throws {
    var machine = try Machine.zapping()
    let heap = try named("heap")
    expect(.noPages, mmap(heap, 0), on: &machine)
    expect(.process(.badOrder(10)), mmap(heap, 1024, order: 10), on: &machine)
    expect(.process(.badOrder(-1)), mmap(heap, 1, order: -1), on: &machine)
    expect(.process(.notFolios(24, order: 4)), mmap(heap, 24, order: 4), on: &machine)
    for place in [
      0, 0xf000, 0x1000_0800, 0x7fff_ffff_f000, 0xffff_8880_0000_0000, 0x8000_0000_0000,
    ]
      as [VirtualAddress]
    {
      expect(
        .process(.badPlace(place, end: 0x7fff_ffff_f000)), mmap(heap, 1, at: place), on: &machine)
    }
    expect(
      .process(.badPlace(0x7fff_ffff_e000, end: 0x7fff_ffff_f000)),
      mmap(heap, 2, at: 0x7fff_ffff_e000), on: &machine)
    let limit = UserRange.pagesLimit
    expect(.process(.tooManyPages(limit + 1, left: limit)), mmap(heap, limit + 1), on: &machine)
    expect(
      .process(.tooManyPages(PageCount(.max), left: limit)), mmap(heap, PageCount(.max)),
      on: &machine)
    let free = machine.physical.freePages
    expect(
      .process(.noMemory(2_000_000, order: 0, free: free)), mmap(heap, 2_000_000), on: &machine)
    try machine.mmap("heap", 16, at: 0x7fff_fffe_f000)
    #expect(machine.userRanges.count == 1)
  }

  @Test func `memory of a recording has no pages for a process`() throws {
    var machine = Machine.ofLargeLeaves()
    expect(.memory(.unknownMemory), mmap(try named("heap"), 1), on: &machine)
  }

  @Test func `a frame that the process maps cannot be freed from under it`() throws {
    var machine = try Machine.zapping()
    try machine.mmap("heap", 512, order: 9)
    let start = try #require(machine.userRanges.first?.range.start)
    let pfn = try #require(machine.userTables.lookup(start)?.pfn)
    expect(
      .process(.stillMapped(try named("heap"))), .freePagesAt(pfn, order: 9), on: &machine)
  }

  @Test func `pages of a file stay in the page cache until they are freed by name`() throws {
    var machine = try Machine.zapping()
    let (file, free) = (try named("file"), machine.physical.freePages)
    try machine.mmap("file", 64, order: 4, .file)
    try machine.perform(.process(.munmap(file, nil)))
    #expect(machine.physical.freePages == free - 64)
    expect(.memory(.ownerExists(file)), mmap(file, 1), on: &machine)
    try machine.perform(.freePages(file))
    #expect(machine.physical.freePages == free)
  }
}
