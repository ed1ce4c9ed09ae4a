import Engine
import Language
import Parsing
import Scenarios
import Testing

/// What the captions say of the kernels that a lesson puts beside its own: a claim in the file cannot
/// hold that.
@Suite struct LessonVariantTests {
  /// What the calls of a lesson come to on another kernel, or with other policies.
  private static func outcome(
    of name: String, kernel: KernelProfile? = nil, _ policies: [PolicyName] = [],
    before heading: String? = nil,
  ) throws -> (machine: Machine, zaps: [ZapCounts], growths: [Counters]) {
    let read = try ReadLesson(name)
    var machine = try read.boot(kernel: kernel, policies: PolicySet(policies))
    var zaps: [ZapCounts] = []
    var growths: [Counters] = []
    for part in read.lesson.parts.prefix(while: { $0.heading != heading }) {
      for call in ReadLesson.calls(part.statements + part.solution) {
        let counters = machine.counters
        _ = try machine.perform(call)
        growths.append(machine.counters.since(counters))
        if case .process = call { zaps.append(machine.lastZap) }
      }
    }
    return (machine, zaps, growths)
  }

  private static func value(_ text: String, in machine: Machine) throws -> Int128 {
    let scenario = try Scenario(parsing: "expect \(text)", file: "test")
    guard case .expect(let expression) = try #require(scenario.statements.first).statement else {
      return 0
    }
    return try expression.value(in: Expression.Context(machine: machine))
  }

  @Test func `a lesson names the variants that are tested here`() throws {
    var named: [String] = []
    for name in ReadLesson.names {
      for located in try ReadLesson(name).scenario.statements {
        guard case .direction(.type(let text)) = located.statement,
          text.hasPrefix(":compare "), text != ":compare off"
        else { continue }
        named.append("\(name) \(text.dropFirst(9))")
      }
    }
    #expect(
      named == [
        "missing-merge lu=policy:aaronlu-2022", "merge-on-free cpa=policy:hyeyoo-bitmap-2022",
        "modules-and-bpf today=kernel:linux-7.2", "zapping before=policy:zap-by-page",
        "arm64-linear-map after=policy:pgtable-ops-2024",
      ])
  }

  @Test func `with Aaron Lu's patches the first slot is whole, G and all`() throws {
    let lu = try Self.outcome(of: "missing-merge", [.aaronLu2022]).machine
    #expect(try Self.value("size(pfn:0x140000) == 2M && flags(pfn:0x140000) has G", in: lu) == 1)
  }

  @Test func `merging in CPA mends what merging on free does not, and the other way round`() throws
  {
    let cpa = try Self.outcome(of: "merge-on-free", [.hyeyooBitmap2022], before: "Your turn")
    #expect(try Self.value("size(pfn:0x140000) == 1G", in: cpa.machine) == 1)
    #expect(try Self.value("size(pfn:0x100000) == 4K", in: cpa.machine) == 1)
    #expect(
      try Self.value(
        "direct_map_level1_merges == 1 && direct_map_level2_merges == 1", in: cpa.machine)
        == 1)
    let literal = try Self.outcome(of: "merge-on-free", [.unmapped2022, .mergeOnFreeLiteral])
    #expect(try Self.value("direct_map_level1_merges == 0", in: literal.machine) == 1)
  }

  @Test func `on 7.2 each module costs more flushes, and its text lies in one 2M leaf`() throws {
    let old = try Self.outcome(of: "modules-and-bpf")
    let new = try Self.outcome(of: "modules-and-bpf", kernel: .linux7_2)
    for index in 0..<14 {
      #expect(new.growths[index][.flushTLBAll] > old.growths[index][.flushTLBAll])
    }
    #expect(try Self.value("size(nf_tables.text) == 2M", in: new.machine) == 1)
    #expect(try Self.value("size(nf_tables.text) == 4K", in: old.machine) == 1)
    #expect(
      try Self.value("direct_map_level2_splits", in: new.machine)
        > Self.value("direct_map_level2_splits", in: old.machine))
  }

  @Test func `before 6.9 the large folio is 262144 runs and 28 flushes, 27 of them forced`() throws
  {
    let zaps = try Self.outcome(of: "zapping", [.zapByPage], before: "Before and after").zaps
    let zap = try #require(zaps.last)
    #expect(zap[.words] == 262_144 && zap[.refOperations] == 262_144)
    #expect(zap[.runs] == 262_144 && zap[.flushes] == 28 && zap[.forcedFlushes] == 27)
    let now = try #require(try Self.outcome(of: "zapping", before: "Before and after").zaps.last)
    #expect(now[.runs] == 512 && now[.refOperations] == 512 && now[.flushes] == 1)
  }

  @Test func `with the series of 2024 each table of arm64 takes one invalidation`() throws {
    let after = try Self.outcome(
      of: "arm64-linear-map", [.pgtableOps2024], before: "A late user")
    #expect(try Self.value("map_tlbi == 32833", in: after.machine) == 1)
    let second = try Self.outcome(
      of: "arm64-linear-map", [.batchBarriers2024], before: "A late user")
    #expect(try Self.value("map_tlbi == 65666", in: second.machine) == 1)
  }
}
