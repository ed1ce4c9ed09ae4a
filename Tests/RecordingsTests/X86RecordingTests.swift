import Engine
import Foundation
import Recordings
import TestSupport
import Testing

/// Recordings of zaps, vmalloc, failing calls and boots of x86-64 kernels.
@Suite struct X86RecordingTests {
  static let files = ProjectFiles.list("Assets/recordings", ending: "txt")
    .filter { $0.contains("/x86-") }
  private static let zaps = "Assets/recordings/x86-6.12.117/zap.txt"
  private static let probe = "Assets/recordings/x86-7.2.12/set-memory-failures-and-books.txt"
  private static let boot = "Assets/recordings/x86-7.2.12/boot-3584m.txt"

  private static let fiveLevels = "Assets/recordings/x86-7.2.12/boot-la57.txt"

  private static func check(_ text: String) throws -> RecordingCheck {
    if FilesInOneText.recognizes(text.utf8) {
      return try BootRecording(named: "test", from: FilesInOneText(text)).check()
    }
    return try X86Recording(text).check()
  }

  @Test(arguments: [
    ("6.1.192", 8), ("6.12.117", 16), ("6.18.15", 1), ("7.0.13", 1), ("7.2.12", 19),
  ])
  func `all recordings of a kernel are there`(kernel: String, count: Int) {
    #expect(Self.files.count { $0.contains("/x86-\(kernel)/") } == count)
  }

  @Test(arguments: files)
  func `all that the input determines matches`(file: String) throws {
    let check = try Self.check(try ProjectFiles.text(file))
    #expect(check.steps > 0)
    #expect(check.mismatches == [])
  }

  @Test(arguments: [
    (zaps, "log 256/0", "log 255/0", "zap 4k 256 dontneed", "flush_tlb_mm_range 256/0"),
    (
      zaps, "folio_remove_rmap_ptes 4 log 512x4", "folio_remove_rmap_ptes 5 log 512x5", "zap thp",
      "512x4"
    ),
    (probe, "ret -12", "ret 0", "step 0", "returns -12, the kernel 0"),
    (
      fiveLevels, "page_offset ff11000000000000", "page_offset ff12000000000000", "bases",
      "page_offset 0xff11000000000000, the kernel 0xff12000000000000"
    ),
    (
      fiveLevels, "vmalloc_start ffa0000000000000", "vmalloc_start ffffc90000000000", "bases",
      "vmalloc_start"
    ),
    (fiveLevels, " l5 1 ", " l5 0 ", "bases", "five levels, the kernel four levels"),
    (boot, "L 200 e00 2 80000000000001e3", "L 200 e00 2 80000000000001a3", "leaves", "pfn 0x200"),
  ])
  func `tells how a step differs`(
    file: String, recorded: String, changed: String, step: String, words: String,
  ) throws {
    let text = try ProjectFiles.text(file)
    let place = try #require(text.range(of: recorded))
    let check = try Self.check(text.replacingCharacters(in: place, with: changed))
    let mismatch = try #require(check.mismatches.first)
    #expect(mismatch.step.hasPrefix(step), "\(mismatch)")
    #expect(mismatch.words.contains(words), "\(mismatch)")
  }

  /// Randomisation moves each base up, by a multiple of 1G.
  @Test func `randomised bases are compared as far as they are determined`() throws {
    let text = try ProjectFiles.text("Assets/recordings/x86-6.12.117/boot-kaslr.txt")
    let check = try Self.check(text)
    #expect(check.indeterminate.first?.step == "bases")
    let below = text.replacing("vmalloc_start ffffcc7d", with: "vmalloc_start ffffc87d")
    #expect(try Self.check(below).mismatches.map(\.step) == ["bases"])
    let odd = text.replacing("page_offset ffff8bb680000000", with: "page_offset ffff8bb680200000")
    #expect(try Self.check(odd).mismatches.map(\.step) == ["bases"])
    let cut = text.replacing(" vmemmap ", with: " ")
    #expect(throws: X86RecordingError.self) { try Self.check(cut) }
  }

  @Test(arguments: ["", "# 6.12.117\n", "# new kernel\n> info\n", "# 6.12\n## zap 4k\n"])
  func `a text that is cut off is an error`(text: String) {
    #expect(throws: X86RecordingError.self) { try X86Recording(text) }
  }
}
