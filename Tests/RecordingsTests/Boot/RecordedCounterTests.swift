import Engine
import KernelText
import Recordings
import TestSupport
import Testing

/// What `/proc/meminfo` of recorded machines shows, against machines booted from their iomem.
struct RecordedCounterTests {
  @Test(arguments: RecordedBoot.all)
  func `counts the same kilobytes in all`(_ boot: RecordedBoot) throws {
    let machine = try boot.booted()
    let meminfo = try boot.meminfo()
    let recorded = ["DirectMap4k", "DirectMap2M", "DirectMap1G"].map { meminfo[$0] ?? 0 }
    let ours = LeafSize.allCases.map(machine.directMapKilobytes)
    #expect(UInt64(ours.reduce(0, +)) == recorded.reduce(0, +))
  }

  @Test(arguments: RecordedBoot.all)
  func `counts the same leaves once later splits are counted back`(_ boot: RecordedBoot) throws {
    let machine = try boot.booted()
    let recorded = try boot.recordedMachine()
    let meminfo = try boot.meminfo()
    let expected = BootComparison(machine, recorded: recorded).kilobytes
    #expect(expected[.size1G] == Int64(meminfo["DirectMap1G"] ?? 0))
    #expect(expected[.size2M] == Int64(meminfo["DirectMap2M"] ?? 0))
    #expect(expected[.size4K] == Int64(meminfo["DirectMap4k"] ?? 0))
  }

  @Test(arguments: RecordedBoot.all)
  func `prints the 1G line where the kernel does`(_ boot: RecordedBoot) throws {
    let ours = try NameValueText(boot.booted().meminfoText).names
    let theirs = try boot.meminfo().names.filter { $0.hasPrefix("DirectMap") }
    #expect(ours == theirs)
  }

  @Test(arguments: RecordedBoot.all)
  func `prints the vmstat lines that the kernel has`(_ boot: RecordedBoot) throws {
    let ours = try NameValueText(boot.booted().vmstatText).names
    let theirs = try NameValueText(boot.text("vmstat.txt")).names
    #expect(
      ours.filter { $0.hasPrefix("direct_map") } == theirs.filter { $0.hasPrefix("direct_map") })
    #expect(ours.allSatisfy { theirs.contains($0) })
  }
}
