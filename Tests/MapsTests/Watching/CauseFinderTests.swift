import Engine
import KernelText
import Maps
import Testing

/// Who split what, from lines of a trace and two readings of the tables.
@Suite struct CauseFinderTests {
  private static let trace = """
              insmod-105     [000] .....     2.738228: set_memory_ro: (set_memory_ro+0x0/0x30) addr=0xffffffffc0201000 numpages=2
              insmod-105     [000] .....     2.738229: change_page_attr_set_clr: (change_page_attr_set_clr+0x0/0x2d0) addr=0xffffffffc0201000 numpages=2 set=0x0 clr=0x2 force_split=0 flags=0x0
     kworker/0:1 x-7       [000] .....     2.738230: set_direct_map_invalid_noflush: (x) page=0xffffea0001000000
              insmod-105     [000] .....     2.738231: <stack trace>
     => change_page_attr_set_clr
     => set_memory_ro+0x12/0x30
     => load_module
     => __do_sys_finit_module
     kworker/0:1 x-7       [000] .....     2.738232: <stack trace>
     => set_direct_map_invalid_noflush
     => vfree
     => helper [nf_tables]
              insmod-105     [000] .....     2.738240: module_load: crc7

    """

  private func entries() -> [TraceEntry] {
    var reader = TraceEntryReader()
    return reader.take(Self.trace.utf8).entries
  }

  @Test func `events and their stacks come together, whatever stands between`() {
    let entries = self.entries()
    #expect(entries.map(\.event.task) == [105, 105, 7, 105])
    #expect(entries.map(\.taskName) == ["insmod", "insmod", "kworker/0:1 x", "insmod"])
    #expect(
      entries[1].stack
        == ["change_page_attr_set_clr", "set_memory_ro", "load_module", "__do_sys_finit_module"])
    #expect(entries[2].stack.last == "helper [nf_tables]")
    #expect(entries[0].stack == [])
  }

  @Test func `a trace that comes in pieces is the same`() {
    var reader = TraceEntryReader()
    var events: [FtraceEvent] = []
    var lines = 0
    for byte in Self.trace.utf8 {
      let read = reader.take([byte])
      events += read.entries.map(\.event)
      lines += read.lines.count
    }
    #expect(events == entries().map(\.event))
    #expect(lines == Self.trace.split(separator: "\n").count)
  }

  @Test func `blocks go to who asked first, with the module that is loaded`() {
    var finder = CauseFinder(TraceAddresses(), on: .x86_64)
    // The module's pages are frames 0x40205 and 0x80001.
    let frames: [UInt64: PFN] = [0xffff_ffff_c020_1000: 0x40205, 0xffff_ffff_c020_2000: 0x80001]
    for entry in entries() { finder.take(entry) { frames[$0.rawValue] } }
    func run(_ first: UInt64, _ pages: UInt64, _ size: LeafSize) -> LeafRun {
      LeafRun(
        start: AddressLayout.directMapAddress(of: PFN(first)), pages: PageCount(pages), size: size,
        flags: .present)
    }
    let old = [run(0x40000, 0x80000, .size2M)]
    let new = [
      run(0x40000, 0x200, .size2M), run(0x40200, 0x200, .size4K), run(0x40400, 0x3fc00, .size2M),
      run(0x80000, 0x200, .size4K), run(0x80200, 0x200, .size2M), run(0x80400, 0x200, .size4K),
      run(0x80600, 0x3fa00, .size2M),
    ]
    let causes = finder.causes(of: SplitSlots(from: old, to: new))
    #expect(causes.count == 3)
    let module = causes.first { $0.function == "set_memory_ro" }
    #expect(module?.owner == "module crc7" && module?.split2M == 2 && module?.pages == 2)
    #expect(module?.task == "insmod-105")
    let page = causes.first { $0.function == "set_direct_map_invalid_noflush" }
    #expect(page?.owner == "module nf_tables" && page?.split2M == 0)
    #expect(causes.first { $0.function == WatchCause.unseen }?.split2M == 1)
    var totals = WatchTotals()
    totals.add(causes)
    totals.add(causes)
    #expect(totals.causes.first?.split2M == 4 && totals.causes.count == 3)
    #expect(totals.lines[1].contains("module crc7"))
  }

  @Test func `what shows in the next reading only is still attributed, and told once`() {
    var finder = CauseFinder(TraceAddresses(), on: .x86_64)
    let frames: [UInt64: PFN] = [0xffff_ffff_c020_1000: 0x40205, 0xffff_ffff_c020_2000: 0x40206]
    for entry in entries() { finder.take(entry) { frames[$0.rawValue] } }
    let none = SplitSlots(from: [], to: [])
    #expect(finder.causes(of: none).count == 2)
    let start = AddressLayout.directMapAddress(of: 0x40200)
    let old = [LeafRun(start: start, pages: 512, size: .size2M, flags: .present)]
    let new = [LeafRun(start: start, pages: 512, size: .size4K, flags: .present)]
    let later = finder.causes(of: SplitSlots(from: old, to: new))
    #expect(later.count == 1 && later[0].split2M == 1 && later[0].calls == 0)
    #expect(finder.causes(of: none).isEmpty)
  }

  @Test func `nothing that a trace may hold traps`() {
    var reader = TraceEntryReader()
    var finder = CauseFinder(TraceAddresses(), on: .arm64)
    let lines = [
      "a-1 [0] 1.1: <stack trace>", " => ", " => x", "a-1 [0] 1.1: set_memory_ro: addr=1",
      "a-1 [0] 1.1: set_memory_ro: addr=0xffffffffffffffff numpages=4294967295",
      "a-1 [0] 1.1: set_direct_map_valid_noflush: page=0xffffffffffffffc0 nr=4294967295 valid=1",
      "a-1 [0] 1.1: module_load: ", "", "#", "CPU:0 [LOST 12 EVENTS]",
    ]
    let read = reader.take(lines.map { $0 + "\n" }.joined().utf8)
    for entry in read.entries { finder.take(entry) { _ in PFN(0x3_ffff_ffff) } }
    _ = finder.causes(of: SplitSlots(from: [], to: []))
    #expect(read.lines == lines && reader.unreadable > 0)
  }
}
