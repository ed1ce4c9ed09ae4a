import Engine
import Foundation
import KernelText
import Narration
import Recordings
import TestSupport
import Testing

/// The rules of Assets do what the policies of the same name do, call by call.
@Suite struct RuleEqualityTests {
  /// Rules that keep their numbers where the patches keep theirs: the machines are equal to the bit.
  static let exact: [PolicyName] = [.aaronLu2022, .hyeyooCount2022, .hyeyooBitmap2022, .kirill2020]

  /// How many random calls are compared. `RULE_CALLS=100000` is the large run.
  static let calls = ProcessInfo.processInfo.environment["RULE_CALLS"].flatMap(Int.init) ?? 1500

  private static func machine(_ seed: UInt64, _ policies: PolicySet) -> Machine {
    var cpu = CPUFeatures()
    cpu[.pti] = seed % 3 == 1
    let size: LeafSize = seed % 2 == 0 ? .size1G : .size2M
    return Machine.ofLargeLeaves(
      gibibytes: 2, size: size, kernel: seed % 5 == 4 ? .linux6_12 : .linux6_1, cpu: cpu,
      policies: policies)
  }

  @Test(arguments: exact)
  func `a rule equals its policy over random calls, drift and BUG included`(
    name: PolicyName,
  ) throws {
    let rule = try Rule.inAssets(name.rawValue)
    #expect(rule.lines.count <= 30)
    let policies = try PolicySet([name])
    let rules = try PolicySet([], rules: [rule])
    var (made, stops, drifts, merges, seed): (Int, Int, Int, Int64, UInt64) = (0, 0, 0, 0, 0)
    var time = (policy: Duration.zero, rule: Duration.zero)
    let clock = ContinuousClock()
    while made < Self.calls {
      var first = Self.machine(seed, policies)
      var second = Self.machine(seed, rules)
      var calls = RandomMergeCalls(seed: seed)
      seed += 1
      for _ in 0..<120 where first.stopped == nil {
        let call = calls.next(on: first)
        var results: (ReturnCode?, ReturnCode?)
        time.policy += clock.measure { results.0 = try? first.perform(call) }
        time.rule += clock.measure { results.1 = try? second.perform(call) }
        made += 1
        guard results.0 == results.1, first.counters == second.counters,
          first.stopped == second.stopped
        else {
          Issue.record("seed \(seed - 1): \(call.scenarioText) differs")
          return
        }
      }
      #expect(first.checksum == second.checksum, "seed \(seed - 1)")
      let drift = (first.drift(in: first.directMapRange), second.drift(in: second.directMapRange))
      #expect(drift.0.map(\.slot) == drift.1.map(\.slot))
      #expect(drift.0.map(\.found) == drift.1.map(\.found))
      drifts += drift.0.count
      merges += first.counters.merges
      if first.stopped != nil { stops += 1 }
    }
    #expect(merges > 10)
    if name == .hyeyooCount2022 { #expect(stops > 0) }
    if Self.calls > 10_000 {
      print(
        "\(name.rawValue): \(made) calls, \(merges) merges, \(stops) BUGs, \(drifts) drifts;",
        "policy \(time.policy), rule \(time.rule), \(time.rule / time.policy) times")
    }
  }

  @Test func `merge on free as a rule equals the policy over random loads`() throws {
    let rule = try Rule.inAssets("merge-on-free")
    #expect(rule.lines.count <= 30)
    let policies = try PolicySet([.unmapped2022, .mergeOnFree])
    let rules = try PolicySet.none.adding(rule)
    #expect(rules.names == [.unmapped2022])
    let description = try #require(MachineDescription(builtIn: "teaching-4g"))
    var (made, merges, seed): (Int, Int64, UInt64) = (0, 0, 0)
    var time = (policy: Duration.zero, rule: Duration.zero)
    let clock = ContinuousClock()
    while made < Self.calls {
      var first = try Machine(
        booting: description, kernel: .linux6_1, options: BootOptions(policies: policies))
      var second = try Machine(
        booting: description, kernel: .linux6_1, options: BootOptions(policies: rules))
      var calls = RandomLoads(seed: seed)
      seed += 1
      for _ in 0..<400 {
        let call = calls.next()
        var results: (ReturnCode?, ReturnCode?)
        time.policy += clock.measure { results.0 = try? first.perform(call) }
        time.rule += clock.measure { results.1 = try? second.perform(call) }
        made += 1
        guard results.0 == results.1, first.counters == second.counters,
          first.physical.freePages == second.physical.freePages
        else {
          Issue.record("seed \(seed - 1): \(call.scenarioText) differs")
          return
        }
      }
      #expect(first.directMapRuns == second.directMapRuns)
      #expect(first.physical.pagetypeinfoText == second.physical.pagetypeinfoText)
      merges += first.counters.merges
    }
    #expect(merges > 0)
    if Self.calls > 10_000 {
      print(
        "merge-on-free: \(made) calls, \(merges) merges;",
        "policy \(time.policy), rule \(time.rule), \(time.rule / time.policy) times")
    }
  }

  @Test(arguments: [
    ("merge-rfc-2022", PolicyName.aaronLu2022), ("merge-mapping-2022", .hyeyooCount2022),
  ])
  func `a rule matches every recording of the real patch`(
    folder: String, name: PolicyName,
  ) throws {
    let rules = try PolicySet([], rules: [try Rule.inAssets(name.rawValue)])
    let files = ProjectFiles.list("Assets/recordings/\(folder)", ending: "jsonl")
    #expect(files.count > 20)
    for file in files {
      var recording = try Recording(reading: try ProjectFiles.bytes(file))
      #expect(recording.machine.policies == [name])
      recording.machine = recording.machine.under(rules)
      let (matched, mismatch) = recording.check()
      #expect(mismatch == nil, "\(file)")
      #expect(matched == recording.steps.count)
    }
  }

  @Test(arguments: exact)
  func `a rule and its policy leave the same behind on every recording of plain kernels`(
    name: PolicyName,
  ) throws {
    let policies = try PolicySet([name])
    let rules = try PolicySet([], rules: [try Rule.inAssets(name.rawValue)])
    let folders =
      Self.calls > 10_000 ? ["linux-6.1.192", "linux-6.12.117", "linux-7.2.12"] : ["linux-6.1.192"]
    for folder in folders {
      for file in ProjectFiles.list("Assets/recordings/\(folder)", ending: "jsonl") {
        let recording = try Recording(reading: try ProjectFiles.bytes(file))
        var first = recording.machine.under(policies)
        var second = recording.machine.under(rules)
        for step in recording.steps {
          let results = (try? first.perform(step.call), try? second.perform(step.call))
          guard results.0 == results.1, first.counters == second.counters else {
            Issue.record("\(file): \(step.call.scenarioText) differs")
            return
          }
        }
        #expect(first.checksum == second.checksum, "\(file)")
      }
    }
  }
}
