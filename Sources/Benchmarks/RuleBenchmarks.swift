import Engine
import FoundationEssentials
import KernelText
import Parsing

/// The cost of policies that are read from text.
enum RuleBenchmarks {
  /// The same calls under each rule of `Assets/rules` that has a policy of its name, and under the policy.
  static func rules() -> [Measurement] {
    [PolicyName.aaronLu2022, .hyeyooCount2022, .hyeyooBitmap2022, .kirill2020].compactMap {
      measurement($0)
    }
  }

  private static func measurement(_ name: PolicyName) -> Measurement? {
    guard
      let text = try? String(contentsOfFile: "Assets/rules/\(name.rawValue).rule", encoding: .utf8),
      let rules = try? Parser.rules(streaming: LineStream(of: text.utf8), file: name.rawValue),
      let policy = try? PolicySet([name]), let rule = try? PolicySet([], rules: rules)
    else { return nil }
    let calls = calls()
    let machines = (machine(policy), machine(rule))
    let times = Measurement.leastSecondsInTurn(
      of: 9, { make(calls, on: machines.0) }, { make(calls, on: machines.1) })
    return Measurement(
      name: "\(name.rawValue) as a rule / in Swift", value: times.second / times.first, goal: 20,
      detail: "\(Measurement.nanoseconds(times.second, calls.count)) / "
        + Measurement.nanoseconds(times.first, calls.count))
  }

  private static func machine(_ policies: PolicySet) -> Machine {
    let pages = PageCount(1 << 19)
    let leaves = LeafRun(
      start: AddressLayout.directMapAddress(of: 0), pages: pages, size: .size1G,
      flags: EntryFlags.pageKernel.union(.pse))
    return Machine(
      kernel: .linux6_1, cpu: CPUFeatures(), memory: MemoryMap([PFN(0)..<(PFN(0) + pages)]),
      leaves: [leaves], directMapKilobytes: [.size1G: Int64(pages.kilobytes)], policies: policies)
  }

  /// There and back again, on pages and on ranges, in two slots.
  private static func calls() -> [Call] {
    (0..<400 as Range<UInt64>).flatMap { index -> [Call] in
      let target = Call.Target.frame(PFN(index * 37 % 1024))
      let pages = PageCount(index % 5 == 0 ? 40 : 1)
      return [SetMemory.ro, .rw, .x, .nx].map { .setMemory($0, target, pages) }
    }
  }

  private static func make(_ calls: [Call], on machine: Machine) {
    var machine = machine
    for call in calls { _ = try? machine.perform(call) }
  }
}
