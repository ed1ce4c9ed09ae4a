import Engine
import TestSupport
import Testing

/// What must hold of every policy that hands out pages.
@Suite struct GroupingPropertyTests {
  @Test(arguments: PolicyName.grouping, [KernelProfile.linux5_11, .linux6_12, .linux7_2])
  func `the same calls succeed, and every area gets pages of its own`(
    policy: PolicyName, kernel: KernelProfile,
  ) throws {
    var plain = try Machine.booted([], kernel: kernel)
    var grouped = try Machine.booted([policy], kernel: kernel)
    var users = RandomUsers(seed: 11)
    for _ in 0..<60 {
      let call = Call.user(try users.next())
      #expect(try plain.perform(call) == .success)
      #expect(try grouped.perform(call) == .success, "\(call)")
    }
    var seen: Set<PFN> = []
    for name in users.areas {
      let frames = grouped.frames(of: name)
      #expect(frames.count == plain.frames(of: name).count && !frames.isEmpty)
      for frame in frames {
        #expect(seen.insert(frame).inserted, "frame \(frame) is in two areas")
        guard case .allocated(let block, let owner) = grouped.physical.owner(of: frame) else {
          Issue.record("frame \(frame) is not allocated")
          continue
        }
        #expect(block.order == 0 && grouped.physical.name(of: owner) == name)
      }
    }
    try grouped.checkInvariants()
  }

  @Test(arguments: PolicyName.grouping)
  func `caches return all they took`(policy: PolicyName) throws {
    var machine = try Machine.booted([policy], kernel: .linux6_12)
    let before = machine.freeOrInTables
    var users = RandomUsers(seed: 3)
    for _ in 0..<40 { try machine.perform(.user(try users.next())) }
    #expect(machine.freeOrInTables < before)
    for call in users.freeAll() { #expect(try machine.perform(.user(call)) == .success) }
    #expect(machine.areas.live.isEmpty)
    try machine.checkInvariants()
    // Pages of a pageblock that is marked for good stay with pte-cache-2021 until the shrinker asks;
    // freed by it they are the page allocator's.
    for _ in 0..<3 { try machine.perform(.policy(.dropSlab)) }
    #expect(machine.cachedPages == 0)
    #expect(machine.freeOrInTables == before)
    try machine.checkInvariants()
  }

  @Test(arguments: PolicyName.x86)
  func `the events of a call lead to the machine after it, and a copy never changes`(
    policy: PolicyName,
  ) throws {
    var machine = try Machine.booted(policy.withPrerequisite, kernel: .linux7_2)
    var users = RandomUsers(seed: 5)
    var random = SeededGenerator(seed: 6)
    for _ in 0..<30 {
      var call = Call.user(try users.next())
      if random.oneIn(3) {
        let operation = random.pick([SetMemory.ro, .rw, .np, .p, .rox, .nx])
        call = .setMemory(
          operation, .frame(0x140000 + PageCount(random.next(below: 1024))),
          PageCount(1 + random.next(below: 600)))
      }
      let before = machine
      let sum = before.checksum
      var log = EventLog()
      do { try machine.perform(call, into: &log) } catch { break }
      #expect(before.checksum == sum, "\(call) changed a copy")
      var replayed = before
      replayed.apply(log.events)
      #expect(replayed.checksum == machine.checksum, "\(call)")
    }
  }

  @Test(arguments: PolicyName.grouping)
  func `without blocks single pages do, and a request that fails half way loses none`(
    policy: PolicyName,
  ) throws {
    var machine = try Machine.booted([policy], kernel: .linux6_1)
    var options = UserCall.VmallocOptions()
    options.flags = [.group, .resetsPermissions]
    let before = machine.freeOrInTables
    try machine.perform(.policy(.failBlocks(true)))
    let area = try named("area")
    #expect(try machine.perform(.user(.vmalloc(area, 40, options))) == .success)
    #expect(Set(machine.frames(of: area)).count == 40)
    try machine.perform(.user(.vfree(area)))
    for _ in 0..<3 { try machine.perform(.policy(.dropSlab)) }
    #expect(machine.freeOrInTables == before)
    // This one goes on with smaller blocks, down to single pages at the very end.
    if policy == .unmappedAlloc2023 { return }

    try machine.perform(.policy(.failPages(after: 10)))
    #expect(try machine.perform(.user(.vmalloc(area, 40, options))) == .noMemory)
    #expect(machine.areas.live.isEmpty)
    try machine.perform(.policy(.failPages(after: nil)))
    try machine.perform(.policy(.failBlocks(false)))
    try machine.checkInvariants()
    for _ in 0..<3 { try machine.perform(.policy(.dropSlab)) }
    #expect(machine.freeOrInTables == before)
    // What failed can be asked for again.
    #expect(try machine.perform(.user(.vmalloc(area, 40, options))) == .success)
  }
}
