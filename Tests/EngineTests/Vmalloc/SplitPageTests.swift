import Engine
import TestSupport
import Testing

/// The free blocks of each zone and order, types together.
private func freeBlocks(_ machine: Machine) -> [Int] {
  machine.physical.zones.indices.flatMap { zone in
    (0...10).map { order in
      MigrateType.allCases.reduce(0) { sum, type in
        var count = sum
        machine.physical.forEachFreeBlock(inZone: zone, type, order: order) { _ in
          count += 1
          return true
        }
        return count
      }
    }
  }
}

/// `split_page()`, what becomes of part of a huge area, and freed addresses that wait.
@Suite struct SplitPageTests {
  @Test(arguments: KernelProfile.x86)
  func `the pages of a huge area are freed one by one and merge to what there was`(
    kernel: KernelProfile,
  ) throws {
    var machine = try Machine.booted([.hugeVmalloc2020], kernel: kernel)
    let before = freeBlocks(machine)
    let runs = machine.directMapRuns
    let name = try named("table")
    try machine.perform(.user(.vmalloc(name, 2049, .options())))
    let area = try #require(machine.areas.area(named: name))
    let frames = machine.frames(of: name)
    #expect(Set(frames).count == 2560)
    // The array of page pointers has pages of its own.
    let arrays = machine.areas.live.filter { $0.kind == .pageArray }
    let arrayPages = arrays.reduce(0) { $0 + Int($1.pages.rawValue) }
    for frame in frames {
      guard case .allocated(let block, _) = machine.physical.owner(of: frame) else {
        Issue.record("frame \(frame) is not allocated")
        continue
      }
      #expect(block.order == 0)
    }
    let splits = machine.counters[.level2Splits] + machine.counters[.level3Splits]
    var log = EventLog()
    try machine.perform(.user(.vfree(name)), into: &log)
    var freed: [PFN] = []
    for event in log.events {
      if case .memory(.released(let block, _)) = event {
        #expect(block.order == 0)
        freed.append(block.first)
      }
    }
    #expect(Set(freed).isSuperset(of: frames) && freed.count == frames.count + arrayPages)
    #expect(machine.areas.lazilyFreed.filter { $0.kind != .pageArray } == [area])
    #expect(machine.counters[.level2Splits] + machine.counters[.level3Splits] == splits)
    #expect(freeBlocks(machine) == before && machine.directMapRuns == runs)
  }

  @Test(arguments: KernelProfile.x86)
  func `part of a huge area that turns read-only splits its leaf and its alias`(
    kernel: KernelProfile,
  ) throws {
    var machine = try Machine.booted([.hugeVmalloc2020], kernel: kernel)
    let free = machine.freeOrInTables
    let name = try named("table")
    try machine.perform(.user(.vmalloc(name, 1024, .options())))
    let frames = machine.frames(of: name)
    let splits = machine.counters[.level2Splits]
    #expect(try machine.perform(.setMemory(.ro, .area(name, page: 7), 3)) == .success)
    #expect(machine.counters[.level2Splits] == splits + 1)
    let use = machine.use(of: try #require(machine.areas.area(named: name)))
    #expect(use.leaves4K == 512 && use.leaves2M == 1 && use.tables == 1)
    for page in 7..<10 {
      let alias = AddressLayout.directMapAddress(of: frames[page])
      #expect(machine.tables.lookup(alias)?.flags.contains(.writable) == false)
    }
    // The owner of such an area gives the permissions back before it frees it.
    try machine.perform(.setMemory(.rw, .area(name, page: 7), 3))
    #expect(try machine.perform(.user(.vfree(name))) == .success)
    #expect(machine.freeOrInTables == free)
    try machine.checkInvariants()
  }

  @Test(arguments: [1, 2, 3, 4, 7, 8])
  func `freed addresses are flushed when more wait than fls of the CPUs allows`(
    cpus: Int,
  ) throws {
    var description = try #require(MachineDescription(builtIn: "teaching-4g"))
    description.cpu.cpus = cpus
    var machine = try Machine(booting: description, kernel: .linux6_12)
    let bits = [1: 1, 2: 2, 3: 2, 4: 3, 7: 3, 8: 4][cpus] ?? 0
    let limit = UInt64(bits) * 8192
    // One area less than the limit with its guard page, then one of a page with its own.
    for (index, pages) in [limit - 2, 0, 1].enumerated() where pages > 0 {
      let frames = FrameStride(first: 0x100000, count: PageCount(pages))
      let name = try named("a\(index)")
      try machine.perform(.vmap(name, frames, at: nil))
      var log = EventLog()
      try machine.perform(.vunmap(name), into: &log)
      let flushes = log.events.contains { if case .flushed = $0 { true } else { false } }
      #expect(flushes == (index == 2))
      #expect(machine.areas.lazyPages == (index == 2 ? 0 : PageCount(limit - 1)))
    }
  }
}
