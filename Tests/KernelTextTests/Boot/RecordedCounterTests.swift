import Engine
import KernelText
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
    // Slots that are one leaf after our boot and a table in the recording.
    var split: [LeafSize: Int64] = [:]
    for size in [LeafSize.size1G, .size2M] {
      var pfn: PFN = 0
      while pfn < machine.memory.end {
        let address = AddressLayout.directMapAddress(of: pfn)
        // What lies in a 1G leaf is a 2M leaf too, once that is split.
        if let ours = machine.tables.lookup(address)?.size, ours >= size,
          let theirs = recorded.tables.lookup(address)?.size, theirs < size
        {
          split[size, default: 0] += 1
        }
        pfn = pfn + size.pages
      }
    }
    let splits1G = split[.size1G] ?? 0
    let splits2M = split[.size2M] ?? 0
    #expect(
      machine.directMapKilobytes(.size1G) - splits1G << 20 == Int64(meminfo["DirectMap1G"] ?? 0))
    #expect(
      machine.directMapKilobytes(.size2M) + (512 * splits1G - splits2M) << 11
        == Int64(meminfo["DirectMap2M"] ?? 0))
    #expect(
      machine.directMapKilobytes(.size4K) + splits2M << 11 == Int64(meminfo["DirectMap4k"] ?? 0))
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
