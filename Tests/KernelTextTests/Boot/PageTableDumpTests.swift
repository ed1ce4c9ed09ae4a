import Engine
import KernelText
import TestSupport
import Testing

/// The kernel's page-table dump, compared with what recorded kernels printed.
struct PageTableDumpTests {
  static let recorded = RecordedBoot.dumped

  /// The lines up to, and without, a header.
  private func lines(of text: String, upTo header: String) -> [Substring] {
    Array(text.split(separator: "\n").prefix { $0 != "---[ \(header) ]---" })
  }

  @Test func `has recordings to compare with`() { #expect(Self.recorded.count == 5) }

  @Test(arguments: recorded.filter { !$0.hasKFENCE })
  func `prints the low kernel mapping as the kernel did`(_ boot: RecordedBoot) throws {
    let dump = try boot.recordedMachine().pageTableDump
    let recorded = try boot.text("ptdump.txt")
    #expect(lines(of: dump, upTo: "vmalloc() Area") == lines(of: recorded, upTo: "vmalloc() Area"))
  }

  /// KFENCE allocated or freed an object between the two readings: one page in the pool.
  @Test(arguments: recorded.filter(\.hasKFENCE))
  func `prints the low kernel mapping with a pool but for one object`(
    _ boot: RecordedBoot,
  ) throws {
    let dump = try boot.recordedMachine().pageTableDump
    let ours = lines(of: dump, upTo: "vmalloc() Area")
    let theirs = lines(of: try boot.text("ptdump.txt"), upTo: "vmalloc() Area")
    let changes = theirs.difference(from: ours)
    #expect(ours.count > 400)
    #expect(changes.insertions.count + changes.removals.count == 4)
    for case .insert(_, let line, _) in changes { #expect(line.contains("pte")) }
  }

  /// The recorded kernels also have tables for the fixmap, so their dump continues after the
  /// modules.
  @Test(arguments: recorded)
  func `prints the same headers in the same order`(_ boot: RecordedBoot) throws {
    let headers = { (text: String) in text.split(separator: "\n").filter { $0.hasPrefix("---[") } }
    let theirs = try headers(boot.text("ptdump.txt"))
    #expect(try headers(boot.booted().pageTableDump) == theirs.dropLast(2))
    #expect(theirs.suffix(2) == ["---[ End Modules ]---", "---[ Fixmap Area ]---"])
  }

  /// The high map differs at the start of the init sections, which no recorded file shows.
  @Test(arguments: recorded)
  func `prints the high kernel mapping up to the data as the kernel did`(
    _ boot: RecordedBoot,
  ) throws {
    let machine = try boot.booted()
    let data = try #require(machine.image).data.lowerBound
    let end = try #require(machine.image).highMapAddress(of: data).hex
    let part = { (text: String) in
      text.split(separator: "\n").drop { $0 != "---[ High Kernel Mapping ]---" }
        .prefix { !$0.hasPrefix(end) }
    }
    let ours = Array(part(machine.pageTableDump))
    #expect(ours == Array(part(try boot.text("ptdump.txt"))))
    #expect(ours.count >= 5)
  }
}
