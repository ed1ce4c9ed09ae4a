import CBaseline
import Engine
import TLB

/// The cost of asking what accesses cost.
enum TLBBenchmarks {
  private static let accesses: UInt64 = 10_000_000
  private static let pages: PageCount = 0x2000

  /// Ten million accesses to random words of 32 MiB in 4K pages, compared with the same sets in C
  /// without page tables; and the same number in other patterns and TLBs.
  static func tlb() -> [Measurement] {
    guard let description = MachineDescription(builtIn: "teaching-4g"),
      var machine = try? Machine(booting: description, kernel: .linux7_2),
      (try? machine.perform(.setMemory(.split4K, .frame(0x140000), 0x40000))) != nil
    else { return [] }
    let small = AccessTarget.pages(.frame(0x140000), pages)
    let run = TLBRun(.skylake, .random, over: small, accesses: accesses)
    var walks: UInt64 = 0
    var expected: UInt64 = 0
    let start = machine.directMapAddress(of: 0x140000).rawValue
    let times = Measurement.leastSecondsInTurn(
      of: 3, { expected = baseline_tlb(start, pages.bytes, accesses) },
      { walks = (try? run.result(on: machine).walks) ?? 0 })
    var found = [
      seconds("skylake, random in 32 MiB of 4K", times.second, walks),
      Measurement(
        name: "the same / set lookups in C", value: times.second / times.first,
        detail: "\(expected) walks there"),
    ]
    let others: [(String, TLBRun)] = [
      ("skylake, random in all memory", TLBRun(.skylake, .random, accesses: accesses)),
      ("zen2, random in all memory", TLBRun(.zen2, .random, accesses: accesses)),
      (
        "neoverse-n1, chase in 1 GiB of 4K",
        TLBRun(
          .neoverseN1, .chase(step: 4096), over: .pages(.frame(0x140000), 0x40000),
          accesses: accesses)
      ),
      (
        "power9, hash in 1 GiB of 4K",
        TLBRun(
          .power9, .hash(AccessPattern.HashTable()), over: .pages(.frame(0x140000), 0x40000),
          accesses: accesses)
      ),
    ]
    for (name, run) in others {
      var walks: UInt64 = 0
      let time = Measurement.leastSeconds(of: 2) {
        walks = (try? run.result(on: machine).walks) ?? 0
      }
      found.append(seconds(name, time, walks))
    }
    return found
  }

  private static func seconds(_ name: String, _ seconds: Double, _ walks: UInt64) -> Measurement {
    Measurement(
      name: "10 million accesses, " + name, value: seconds, goal: 1, unit: "s",
      detail: "\(Measurement.nanoseconds(seconds, Int(accesses))) each, \(walks) walks")
  }
}
