import Engine
import Language
import Narration
import Parsing
import Scenarios
import TestSupport
import Testing

@Suite struct NarrationTests {
  /// The events of some lines on a small machine.
  private func events(_ text: String, _ kernel: KernelProfile = .linux7_2) throws -> [Event] {
    var runner = Runner(
      try Scenario(parsing: text, file: "t").statements, on: Machine.ofLargeLeaves(kernel: kernel))
    var events: [Event] = []
    while let step = try runner.next(logging: true) {
      if case .called(_, _, _, let log) = step.outcome { events += log?.events ?? [] }
    }
    return events
  }

  @Test func `tells a first split in short`() throws {
    let lines = try events("set_memory_ro pfn:0x180000").map { $0.sentence(.short) }
    #expect(
      lines.prefix(4) == [
        "change_page_attr_set_clr, 1 page", "clear RW D", "__change_page_attr_set_clr, 1 page",
        "should_split_large_page, 1 page",
      ])
    #expect(lines.contains("1 of 262144 pages: split to 512 x 2M"))
    #expect(lines.contains("one 1G leaf becomes 512 x 2M"))
    #expect(lines.contains("1 of 512 pages: split to 512 x 4K"))
    #expect(lines.contains("clears RW D"))
    #expect(lines.contains("4K: clears RW D"))
    #expect(lines.contains("DirectMap1G -1048576 kB"))
    #expect(lines.contains("DirectMap2M +1048576 kB"))
    #expect(lines.contains("direct_map_level3_splits +1"))
    #expect(lines.contains("flush_tlb_all: all entries, all CPUs"))
    #expect(lines.contains("__cpa_flush_tlb: 1 page, each CPU"))
  }

  @Test func `tells a first split in full sentences`() throws {
    let told = try events("set_memory_ro pfn:0x180000").filter {
      !$0.facts.traits.contains(.detail)
    }
    .map { $0.sentence() }
    #expect(
      told == [
        "The request covers 1 of 262144 pages of the 1G leaf at pfn 0x180000, from page 0: it "
          + "must split to 512 x 2M.",
        "The 1G leaf at pfn 0x180000 is replaced by a table of 512 x 2M with the same flags.",
        "flush_tlb_all empties the TLB of every CPU.",
        "The request covers 1 of 512 pages of the 2M leaf at pfn 0x180000, from page 0: it must "
          + "split to 512 x 4K.",
        "The 2M leaf at pfn 0x180000 is replaced by a table of 512 x 4K with the same flags.",
        "flush_tlb_all empties the TLB of every CPU.",
        "The 4K entry of pfn 0x180000 is written: it loses RW D.",
        "__cpa_flush_tlb takes 1 page out of the TLB of each CPU, one by one.",
      ])
  }

  @Test(arguments: KernelProfile.x86.map(\.name), 0..<6)
  func `keeps short sentences short and ends long ones`(kernel: String, seed: Int) throws {
    let profile = try #require(KernelProfile(named: kernel))
    var random = SeededGenerator(seed: UInt64(seed))
    var machine = Machine.ofLargeLeaves(kernel: profile)
    var log = EventLog()
    for _ in 0..<30 {
      let target: Call.Target = .frame(PFN(0x180000 + random.next() % 2048))
      let pages = random.pick([1, 2, 33, 34, 512, PageCount(random.next() % 64 + 1)])
      let call: Call = .setMemory(random.pick(SetMemory.allCases), target, pages)
      _ = try? machine.perform(call, into: &log)
    }
    let short = log.events.lazy.map { $0.sentence(.short) }
    #expect(short.first { $0.isEmpty || $0.utf8.count > 52 } == nil)
    #expect(log.events.lazy.map { $0.sentence() }.first { !$0.hasSuffix(".") } == nil)
  }

  @Test(arguments: PolicyName.x86)
  func `keeps short what users and policies do`(policy: PolicyName) throws {
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    let base: PolicyName = policy == .unmappedAllocWholeBlock ? .unmappedAlloc2023 : .unmapped2022
    let policies = try (try? PolicySet([policy])) ?? PolicySet([base, policy])
    for kernel in KernelProfile.x86 {
      let machine = try Machine(
        booting: description, kernel: kernel, options: BootOptions(policies: policies))
      let text = """
        module load nf text=24K data=8K ro_after_init=4K init_text=4K
        bpf load filter 1500
        ftrace load hook
        kprobe load slots
        secretmem fault key
        vmalloc code 4 group reset
        fail blocks on
        secretmem release key
        vfree code
        bpf free filter
        module unload nf
        """
      var runner = Runner(try Scenario(parsing: text, file: "t").statements, on: machine)
      // The prototype stops the kernel; what is told until then counts.
      while let step = try? runner.next(logging: true) {
        guard case .called(_, _, _, let log) = step.outcome else { continue }
        for event in log?.events ?? [] {
          let short = event.sentence(.short)
          #expect(!short.isEmpty && short.utf8.count <= 54 && !short.hasSuffix("."), "\(short)")
          #expect(event.sentence().hasSuffix("."), "\(event.sentence())")
        }
      }
    }
  }

  @Test func `names flags in the kernel's order`() {
    #expect(EntryFlags.pageKernel.text(.size4K) == "P RW A D G NX")
    #expect(EntryFlags.pageKernel.union(.pse).text(.size1G) == "P RW A D PSE G NX")
    #expect(EntryFlags([.present, .pat]).text(.size4K) == "P PAT")
    #expect(EntryFlags([.present, .patLarge]).text(.size2M) == "P PAT_LARGE")
    #expect(EntryFlags().text(.size4K) == "none")
    #expect(EntryFlags(rawValue: 1 | 1 << 58).text(.size4K) == "P 0x400000000000000")
  }

  @Test func `sorts leaves into permission classes`() {
    let classes: [(EntryFlags, LeafSize?, PermissionClass)] = [
      (.pageKernel, .size4K, .rwNX), ([.present, .nx], .size4K, .roNX), (.present, .size2M, .roX),
      ([.present, .writable], .size4K, .rwX), ([.writable, .nx], .size4K, .notPresent),
      ([.present, .writable, .nx, .pcd], .size4K, .uncached),
      ([.present, .writable, .nx, .pse], .size2M, .rwNX),
      // The kernel's PAT table has write-back behind PAT alone.
      ([.present, .writable, .nx, .pse, .patLarge], .size2M, .rwNX),
      ([.present, .writable, .nx, .pse, .patLarge, .pcd], .size2M, .uncached),
      ([.present, .writable, .pcd], .size4K, .rwX), ([], nil, .hole),
    ]
    for (flags, size, wanted) in classes { #expect(PermissionClass(flags, size) == wanted) }
    #expect(Set(PermissionClass.allCases.map(\.letter)).count == PermissionClass.allCases.count)
  }
}
