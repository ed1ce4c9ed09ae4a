import TestSupport
import Testing

@testable import Engine

/// What facts say of an event is what applying the event does, for every event of random calls.
@Suite struct FactsTests {
  @Test(arguments: 0..<12 as Range<UInt64>)
  func `facts of calls on the direct map and on areas are what applying does`(
    seed: UInt64
  ) throws {
    let kernel = KernelProfile.x86[Int(seed) % KernelProfile.x86.count]
    var machine = Machine.ofLargeLeaves(kernel: kernel)
    var calls = RandomCalls(seed: seed)
    for _ in 0..<30 {
      let call = calls.next(on: machine)
      try Self.check(call, on: &machine, isRandom: true)
    }
  }

  @Test(arguments: PolicyName.grouping + PolicyName.merging + [.mergeOnFree])
  func `facts of what users and policies do are what applying does`(policy: PolicyName) throws {
    var machine = try Machine.booted(policy.withPrerequisite)
    var users = RandomUsers(seed: 7)
    for _ in 0..<20 { try Self.check(.user(try users.next()), on: &machine) }
  }

  @Test func `facts of a zap are what applying does`() throws {
    var machine = try Machine.zapping()
    try machine.mmap("a", 3000, .file)
    try Self.check(.process(.zap(try named("a"), nil)), on: &machine)
    try Self.check(.process(.exitMmap), on: &machine)
  }

  @Test func `facts of the linear map are what applying does`() throws {
    var machine = try Machine.arm64(gibibytes: 2, kernel: .linux7_0Arm64) {
      $0[.bbml2] = true
      $0[.bbml2All] = false
    }
    try Self.check(.user(.vmalloc(try named("v"), 600, UserCall.VmallocOptions())), on: &machine)
    try Self.check(.setMemory(.ro, .area(try named("v"), page: 0), 600), on: &machine)
    try Self.check(.setDirectMapValid(0x5_0000, 3, false), on: &machine)
  }

  @Test func `facts of keys for page tables and of the generic CPA are what applying does`() throws
  {
    let tables = try named("t")
    for policies in [[PolicyName.kpkeys2025], [.kpkeys2025, .kpkeysBlocks2026], [.genericCPA2026]] {
      var machine = try Machine.arm64(gibibytes: 2, kernel: .linux7_3Arm64, policies: policies) {
        $0[.bbml2] = true
      }
      try Self.check(.linearMap(.tablesAlloc(tables, 600)), on: &machine)
      try Self.check(.setDirectMap(.invalid, 0x42345, 1), on: &machine)
      try Self.check(.setDirectMap(.default, 0x42345, 1), on: &machine)
      try Self.check(.linearMap(.tablesFree(tables)), on: &machine)
      if policies == [.genericCPA2026] {
        try Self.check(.setMemory(.ro, .frame(0x44345), 700), on: &machine)
        try Self.check(.setMemory(.rox, .frame(0x44200), 1024), on: &machine)
        try Self.check(.collapse(.frame(0x42200), 512), on: &machine)
      } else {
        try Self.check(.linearMap(.setMemoryPkey(.frame(0x50003), 3, true)), on: &machine)
      }
    }
  }

  @Test func `facts of the Mermap are what applying does`() throws {
    let guest = try named("guest")
    var machine = try Machine.booted([.freetype2026, .mermap2026], kernel: .linux7_2)
    try Self.check(.user(.gmemFault(guest, 600, flushes: true)), on: &machine)
    try Self.check(.user(.mermapGet(try named("m"), 0x140000, 511)), on: &machine)
    try Self.check(.user(.gmemWrite(guest, 600, flushes: true)), on: &machine)
    try Self.check(.user(.mermapPut(try named("m"))), on: &machine)
    try Self.check(.user(.gmemRelease(guest)), on: &machine)
  }

  @Test func `facts of the building of the linear map are what applying does`() throws {
    for kernel in KernelProfile.arm64 {
      var machine = try Machine.arm64(gibibytes: 1, kernel: kernel)
      try Self.check(.linearMap(.mapMem), on: &machine)
    }
    var split = try Machine.arm64(gibibytes: 1, kernel: .linux7_0Arm64) {
      $0[.bbml2] = true
      $0[.bbml2All] = false
    }
    try Self.check(.linearMap(.mapMem), on: &split)
  }

  /// Applies the events of a call one by one and compares each with its facts.
  ///
  /// - Parameter isRandom: a random call may be one that cannot be made.
  private static func check(
    _ call: Call, on machine: inout Machine, isRandom: Bool = false,
  ) throws {
    var log = EventLog()
    var after = machine
    do throws(CallError) {
      try after.perform(call, into: &log)
    } catch {
      if !isRandom { Issue.record("\(call): \(error)") }
      return
    }
    let start = machine
    var summary = CallSummary()
    for event in log.events {
      let before = machine
      machine.apply(CollectionOfOne(event))
      try check(event, from: before, to: machine)
      summary.record(event)
    }
    try #require(machine.checksum == after.checksum)
    for counter in Counter.allCases where machine.counters[counter] != start.counters[counter] {
      #expect(summary.moved(counter), "\(call) moves \(counter)")
    }
  }

  private static func check(_ event: Event, from before: Machine, to after: Machine) throws {
    let facts = event.facts
    for counter in Counter.allCases where after.counters[counter] != before.counters[counter] {
      try demand(facts.counters.contains(counter), "\(event) moves \(counter)")
    }
    if facts.traits.contains(.onlyTells) {
      try demand(
        facts.written == nil && facts.counters.isEmpty && facts.flush == nil, "\(event) tells")
    }
    if let leaves = facts.resized {
      let (old, new) = (before.tables.lookup(leaves.start), after.tables.lookup(leaves.start))
      let large = leaves.change == .split ? old : new
      let small = leaves.change == .split ? new : old
      try demand(large?.size == leaves.size, "\(event)")
      if let small { try demand(small.size < leaves.size, "\(event)") }
      try demand(facts.written.map { $0.start <= leaves.start } == true, "\(event)")
    }
    try checkEntries(event, facts.written, from: before, to: after)
    try checkHolders(event, facts.moved, from: before.physical, to: after.physical)
  }

  /// Pages are allocated, freed and handed on in the frames that the facts name, and nowhere else.
  private static func checkHolders(
    _ event: Event, _ moved: MovedPages?, from before: PhysicalMemory, to after: PhysicalMemory,
  ) throws {
    let moves = moved?.frames ?? 0..<0
    let frames = moves.lowerBound.rawValue..<moves.upperBound.rawValue
    if let pfn = after.firstMoved(from: before, outside: frames) {
      try demand(false, "\(event) moves pfn \(pfn)")
    }
    guard case .memory = event else { return }
    for pfn in frames {
      let (old, new) = (before.holder(pfn), after.holder(pfn))
      switch moved?.move {
      case .allocated?: try demand(old == nil && new != nil, "\(event)")
      case .freed?: try demand(old != nil && new == nil, "\(event)")
      case .cached?, .uncached?: try demand(old != nil && new != nil && old != new, "\(event)")
      case nil: break
      }
    }
  }

  /// Entries change in the range that the facts name, and nowhere else.
  private static func checkEntries(
    _ event: Event, _ written: WrittenEntries?, from before: Machine, to after: Machine,
  ) throws {
    let ranges = [before.directMapRange, before.vmallocRange, before.modulesRange]
    for range in ranges {
      let start = range.lowerBound
      let end = range.upperBound
      guard let written, written.start < end, start < written.start + written.pages else {
        try demand(
          before.tables.sameEntries(as: after.tables, from: start, to: end), "\(event)")
        continue
      }
      let last = min(written.start + written.pages, end)
      try demand(
        before.tables.sameEntries(as: after.tables, from: start, to: max(start, written.start)),
        "\(event) writes before \(written)")
      try demand(
        before.tables.sameEntries(as: after.tables, from: last, to: end),
        "\(event) writes behind \(written)")
    }
  }

  /// Like `#require`, whose every use takes its expression apart: there are millions here.
  private static func demand(_ isTrue: Bool, _ words: @autoclosure () -> String) throws {
    if !isTrue { try #require(Bool(false), "\(words())") }
  }

  @Test func `a flush of 33 pages goes page by page, one of 34 empties the TLB`() {
    let few = Event.flushed(.kernelRange(33)).facts
    let many = Event.flushed(.kernelRange(34)).facts
    #expect(few.flush?.isFullOfTLB == false && few.counters.contains(.flushTLBOneKernel))
    #expect(many.flush?.isFullOfTLB == true && !many.counters.contains(.flushTLBOneKernel))
    let toEnd = Event.flushed(.kernelRangeToEnd).facts
    #expect(toEnd.flush?.isFullOfTLB == true && toEnd.counters == [.flushTLBKernelRange])
    for (pages, kind) in [(33 as UInt64, CallSummary.Kinds.flushedSome), (34, .flushedAll)] {
      var summary = CallSummary()
      summary.record(.flushed(.kernelRange(PageCount(pages))))
      #expect(summary.kinds == kind, "\(pages) pages")
    }
  }

  @Test func `a flush of 512 pages of arm64 goes page by page, one of 513 empties the TLB`() {
    let few = Event.linearMap(.flushedRange(512)).facts
    let many = Event.linearMap(.flushedRange(513)).facts
    #expect(few.flush?.isFullOfTLB == false && few.counters.contains(.flushTLBOneKernel))
    #expect(many.flush?.isFullOfTLB == true && many.counters.contains(.flushTLBAll))
  }

  /// Searches for the calls that reached a page ask these bounds alone: a byte too many names a call
  /// that wrote the page beside it.
  @Test func `what a summary has as written ends with the last byte of the last entry`() {
    var summary = CallSummary()
    #expect(summary.written == nil)
    let start = AddressLayout.directMapAddress(of: 0x200)
    let entry = Entry(0x200, .pageKernel)
    summary.record(.entryWritten(start + 1, .size4K, old: entry, new: entry))
    #expect(summary.written == (start + 1)...VirtualAddress(start.rawValue + 8191))
    summary.record(.entryWritten(start, .size2M, old: entry, new: entry))
    #expect(summary.written == start...VirtualAddress(start.rawValue + (2 << 20) - 1))
  }

  /// What is mapped and unmapped has no event for each entry; without these facts a call that fills
  /// an area would be one that writes nothing.
  @Test func `a summary holds what any event writes, not only single entries`() {
    var elsewhere = CallSummary()
    elsewhere.record(.unmapped(AddressLayout.vmallocStart, 3))
    #expect(elsewhere.kinds == .wroteElsewhere && elsewhere.written == nil)
    var direct = CallSummary()
    let start = AddressLayout.directMapAddress(of: 0x200)
    direct.record(.unmapped(start, 512))
    #expect(direct.kinds == .wroteDirectMap)
    #expect(direct.written == start...VirtualAddress(start.rawValue + (2 << 20) - 1))
  }

  @Test func `every counter has a bit of its own`() {
    #expect(Counter.allCases.count <= UInt64.bitWidth)
    for counter in Counter.allCases {
      let set = CounterSet(counter)
      #expect(Counter.allCases.filter { set.contains($0) } == [counter])
    }
  }

  @Test func `every part of the address space is found from both its ends`() {
    for layout in AddressLayout.all {
      let parts: [(AddressRegion, Range<VirtualAddress>)] = [
        (.directMap, layout.directMap),
        (.vmalloc, layout.vmalloc),
        (.modules, layout.modules),
      ]
      for (region, range) in parts {
        #expect(AddressRegion(of: range.lowerBound) == region)
        #expect(AddressRegion(of: VirtualAddress(range.upperBound.rawValue - 4096)) == region)
      }
    }
    #expect(AddressRegion(of: AddressLayout.kernelMap) == .kernelImage)
    #expect(AddressRegion(of: 0x7fff_ffff_f000) == .user)
    #expect(AddressRegion(of: 0xffff_ffff_ffff_f000) == .other)
  }
}
