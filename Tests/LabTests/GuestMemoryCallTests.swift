import Engine
import History
import TestSupport
import Testing

@testable import Lab

/// What a real kernel allocates, under names.
@Suite(.waitsForGuests) struct GuestMemoryCallTests {
  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `blocks, areas, secret pages and programs have names`() throws {
    let path = try #require(LabKernels.x86)
    var options = try GuestOptions(translating: path, ram: 1 << 30)
    options.append = "secretmem.enable=1"
    var state = try LabState(try Guest(booting: options), nil)
    var machine = state.booted
    var made: [Call] = []
    func make(_ call: Call) throws -> Observation {
      try state.observe(call, on: &machine, after: &made)
    }
    let (p, v, s, b) = try (
      #require(Name("p")), #require(Name("v")), #require(Name("s")),
      #require(Name("b"))
    )

    // A block, and a call on its second page, which the simulation makes too.
    let block = try make(.allocPages(p, order: 1, .unmovable, node: nil))
    let address = try #require(block.functions.first?.result)
    let second = state.calls.guest.layout.physical(ofDirect: address) >> 12 + 1
    let changed = try make(.setMemory(.ro, .area(p, page: 1), 1))
    #expect(changed.call == .setMemory(.ro, .frame(PFN(second)), 1))
    #expect(changed.difference == nil && changed.returned ?? .success == .success)
    #expect(throws: LabError.self) { try make(.allocPages(p, order: 0, .unmovable, node: nil)) }
    _ = try make(.setMemory(.rw, .area(p, page: 1), 1))
    #expect(try make(.freePages(p)).returned == .success)
    #expect(throws: LabError.self) { try make(.freePages(p)) }

    // An area with pages of its own: its leaves and their frames are the machine's.
    _ = try make(.user(.vmalloc(v, 3, UserCall.VmallocOptions())))
    let area = try #require(machine.areas.area(named: v))
    let leaf = try #require(machine.tables.lookup(area.start + 2))
    let guest = state.calls.guest
    let physical = guest.reader.physical(guest.layout.guestAddress(of: area.start + 2))
    #expect(leaf.size == .size4K && leaf.pfn.rawValue << 12 == physical)
    let readOnly = try make(.setMemory(.ro, .area(v, page: 0), 3))
    #expect(readOnly.difference == nil)
    _ = try make(.setMemory(.rw, .area(v, page: 0), 3))
    _ = try make(.user(.vfree(v)))
    #expect(machine.areas.area(named: v) == nil && machine.tables.lookup(area.start) == nil)

    // A secret page leaves the direct map, and comes back.
    let before = machine.counters[.directMap4K]
    #expect(try make(.user(.secretmemFault(s))).returned == .success)
    let absent = state.leaves().filter { $0.size == .size4K && !$0.flags.contains(.present) }
    #expect(absent.reduce(0) { $0 + $1.pages.rawValue } == 1)
    #expect(machine.counters[.directMap4K] >= before)
    #expect(try make(.user(.secretmemRelease(s))).returned == .success)
    #expect(!state.leaves().contains { $0.size != nil && !$0.flags.contains(.present) })

    // A program of BPF is loaded and freed.
    #expect(try make(.user(.bpfLoad(b, bytes: 500))).returned == .success)
    #expect(try make(.user(.bpfFree(b))).returned == .success)
  }

  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `ranges of a process are zapped, unmapped, and go when it exits`() throws {
    let path = try #require(LabKernels.x86)
    var state = try LabState(try Guest(booting: GuestOptions(translating: path, ram: 1 << 30)), nil)
    var machine = state.booted
    var made: [Call] = []
    let guest = state.calls.guest
    let exit = try #require(guest.symbols.functions(matching: "exit_mmap").first)
    state.lookedAt = [exit.address: exit.name]
    func make(_ call: ProcessCall) throws -> Observation {
      let observation = try state.observe(
        .process(call), on: machine, after: made, watching: WatchedKernel())
      _ = Deed.observed(observation).apply(to: &machine)
      made.append(try #require(observation.call))
      return observation
    }
    let (m, f) = (try #require(Name("m")), try #require(Name("f")))
    #expect(try make(.mmap(m, 512, order: 9, [], at: nil)).returned == .success)
    #expect(try make(.mmap(f, 40, order: 0, [.file, .dirty], at: nil)).returned == .success)
    #expect(throws: LabError.self) { try make(.mmap(m, 1, order: 0, [], at: nil)) }
    #expect(throws: LabError.self) { try make(.mmap(f, 16, order: 4, [], at: nil)) }
    let part = ProcessCall.Part(first: 3, count: 20)
    #expect(try make(.zap(m, part)).returned == .success)
    #expect(try make(.munmap(f, part)).returned == .success)
    #expect(throws: LabError.self) { try make(.zap(m, ProcessCall.Part(first: 512, count: 1))) }
    #expect(try make(.exitMmap).functions.map(\.name) == ["exit_mmap"])
    // What it held has no name any more.
    #expect(throws: LabError.self) { try make(.exitMmap) }
    #expect(try make(.mmap(m, 1, order: 0, [], at: nil)).returned == .success)
    #expect(try make(.munmap(m, nil)).returned == .success)
  }
}
