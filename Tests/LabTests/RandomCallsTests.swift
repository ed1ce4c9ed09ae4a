import Engine
import Testing

@testable import Lab

/// Random calls, and lists of them made short.
@Suite struct RandomCallsTests {
  private static let region: Range<PFN> = PFN(0x100000)..<PFN(0x140000)

  @Test(arguments: RandomKind.allCases)
  func `the calls of a seed are the same, lie in the region, and can be made`(kind: RandomKind) {
    var first = RandomCalls(kind, seed: 7, in: Self.region)
    var second = RandomCalls(kind, seed: 7, in: Self.region)
    var machine = Machine(
      kernel: .linux7_2, cpu: CPUFeatures(), memory: MemoryMap([Self.region]),
      leaves: [
        LeafRun(
          start: AddressLayout.directMapAddress(of: Self.region.lowerBound),
          pages: Self.region.upperBound - Self.region.lowerBound, size: .size1G,
          flags: EntryFlags.pageKernel.union(.pse))
      ], directMapKilobytes: [:])
    var refused = 0
    for _ in 0..<200 {
      let call = first.next()
      #expect(call == second.next())
      do throws(CallError) {
        try machine.perform(call)
      } catch {
        // Only an access to a page that is not there, or may not be written.
        guard case .pageFault = error else {
          Issue.record("\(call): \(error)")
          continue
        }
        refused += 1
      }
    }
    #expect(refused < 100)
  }

  @Test func `a region of one block has room for all kinds`() {
    let small: Range<PFN> = PFN(0x200)..<PFN(0x400)
    for kind in RandomKind.allCases {
      var calls = RandomCalls(kind, seed: 3, in: small)
      for _ in 0..<300 {
        guard case .setMemory(_, .frame(let pfn), let pages) = calls.next() else { continue }
        #expect(small.contains(pfn) && pages > 0 && pfn + pages <= small.upperBound)
      }
    }
  }

  @Test func `a list is made as short as it can be`() {
    var asked = 0
    let short = Shrinking.shortest(of: Array(1...80)) { list in
      asked += 1
      return list.contains(17) && list.contains(60)
    }
    #expect(short == [17, 60])
    #expect(asked < 200)
    #expect(Shrinking.shortest(of: [1, 2, 3]) { _ in true }.count == 1)
    #expect(Shrinking.shortest(of: [1, 2, 3]) { _ in false } == [1, 2, 3])
  }
}
