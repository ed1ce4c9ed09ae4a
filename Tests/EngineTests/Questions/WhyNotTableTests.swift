import Engine
import TestSupport
import Testing

/// Answers worked out by hand, kernel by kernel and policy by policy.
@Suite struct WhyNotTableTests {
  private static let page: PFN = 0x140000
  private static let slot = AddressLayout.directMapAddress(of: page)

  /// A machine after some calls on the first 2M slot of a 1G leaf.
  private func machine(
    _ kernel: KernelProfile, _ policies: [PolicyName] = [],
    _ calls: [(SetMemory, UInt64, UInt64)],
  ) throws -> Machine {
    var machine = try Machine.booted(policies, kernel: kernel)
    for (operation, offset, pages) in calls {
      try machine.perform(
        .setMemory(operation, .frame(Self.page + PageCount(offset)), PageCount(pages)))
    }
    return machine
  }

  private func failing(_ answer: MergeAnswer) -> [MergeCondition.Kind] {
    answer.conditions.filter { !$0.isMet }.map(\.kind)
  }

  private func acts(_ clearing: Clearing?) -> [String] {
    clearing?.remedies.map { remedy in
      let name =
        switch remedy.act {
        case .setMemory(let operation): operation.rawValue
        case .directMapDefault: "default"
        case .touch(let access): access.rawValue
        }
      return "\(remedy.stretches.count) \(name) \(remedy.pages.rawValue)"
    } ?? []
  }

  // MARK: Kernels

  @Test func `6.1 loses RW alone, and one call brings it back`() throws {
    let machine = try machine(.linux6_1, [], [(.ro, 17, 1)])
    let answer = machine.whyNot(.size2M, at: Self.slot)
    #expect(failing(answer) == [.flagsEqual])
    #expect(answer.obstacle == .flagsDiffer(index: 17, .writable))
    #expect(answer.blockers == 1 && answer.entries.contains(17) && !answer.isFirstOdd)
    let odd = try #require(answer.conditions.last?.first.first)
    #expect(odd.indices == 17...17 && odd.lacking == .writable && odd.extra.isEmpty)
    #expect(acts(answer.clearing) == ["1 rw 1"])
    #expect(answer.mergers.map(\.rule) == [.never])
  }

  @Test func `6.12 loses D too, which only a write of the CPU sets`() throws {
    let machine = try machine(.linux6_12, [], [(.ro, 17, 1), (.ro, 100, 2)])
    let answer = machine.whyNot(.size2M, at: Self.slot)
    #expect(acts(answer.clearing) == ["2 rw 3", "2 write 3"])
    #expect(answer.clearing?.isPossible == true)
    #expect(answer.mergers.map(\.rule) == [.never])
  }

  @Test func `7.2 can mark an entry 4K by request, and nothing takes the mark away`() throws {
    let machine = try machine(.linux7_2, [], [(.split4K, 3, 1)])
    let answer = machine.whyNot(.size2M, at: Self.slot)
    #expect(failing(answer) == [.not4KByRequest])
    // To the kernel, KERNEL_4K in any entry but the first is a flag that differs.
    #expect(answer.obstacle == .flagsDiffer(index: 3, .kernel4K))
    #expect(acts(answer.clearing) == [])
    #expect(answer.clearing?.incurable == [Incurable(reason: .kernel4K, pages: 1)])
    #expect(answer.mergers.map(\.rule) == [.onRox])
    let first = try self.machine(.linux7_2, [], [(.split4K, 0, 1)])
    #expect(first.whyNot(.size2M, at: Self.slot).obstacle == .kernel4K)
    #expect(
      first.whyNot(.size2M, at: Self.slot).conditions.map(\.isReached)
        == [true, true, true, false, false, false])
  }

  @Test func `not present costs G, which set_memory_global alone gives back`() throws {
    let machine = try machine(.linux6_12, [], [(.np, 5, 3)])
    let answer = machine.whyNot(.size2M, at: Self.slot)
    #expect(failing(answer) == [.present])
    #expect(answer.obstacle == .notPresent(index: 5))
    #expect(acts(answer.clearing) == ["1 p 3", "1 global 3"])
    // 6.1 has no set_memory_p.
    let old = try self.machine(.linux6_1, [], [(.np, 5, 3)])
    #expect(
      acts(old.whyNot(.size2M, at: Self.slot).clearing) == ["1 default 3", "1 global 3"])
  }

  @Test func `the first entry can be the odd one: the kernel finds fault with the second`() throws {
    let machine = try machine(.linux6_1, [], [(.x, 0, 1)])
    let answer = machine.whyNot(.size2M, at: Self.slot)
    #expect(answer.isFirstOdd && answer.blockers == 1 && answer.entries.contains(0))
    #expect(answer.obstacle == .flagsDiffer(index: 1, .nx))
    #expect(acts(answer.clearing) == ["1 nx 1"])
  }

  @Test func `where most changed, the few are the odd ones`() throws {
    let machine = try machine(.linux6_1, [], [(.ro, 0, 500)])
    let answer = machine.whyNot(.size2M, at: Self.slot)
    #expect(answer.blockers == 12 && !answer.isFirstOdd)
    #expect(acts(answer.clearing) == ["1 ro 12"])
    #expect(answer.majority == EntryFlags.pageKernel.subtracting(.writable))
  }

  @Test func `1G asks for leaves, and what is below has to merge first`() throws {
    let machine = try machine(.linux6_1, [], [(.ro, 17, 1), (.ro, 1024, 512)])
    let answer = machine.whyNot(.size1G, at: Self.slot)
    #expect(failing(answer) == [.leaves, .flagsEqual])
    #expect(answer.obstacle == .table(index: 0))
    #expect(answer.entries.contains(0) && answer.entries.contains(2) && answer.blockers == 2)
    #expect(acts(answer.clearing) == ["2 rw 513"])
    #expect(answer.clearing?.tablesBelow == 1)
    #expect(machine.whyNot(.size2M, at: Self.slot + 1024).mapping == .leaf(.size2M))
    #expect(machine.whyNot(.size2M, at: Self.slot + 600_000).mapping == .nothing(isRAM: false))
  }

  @Test func `frames not contiguous are told, and no call moves them`() throws {
    var machine = Machine.ofLargeLeaves()
    let name = try named("a")
    let place = VirtualAddress(AddressLayout.vmallocStart.rawValue + LeafSize.size2M.bytes)
    try machine.perform(
      .vmap(
        name, FrameStride(first: Machine.largeLeavesStart, stride: 2, count: 512), at: place))
    let answer = machine.whyNot(.size2M, at: place)
    #expect(failing(answer) == [.framesInRow])
    #expect(answer.blockers == 511 && answer.obstacle == .frameOutOfOrder(index: 1))
    #expect(answer.clearing?.incurable == [Incurable(reason: .frames, pages: 511)])
  }

  // MARK: Policies

  private func merger(_ machine: Machine, _ size: LeafSize = .size2M) throws -> MergerAnswer {
    try #require(machine.whyNot(size, at: Self.slot).mergers.last)
  }

  @Test func `kirill-2020 tries on each flush`() throws {
    let machine = try machine(.linux6_1, [.kirill2020], [(.ro, 17, 1)])
    let answer = try merger(machine)
    #expect(answer.name == .kirill2020 && answer.rule == .onFlush)
    #expect(answer.clearing == nil && answer.drift == nil)
  }

  @Test func `the bitmap says which groups of eight are special`() throws {
    let machine = try machine(.linux6_1, [.hyeyooBitmap2022], [(.ro, 17, 1), (.x, 505, 2)])
    let answer = try merger(machine)
    let word: UInt64 = 1 << 2 | 1 << 63
    #expect(answer.rule == .bitmap(tracked: word, found: word))
    #expect(answer.entries.count == 3 && answer.entries.contains(506))
    #expect(acts(answer.clearing).sorted() == ["1 nx 2", "1 rw 1"])
    let upper = try merger(machine, .size1G)
    #expect(upper.rule == .bitmap(tracked: 1, found: 1) && upper.entries.contains(0))
  }

  @Test func `the bitmap wants PAGE_KERNEL, and cares for neither A nor D`() throws {
    let machine = try machine(.linux6_12, [.hyeyooBitmap2022], [(.ro, 0, 512), (.rw, 0, 17)])
    // 495 entries are alike and read-only; the 17 usual ones lack D, which does not matter.
    let answer = machine.whyNot(.size2M, at: Self.slot)
    #expect(answer.majority?.contains(.writable) == false)
    let own = try merger(machine)
    #expect(own.entries.count == 495 && !own.entries.contains(3))
    #expect(acts(own.clearing) == ["1 rw 495"])
    #expect(answer.pointed == own.entries)
  }

  @Test func `the count of 2022 wants PAGE_KERNEL to the bit`() throws {
    let machine = try machine(.linux6_1, [.hyeyooCount2022], [(.ro, 0, 510), (.np, 511, 1)])
    let answer = try merger(machine)
    #expect(answer.rule == .count(tracked: 511, found: 511))
    #expect(answer.entries.count == 511 && !answer.entries.contains(510))
    #expect(acts(answer.clearing).sorted() == ["1 default 1", "1 global 1", "1 rw 510"])
  }

  @Test func `the policy of August 2022 takes any protection that all have`() throws {
    let machine = try machine(.linux6_1, [.aaronLu2022], [(.ro, 0, 500), (.np, 501, 1)])
    let answer = try merger(machine)
    #expect(answer.rule == .alike(.pageKernel, tracked: 11, found: 11))
    #expect(answer.clearing == nil && answer.entries.count == 501)
    // By the kernel's test most are read-only; G comes back with P.
    let all = machine.whyNot(.size2M, at: Self.slot)
    #expect(all.blockers == 12)
    #expect(acts(all.clearing).sorted() == ["1 default 1", "1 ro 12"])
  }

  @Test func `what a policy counts wrong stands in its answer`() throws {
    var machine = try machine(.linux6_1, [.hyeyooCount2022], [(.ro, 17, 1)])
    try machine.perform(.user(.kfence(protects: true, Self.page + 1)))
    let answer = machine.whyNot(.size2M, at: Self.slot)
    #expect(answer.drifts.count == 1)
    #expect(answer.mergers.last?.rule == .count(tracked: 1, found: 2))
    #expect(answer.pointed.count == 2)
  }

  @Test func `what a policy counts wrong is not in the answer of another that is on`() throws {
    var machine = try Machine.booted([.hyeyooCount2022, .pteCache2021])
    let area = try named("area")
    var options = UserCall.VmallocOptions()
    options.flags = .group
    try machine.perform(.user(.vmalloc(area, 1, options)))
    let page = try #require(machine.frames(of: area).first)
    try machine.perform(.setMemory(.ro, .frame(page), 1))
    try machine.perform(.user(.kfence(protects: true, page + 1)))
    let mergers = machine.whyNot(.size2M, at: AddressLayout.directMapAddress(of: page)).mergers
    #expect(mergers.map(\.name) == [nil, .hyeyooCount2022, .pteCache2021])
    #expect(mergers.map { $0.drift != nil } == [false, true, false])
  }

  @Test func `a table that no split made is not tracked`() throws {
    let machine = try Machine.booted([.hyeyooCount2022])
    // The first 2M were mapped by 4K at boot.
    let answer = machine.whyNot(.size2M, at: AddressLayout.pageOffset)
    #expect(answer.mapping == .table && answer.mergers.last?.rule == .untracked)
  }

  @Test(arguments: PolicyName.onFree)
  func `merging on free asks the page allocator, and makes 2M only`(policy: PolicyName) throws {
    let machine = try machine(.linux6_1, policy.withPrerequisite, [(.ro, 17, 1)])
    let answer = try merger(machine)
    #expect(
      answer.rule
        == .pageblock(
          .movable, PageblockUse(own: 0, borrowed: 0, boot: 0, waiting: 0),
          isLiteral: policy.rawValue.contains("literal")))
    #expect(try merger(machine, .size1G).rule == .only2M)
  }

  @Test func `an Unmapped pageblock is kept split`() throws {
    var machine = try Machine.booted([.unmapped2022])
    try machine.perform(.user(.secretmemFault(try named("s"))))
    let secret = try #require(
      machine.physical.owner(named: try named("s")).flatMap {
        machine.physical.blocks(of: $0).first
      })
    let address = AddressLayout.directMapAddress(of: secret.first)
    #expect(machine.whyNot(.size2M, at: address).mergers.last?.rule == .keptSplit)
  }

  @Test func `grouping policies say nothing about other slots`() throws {
    for policy in PolicyName.grouping {
      let machine = try machine(.linux6_1, [policy], [(.ro, 17, 1)])
      #expect(machine.whyNot(.size2M, at: Self.slot).mergers.count == 1, "\(policy)")
    }
  }
}
