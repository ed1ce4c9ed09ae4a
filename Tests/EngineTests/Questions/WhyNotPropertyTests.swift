import Engine
import TestSupport
import Testing

/// What must hold of every answer, on machines after random calls.
@Suite struct WhyNotPropertyTests {
  private static let kernels: [KernelProfile] = [.linux6_1, .linux6_12, .linux7_2]

  /// The slots of a machine that random calls change: those of the direct map, and of areas.
  private static func slots(_ machine: Machine) -> [(size: LeafSize, at: VirtualAddress)] {
    let start = AddressLayout.directMapAddress(of: Machine.largeLeavesStart)
    var slots = (0..<10).map { (LeafSize.size2M, start + PageCount($0 * 512)) }
    slots.append((.size1G, start))
    for area in machine.areas.live { slots.append((.size2M, area.start)) }
    return slots
  }

  /// Visits the slots of machines after random calls.
  private func forEachSlot(
    _ seed: UInt64, _ visit: (Machine, LeafSize, VirtualAddress) throws -> Void,
  ) throws {
    var calls = RandomCalls(seed: seed)
    let kernel = Self.kernels[Int(seed % 3)]
    let size = calls.random.pick([LeafSize.size1G, .size2M, .size4K])
    var machine = Machine.ofLargeLeaves(gibibytes: 1, size: size, kernel: kernel)
    for step in 0..<40 {
      do throws(CallError) { try machine.perform(calls.next(on: machine)) } catch { continue }
      guard step % 8 == 7 else { continue }
      for (size, address) in Self.slots(machine) { try visit(machine, size, address) }
    }
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `no condition fails where the kernel's test succeeds, and its obstacle is among them`(
    seed: UInt64,
  ) throws {
    try forEachSlot(seed) { machine, size, address in
      let answer = machine.whyNot(size, at: address)
      switch machine.collapseTest(of: size, at: address) {
      case .success:
        #expect(answer.couldMerge && answer.blockers == 0)
        #expect(answer.conditions.allSatisfy { $0.isMet && $0.isReached })
      case .failure(.alreadyLeaf(let leaf)):
        #expect(answer.mapping == .leaf(leaf) && answer.conditions.isEmpty)
      case .failure(let obstacle) where answer.mapping == .table:
        #expect(answer.obstacle == obstacle)
        let condition = try #require(answer.conditions.first { $0.kind == obstacle.condition })
        #expect(!condition.isMet && condition.isReached)
        // The kernel compares with the first entry, the answer with most of them.
        if let index = obstacle.index, !answer.entries.contains(0) {
          #expect(condition.entries.contains(index))
        }
      case .failure(let obstacle):
        #expect(obstacle == .nothingMapped && answer.mapping == .nothing(isRAM: false))
      }
      for condition in answer.conditions where condition.kind != .sizeAvailable {
        #expect(condition.isMet == condition.entries.isEmpty)
        let listed = condition.first.flatMap(\.indices)
        #expect(listed == Array(condition.entries.all.prefix(listed.count)))
        #expect(listed.count == condition.entries.count || condition.first.count == 8)
      }
      if machine.policies.isEmpty, answer.mapping == .table,
        answer.obstacle?.condition != .frameAligned
      {
        #expect(machine.blockers(size, at: address) == answer.blockers)
      }
    }
  }

  @Test(arguments: 0..<24 as Range<UInt64>)
  func `what is said to clear them clears them, or it is said that nothing does`(
    seed: UInt64,
  ) throws {
    try forEachSlot(seed) { machine, size, address in
      let answer = machine.whyNot(size, at: address)
      guard let clearing = answer.clearing else { return }
      var changed = machine
      for call in clearing.remedies.flatMap(\.calls) {
        let code = try changed.perform(call)
        #expect(code == .success, "\(call)")
      }
      let after = changed.whyNot(size, at: address)
      if clearing.isPossible, clearing.tablesBelow == 0 {
        #expect(after.obstacle == nil, "\(size) \(address) \(clearing)")
      } else if clearing.isPossible {
        #expect(after.conditions.allSatisfy { $0.isMet || $0.kind == .leaves })
        #expect(after.entries.count == clearing.tablesBelow)
      } else {
        #expect(after.mapping == .table && after.obstacle != nil)
      }
    }
  }

  @Test(arguments: PolicyName.merging, 0..<6 as Range<UInt64>)
  func `what is said to clear a policy's entries clears them by its rule`(
    policy: PolicyName, seed: UInt64,
  ) throws {
    var random = SeededGenerator(seed: seed)
    var machine = try Machine.booted([policy])
    let start: PFN = 0x140000
    let operations: [SetMemory] = [.ro, .x, .np, .nonglobal, .nx, .wt]
    for _ in 0..<6 {
      let first = start + PageCount(random.next(below: 1000))
      let pages = PageCount(1 + random.next(below: random.pick([2, 30, 400])))
      if try machine.perform(.setMemory(random.pick(operations), .frame(first), pages)) == .bug {
        return
      }
    }
    for slot in [start, start + 512, start + 1024] {
      let address = AddressLayout.directMapAddress(of: slot)
      let answer = machine.whyNot(.size2M, at: address)
      guard let merger = answer.mergers.first(where: { $0.name == policy }),
        let clearing = merger.clearing ?? answer.clearing, clearing.isPossible
      else { continue }
      #expect(merger.drift == nil)
      var changed = machine
      for call in clearing.remedies.flatMap(\.calls) where changed.stopped == nil {
        try changed.perform(call)
      }
      guard changed.stopped == nil else { continue }
      let after = changed.whyNot(.size2M, at: address)
      if policy != .aaronLu2022, policy != .kirill2020 {
        // The last call has merged it.
        #expect(after.mapping != .table || merger.entries.isEmpty, "\(clearing)")
      } else {
        #expect(after.mapping != .table || after.couldMerge)
      }
    }
  }
}

extension CollapseObstacle {
  fileprivate var index: Int? {
    switch self {
    case .table(let index), .notPresent(let index), .frameOutOfOrder(let index),
      .flagsDiffer(let index, _):
      index
    case .alreadyLeaf, .nothingMapped, .sizeUnavailable, .frameMisaligned, .kernel4K: nil
    }
  }
}

extension EntrySet {
  /// The entries in rising order.
  fileprivate var all: [Int] { (0..<512).filter(contains) }
}
