import Engine
import Recordings
import TestSupport
import Testing

/// The leaves of recorded machines, compared with machines booted from their iomem. What ran before
/// the leaves were read left traces; each has a rule, and nothing else may differ.
struct RecordedLeafTests {
  /// All slots that differ, each page of them with a mark.
  private static func differences(
    _ booted: Machine, _ recorded: Machine,
  ) -> [BootComparison.Slot] {
    let slots = BootComparison(booted, recorded: recorded).slots
    for slot in slots { #expect(slot.unmarked == nil) }
    return slots
  }

  @Test(arguments: RecordedBoot.all)
  func `differs only by marks that have a rule`(_ boot: RecordedBoot) throws {
    let all = Self.differences(try boot.booted(), try boot.recordedMachine())
    let pools = all.filter { $0.count(.guarded) > 0 }
    let code = all.filter { $0.count(.guarded) == 0 }

    // The pool: one aligned block of 2M, in which pages 0 and 1 and every second one are guards.
    #expect(pools.count == (boot.hasKFENCE ? 1 : 0))
    for pool in pools {
      for index in [0, 1] + Array(stride(from: UInt64(3), to: 512, by: 2)) {
        #expect(pool.marks[index] == .guarded || pool.marks[index] == .splitOnRequest)
      }
      #expect(pool.count(.splitOnRequest) == (boot.kernel.marksKernel4K ? 1 : 0))
      #expect(pool.count(.readOnly) + pool.count(.restored) == 0)
    }

    // Executable memory: a BPF area of 2M for each node; where module text has a cache (7.2), its
    // block of 2M; up to 4 pages of the probe module and what was loaded before it.
    let readOnly = code.reduce(0) { $0 + $1.count(.readOnly) }
    let areas = boot.nodes + (boot.kernel.collapses ? 1 : 0)
    #expect(readOnly / 512 == areas)
    #expect((1...4).contains(readOnly % 512))
    // On 6.1 none had been freed by then.
    let restored = code.reduce(0) { $0 + $1.count(.restored) }
    #expect((boot.kernel == .linux6_1 ? 0...0 : 1...4).contains(restored))
    for slot in code {
      #expect(slot.count(.readOnly) + slot.count(.restored) == UInt64(slot.marks.count))
      #expect(!slot.marks.isEmpty)
    }
    // Slots: an area in pieces takes three at the most, modules two.
    #expect(code.count <= Int(areas) * 3 + 2)
  }

  @Test(arguments: RecordedBoot.all)
  func `keeps what boot itself did to the first GiB`(_ boot: RecordedBoot) throws {
    let image = try #require(try boot.booted().image)
    let ours = try boot.booted().tables
    let theirs = try boot.recordedMachine().tables
    let end = AddressLayout.directMapAddress(of: image.frames.upperBound)
    let pages = end - AddressLayout.pageOffset
    #expect(
      ours.runs(from: AddressLayout.pageOffset, pages: pages)
        == theirs.runs(from: AddressLayout.pageOffset, pages: pages))
  }

  @Test(arguments: RecordedBoot.all.filter(\.hasKFENCE))
  func `builds the KFENCE pool where it is told to`(_ boot: RecordedBoot) throws {
    let recorded = try boot.recordedMachine()
    let differences = Self.differences(try boot.booted(), recorded)
    let pool = try #require(differences.first { $0.count(.guarded) > 0 })
    let machine = try boot.booted(options: BootOptions(kfence: .at(pool.pfn)))
    for index in 0..<UInt64(512) {
      let address = AddressLayout.directMapAddress(of: pool.pfn + PageCount(index))
      let ours = try #require(machine.tables.lookup(address))
      let theirs = try #require(recorded.tables.lookup(address))
      #expect(ours.size == theirs.size)
      // Objects that were allocated and freed since then lost their page too.
      let isObject = index >= 2 && index % 2 == 0
      let isFreed = isObject && theirs.flags == ours.flags.subtracting(.present)
      #expect(ours.flags == theirs.flags || isFreed, "page \(index)")
    }
    #expect(machine.counters[.level2Splits] == 0)
  }
}
