import Engine
import KernelText
import TestSupport
import Testing

@Suite struct FtraceTextTests {
  private static let context = "          insmod-105     [000] .....     2.738228: "

  private static func read(_ lines: String...) throws -> FtraceText {
    try FtraceText((lines.joined(separator: "\n") + "\n").utf8)
  }

  private static func event(_ text: String) throws -> FtraceEvent.Kind? {
    try read(context + text, context + "vfree: addr=0x0").events.first?.kind
  }

  @Test func `every event that matters is read`() throws {
    #expect(
      try Self.event("set_memory_nx: (set_memory_nx+0x4/0x50) addr=0xffffffffc0404000 numpages=54")
        == .setMemory(name: "set_memory_nx", 0xffff_ffff_c040_4000, 54))
    #expect(
      try Self.event(
        "change_page_attr_set_clr: (change_page_attr_set_clr+0x0/0x210) addr=0xffffffffc0404000 "
          + "numpages=54 set=0x2 clr=0x8000000000000042 force_split=1 flags=0x10")
        == .request(
          FtraceRequest(
            address: 0xffff_ffff_c040_4000, pages: 54, set: .writable,
            clear: [.nx, .dirty, .writable], forcesSplit: true, flags: 16)))
    #expect(
      try Self.event("cpa_pfns: cpa_pfns: addr=0xffffffffc0208000 0x106c40+16 0x1017d4+4")
        == .frames(0xffff_ffff_c020_8000, [0x106c40..<0x106c50, 0x1017d4..<0x1017d8]))
    #expect(
      try Self.event("set_direct_map_invalid_noflush: (f+0x4/0x90) page=0xffffea00041f6000")
        == .setDirectMap(.invalid, page: 0xffff_ea00_041f_6000))
    #expect(
      try Self.event("set_direct_map_default_noflush: (f+0x4/0x90) page=0xffffea00041f6000")
        == .setDirectMap(.default, page: 0xffff_ea00_041f_6000))
    #expect(
      try Self.event(
        "set_direct_map_valid_noflush: (f+0x4/0xa0) page=0xffffea00041e0000 nr=512 valid=1")
        == .setDirectMapValid(page: 0xffff_ea00_041e_0000, 512, isValid: true))
    #expect(
      try Self.event("execmem_alloc: (execmem_alloc+0x4/0x1c0) type=0 size=221184")
        == .execmemAlloc(type: 0, size: 221_184))
    #expect(
      try Self.event("execmem_alloc_ret: (a+0x13/0x60 <- execmem_alloc) ptr=0xffffffffc0404000")
        == .execmemAllocReturned(0xffff_ffff_c040_4000))
    #expect(try Self.event("execmem_free: (execmem_free+0x4/0x50) ptr=0x0") == .execmemFree(0))
    #expect(try Self.event("module_load: nf_tables OE") == .moduleLoad("nf_tables"))
    #expect(try Self.event("module_free: xfs") == .moduleFree("xfs"))
  }

  @Test func `a note has a name and values`() throws {
    guard
      case .note(let note)? = try Self.event(
        "tracing_mark_write: loaded DirectMap4k=42880kB direct_map_level2_splits=10 and more")
    else {
      Issue.record("no note")
      return
    }
    #expect(note.name == "loaded")
    #expect(note["DirectMap4k"] == 42880)
    #expect(note["direct_map_level2_splits"] == 10)
    #expect(note["and"] == nil)
  }

  @Test(arguments: [
    "insmod-105 [000] ..... 2.5: module_free: xfs",
    "  my task-[x]-7-105   [011] d..2. 12345.678901: module_free: xfs",
    "  insmod-105   (    105) [000] .....  2.738228: module_free: xfs",
    "  insmod-105   (-----) [000] .....  2.738228: module_free: xfs",
    "insmod-105 [000] 2.5: module_free: xfs\r",
    "<idle>-105 [000] .Ns1. 2.5: module_free:   xfs",
  ])
  func `lines of every shape are read`(line: String) throws {
    let events = try Self.read(line).events
    #expect(events == [FtraceEvent(line: 1, task: 105, kind: .moduleFree("xfs"))])
  }

  @Test func `lost events are reported with their line`() throws {
    let trace = try Self.read(
      "# entries-in-buffer/entries-written: 90/120   #P:1", "CPU:0 [LOST 123 EVENTS]",
      Self.context + "module_free: xfs", "CPU:3 [LOST EVENTS]")
    #expect(
      trace.survey.losses == [
        .init(line: 1, events: 30), .init(line: 2, events: 123), .init(line: 4, events: nil),
      ])
    #expect(trace.survey.unreadableLines == [])
  }

  @Test func `events that do not matter are counted`() throws {
    let trace = try Self.read(
      Self.context + "vfree: addr=0x0", Self.context + "vfree: addr=0x0",
      Self.context + "sched_switch: prev", "rubbish", "", Self.context + "module_free: xfs",
      "insmod-105 [000] ..... 2.73", "insmod-105 [000] ..... 2.7382: mod")
    #expect(trace.survey.ignored == ["vfree": 2, "sched_switch": 1])
    #expect(trace.survey.unreadableLines == [4, 7, 8])
    #expect(trace.events.count == 1)
  }

  @Test func `the kernel is what a comment or a note says`() throws {
    #expect(
      try Self.read("# kernel 6.12.117-cloud", Self.context + "vfree: x").survey.kernelVersion
        == "6.12.117-cloud")
    #expect(
      try Self.read(Self.context + "tracing_mark_write: kernel 7.2.12+deb14").survey.kernelVersion
        == "7.2.12+deb14")
    #expect(try Self.read(Self.context + "vfree: x").survey.kernelVersion == nil)
  }

  @Test(arguments: [
    "change_page_attr_set_clr: (f) addr=0xffffffffc0404000 numpages=54 set=0x",
    "change_page_attr_set_clr: (f) addr=0xffffffffc0404000 numpa",
    "change_page_attr_set_clr: (f) addr=0x1000 numpages=2147483648 set=0x2 clr=0x0",
    "change_page_attr_set_clr: (f) addr=0x1000 numpages=-1 set=0x2 clr=0x0",
    "change_page_attr_set_clr: (f) addr=0x1000 numpages=1 set=0x10000 clr=0x0",
    "change_page_attr_set_clr: (f) addr=0x1000 numpages=1 set=(fault) clr=0x0",
    "cpa_pfns: cpa_pfns: addr=0xffffffffc0208000", "cpa_pfns: cpa_pfns: addr=0x1000 0x106c40",
    "cpa_pfns: cpa_pfns: addr=0x1000 0x106c40+", "cpa_pfns: addr=0x1000 0x106c40+0",
    "cpa_pfns: addr=0x1000 0x1+17179869184", "cpa_pfns: addr=0x1000 0xfffffffffffffffff+1",
    "set_direct_map_invalid_noflush: (f) pag", "set_direct_map_valid_noflush: (f) page=0x0 nr=1",
    "execmem_alloc: (f) type=0", "execmem_alloc_ret: (f) ptr=", "execmem_free: (f)",
    "module_load:", "set_memory_ro: addr=0x1000 numpages=99999999999999999999",
  ])
  func `what is cut off or wrong is an error with its line`(text: String) throws {
    let error = #expect(throws: KernelTextError.self) {
      try Self.read("# a comment", Self.context + text)
    }
    #expect(error?.description.hasPrefix("line 2: expected ") == true)
  }

  @Test(arguments: ["", "\n\n", "# tracer: nop\n", "hello\nworld\n"])
  func `a text without events is refused`(text: String) throws {
    #expect(throws: KernelTextError.self) { try FtraceText(text.utf8) }
  }
}
