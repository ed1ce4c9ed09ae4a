import CBaseline
import Engine

/// The cost of questions.
enum QuestionBenchmarks {
  private static let start = AddressLayout.directMapAddress(of: 0)

  /// A machine of 2M leaves, all of the first GiB split to 4K, with odd entries of several kinds in each
  /// 2M slot.
  private static func machine(
    _ policies: [PolicyName] = [], gibibytes: UInt64 = 1, size: LeafSize = .size2M,
  ) -> Machine? {
    let pages = PageCount(gibibytes << 18)
    let leaves = LeafRun(
      start: start, pages: pages, size: size, flags: EntryFlags.pageKernel.union(.pse))
    guard let policies = try? PolicySet(policies) else { return nil }
    return Machine(
      kernel: .linux6_12, cpu: CPUFeatures(), memory: MemoryMap([PFN(0)..<(PFN(0) + pages)]),
      leaves: [leaves], directMapKilobytes: [size: Int64(pages.kilobytes)], policies: policies)
  }

  private static func makeOdd(_ machine: inout Machine, slots: UInt64) {
    for slot in 0..<slots {
      let first = PFN(slot * 512)
      _ = try? machine.perform(.setMemory(.ro, .frame(first), 1))
      _ = try? machine.perform(.setMemory(.x, .frame(first + 17), 3))
      _ = try? machine.perform(.setMemory(.np, .frame(first + 300), 40))
    }
  }

  static func why() -> [Measurement] {
    guard var machine = machine([.hyeyooBitmap2022]) else { return [] }
    makeOdd(&machine, slots: 1)
    let words = (0..<512).map { UInt64($0) << 12 | 0x163 }
    return [
      slot(machine, .size2M, "why on a split 2M slot, and by a policy", words, count: 400),
      blockers(machine, words), whole(words), splits(), search(),
    ]
  }

  private static func slot(
    _ machine: Machine, _ size: LeafSize, _ name: String, _ words: [UInt64], count: Int,
  ) -> Measurement {
    var sum: UInt64 = 0
    var found = 0
    let times = Measurement.leastSecondsInTurn(
      of: 30,
      { for _ in 0..<count { sum &+= unsafe baseline_sum(words, words.count) } },
      { for _ in 0..<count { found &+= machine.whyNot(size, at: start).blockers } })
    return Measurement(
      name: "\(name) / 1 ms", value: times.second / Double(count) * 1000, goal: 1, unit: "ms",
      detail: "\(Measurement.text(times.second / times.first)) x a C sum of its "
        + "\(words.count) words, \(found / count / 30) entries, \(sum & 1)")
  }

  private static func blockers(_ machine: Machine, _ words: [UInt64]) -> Measurement {
    let count = 10_000
    var sum: UInt64 = 0
    let times = Measurement.leastSecondsInTurn(
      of: 30,
      { for _ in 0..<count { sum &+= unsafe baseline_sum(words, words.count) } },
      {
        for _ in 0..<count { sum &+= UInt64(machine.blockers(.size2M, at: start) ?? 0) }
      })
    return Measurement(
      name: "counting what blocks a merge / C sum", value: times.second / times.first,
      detail: "\(Measurement.nanoseconds(times.second, count)), \(sum & 1)")
  }

  /// A whole GiB of 4K entries.
  private static func whole(_ words: [UInt64]) -> Measurement {
    guard var machine = machine() else { return Measurement(name: "why on a GiB", value: 0) }
    makeOdd(&machine, slots: 512)
    let all = (0..<512).flatMap { _ in words }
    return slot(machine, .size1G, "why on a GiB of 512 tables", all, count: 4)
  }

  /// Trials on copies of a machine.
  private static func splits() -> Measurement {
    guard let machine = machine(gibibytes: 64, size: .size1G) else {
      return Measurement(name: "what would split a leaf", value: 0)
    }
    let count = 100
    var found = 0
    let seconds = Measurement.leastSeconds(of: 20) {
      for _ in 0..<count { found += machine.whatSplits(at: start).count }
    }
    return Measurement(
      name: "what would split a 1G leaf", value: seconds / Double(count) * 1000, goal: 1,
      unit: "ms", detail: "\(found / count / 20) calls on copies")
  }

  /// The next odd entry in 64 TiB, the very last page.
  private static func search() -> Measurement {
    guard var machine = machine(gibibytes: 65_536, size: .size1G) else {
      return Measurement(name: "the next odd one out", value: 0)
    }
    _ = try? machine.perform(.setMemory(.ro, .frame(PFN(65_536 << 18) - 1), 1))
    var found: UInt64 = 0
    let seconds = Measurement.leastSeconds(of: 20) {
      found &+= machine.nextOddOneOut(after: 0)?.pfn.rawValue ?? 0
    }
    return Measurement(
      name: "the next odd one out, at the end of 64 TiB", value: seconds * 1000, goal: 1,
      unit: "ms", detail: "pfn \(found / 20)")
  }
}

extension PFN {
  fileprivate static func - (pfn: PFN, count: UInt64) -> PFN { PFN(pfn.rawValue - count) }
}
