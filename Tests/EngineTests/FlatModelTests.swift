import Engine
import TestSupport
import Testing

/// The engine against a model that does the same the slow and obvious way.
@Suite struct FlatModelTests {
  /// A call for the engine, and the same for the model.
  private struct Pair {
    var call: Call
    var apply: (inout FlatMachine) -> Void
  }

  @Test(arguments: 0..<10 as Range<UInt64>)
  func `engine and flat model agree on every page`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let kernel: KernelProfile = random.oneIn(2) ? .linux6_12 : .linux7_2
    var machine = Machine.ofLargeLeaves(gibibytes: 1, kernel: kernel)
    var flat = FlatMachine(gibibytes: 1, hasCollapse: kernel.collapses)
    let operations = Self.swarm(&random)
    var calls: [Call] = []
    for _ in 0..<25 {
      let pair = Self.draw(operations, kernel, &random)
      calls.append(pair.call)
      do throws(CallError) {
        try machine.perform(pair.call)
      } catch {
        guard case .pageFault = error else { throw error }
        continue
      }
      pair.apply(&flat)
      try #require(Self.difference(machine, flat) == nil, "seed \(seed), calls \(calls)")
    }
  }

  /// Which operations a run uses: some of them, so that rare ones are common in some runs.
  private static func swarm(_ random: inout SeededGenerator) -> [SetMemory] {
    let all: [SetMemory] = [.ro, .rw, .x, .nx, .rox, .np, .p, .split4K, .global, .nonglobal]
    let chosen = all.filter { _ in random.oneIn(2) }
    return chosen.isEmpty ? all : chosen
  }

  private static func draw(
    _ operations: [SetMemory], _ kernel: KernelProfile, _ random: inout SeededGenerator,
  ) -> Pair {
    let (first, count) = range(&random)
    let pfn = Machine.largeLeavesStart + PageCount(UInt64(first))
    let pages = PageCount(UInt64(count))
    switch random.next(below: 8) {
    case 0:
      return Pair(call: .touch(.write, .frame(pfn), pages)) { $0.touch(first, count) }
    case 1:
      let isDefault = random.oneIn(2)
      let few = min(count, 40)
      let masks =
        isDefault
        ? FlatMachine.Masks(set: 3, clear: 0) : FlatMachine.Masks(set: 0, clear: 0x43)
      return Pair(
        call: .setDirectMap(isDefault ? .default : .invalid, pfn, PageCount(UInt64(few)))
      ) { flat in
        for page in first..<(first + few) { flat.setMemory(masks, page, 1, flushes: false) }
      }
    case 2:
      let few = min(count, 64)
      let frames = FrameStride(first: pfn, stride: 3, count: PageCount(UInt64(few)))
      guard first + 3 * few < 262_144 else { fallthrough }
      return Pair(call: .setPagesArray(.wb, frames)) { flat in
        flat.setArray(
          FlatMachine.Masks(set: 0, clear: 0x98), (0..<few).map { first + 3 * $0 })
      }
    default:
      let operation = random.pick(operations)
      return Pair(call: .setMemory(operation, .frame(pfn), pages)) { flat in
        flat.setMemory(masks(operation, kernel), first, count)
      }
    }
  }

  /// Ranges of all lengths, often at or around the borders of leaves.
  private static func range(_ random: inout SeededGenerator) -> (first: Int, count: Int) {
    let lengths: [UInt64] = [1, 4, 33, 40, 600, 2048, 30_000, 262_144]
    var first = random.next(below: 262_144)
    if random.oneIn(2) { first = first / 512 * 512 }
    if random.oneIn(4) { first = first / 262_144 * 262_144 }
    var count = 1 + random.next(below: random.pick(lengths))
    if random.oneIn(3) { count = (count + 511) / 512 * 512 }
    if random.oneIn(8) { count = 262_144 }
    return (Int(first), Int(min(count, 262_144 - first)))
  }

  private static func masks(_ operation: SetMemory, _ kernel: KernelProfile) -> FlatMachine.Masks {
    let nx: UInt64 = 1 << 63
    switch operation {
    case .ro: return .init(set: 0, clear: 0x42)
    case .rw: return .init(set: 2, clear: 0)
    case .x: return .init(set: 0, clear: nx)
    case .nx: return .init(set: nx, clear: 0)
    case .rox: return .init(set: 0, clear: 0x42 | nx, collapses: true)
    case .np: return .init(set: 0, clear: 1)
    case .p: return .init(set: 1, clear: 0)
    case .split4K: return .init(set: kernel.marksKernel4K ? 0x800 : 0, clear: 0, forceSplit: true)
    case .global: return .init(set: 0x100, clear: 0)
    default: return .init(set: 0, clear: 0x100)
    }
  }

  private static func difference(_ machine: Machine, _ flat: FlatMachine) -> String? {
    var page = 0
    for run in machine.tables.runs(
      from: AddressLayout.directMapAddress(of: Machine.largeLeavesStart), pages: 262_144)
    {
      let level = run.size?.rawValue ?? 0
      for _ in 0..<run.pages.rawValue {
        if flat.level[page] != level || flat.flags[page] != run.flags.rawValue {
          return
            "page \(page): \(level) \(run.flags.rawValue) \(flat.level[page]) \(flat.flags[page])"
        }
        page += 1
      }
    }
    let counters = machine.counters
    let splits = Int(counters[.level2Splits] + counters[.level3Splits])
    let collapses = Int(counters[.level2Collapses] + counters[.level3Collapses])
    if splits != flat.splits { return "splits \(splits), flat \(flat.splits)" }
    if collapses != flat.collapses { return "collapses \(collapses), flat \(flat.collapses)" }
    if Int(counters[.flushTLBAll]) != flat.fullFlushes { return "full flushes" }
    return Int(counters[.flushTLBOneKernel]) == flat.singleFlushes ? nil : "single flushes"
  }
}
