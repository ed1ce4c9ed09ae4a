import Engine
import History
import TestSupport
import Testing

@Suite struct SummaryTests {
  /// A timeline of many random calls, longer than a chunk of summaries.
  private static func timeline(seed: UInt64, calls: Int) -> Timeline {
    var random = SeededGenerator(seed: seed)
    var timeline = Timeline(Machine.ofLargeLeaves(kernel: .linux7_2))
    for _ in 0..<calls {
      let pfn = Machine.largeLeavesStart + PageCount(random.next(below: 4096))
      let operation: SetMemory = random.pick([.ro, .rw, .rox, .nx])
      let pages = PageCount(1 + random.next(below: 20))
      _ = try? timeline.perform(.setMemory(operation, .frame(pfn), pages))
    }
    return timeline
  }

  @Test func `a summary says what the events of its call say`() {
    var timeline = Self.timeline(seed: 1, calls: 300)
    for call in 0..<300 {
      let summary = timeline.steps.summary(call)
      let events = timeline.events(ofCall: call)
      #expect(summary.events == UInt32(events.count))
      var sizes: CallSummary.Kinds = []
      var counters: Set<Counter> = []
      for event in events {
        switch event {
        case .tableInstalled(_, .size1G, old: _, first: _): sizes.insert(.split1G)
        case .tableInstalled: sizes.insert(.split2M)
        case .tableFreed(_, .size1G, leaf: _): sizes.insert(.merged1G)
        case .tableFreed: sizes.insert(.merged2M)
        case .counted(let counter, _): counters.insert(counter)
        case .entryWritten(let address, _, old: _, new: _):
          #expect(summary.written?.contains(address) == true)
        default: break
        }
      }
      #expect(summary.kinds.intersection([.split, .merged]) == sizes)
      // All of this is in the direct map.
      #expect(summary.kinds.contains(.splitDirectMap) == !sizes.isDisjoint(with: .split))
      #expect(summary.kinds.contains(.mergedDirectMap) == !sizes.isDisjoint(with: .merged))
      for counter in counters { #expect(summary.moved(counter)) }
    }
  }

  @Test func `a counter that a call moved is among those its summary names`() {
    var timeline = Self.timeline(seed: 2, calls: 200)
    var before = timeline.machine(after: 0)
    for call in 0..<200 {
      let after = timeline.machine(after: call + 1)
      let growth = after.counters.since(before.counters)
      for counter in Counter.allCases where growth[counter] != 0 {
        #expect(timeline.steps.summary(call).moved(counter), "call \(call), \(counter)")
      }
      before = after
    }
  }

  @Test(arguments: 0..<6 as Range<UInt64>)
  func `searches over chunks find what a plain search finds`(seed: UInt64) {
    let steps = Self.timeline(seed: seed, calls: 2600).steps
    let all = steps.indices.map { steps.summary($0).kinds }
    var random = SeededGenerator(seed: seed)
    let wanted: [CallSummary.Kinds] = [.split, .merged, .merged1G, .flushedAll, .failed, .split1G]
    for _ in 0..<200 {
      let a = Int(random.next(below: 2601))
      let b = Int(random.next(below: 2601))
      let range = min(a, b)..<max(a, b)
      let kinds = random.pick(wanted)
      #expect(
        steps.index(of: kinds, in: range) == range.first { !all[$0].isDisjoint(with: kinds) })
      #expect(
        steps.index(of: kinds, in: range, backwards: true)
          == range.last { !all[$0].isDisjoint(with: kinds) })
      #expect(steps.kinds(in: range) == range.reduce(into: []) { $0.formUnion(all[$1]) })
    }
  }
}
