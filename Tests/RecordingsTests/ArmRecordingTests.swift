import Engine
import Recordings
import TestSupport
import Testing

/// Recordings of arm64's linear map.
@Suite struct ArmRecordingTests {
  static let files = ProjectFiles.list("Assets/recordings", ending: "txt")
    .filter { $0.contains("/arm64-") }
  private static let pages = "Assets/recordings/arm64-6.12/early-4G-full.txt"

  private static func recording(_ text: String) throws -> ArmRecording {
    try ArmRecording(named: "test", from: FilesInOneText(text))
  }

  @Test(arguments: [
    ("6.1", 35), ("6.12", 41), ("6.18", 1), ("7.0", 50), ("7.1", 1), ("7.2", 1), ("7.3", 4),
  ])
  func `all recordings of a kernel are there`(kernel: String, count: Int) {
    #expect(Self.files.count { $0.contains("/arm64-\(kernel)/") } == count)
  }

  @Test(arguments: files)
  func `all that was recorded matches`(file: String) throws {
    let recording = try Self.recording(try ProjectFiles.text(file))
    let (parts, mismatches) = try recording.check()
    #expect(parts > 0)
    #expect(mismatches == [])
  }

  @Test(arguments: [
    ("tlbi 2038", "tlbi 2037", "TLBIs of map_mem", "call 1: 2038 TLBIs and 2036 tables"),
    ("allocated 2036", "allocated 2035", "TLBIs of map_mem", "the kernel has 2038 TLBIs and 2035"),
    ("\"pte\": 2034", "\"pte\": 2035", "tables of early-bootmem_init", "2034 PTE tables"),
    (
      "14 2M 0x00e8000000000701", "14 2M 0x00e8000000000705", "leaves of early-bootmem_init",
      "pfn 0x40200: 14 x 2M 0x00e8000000000701, the kernel has 14 x 2M 0x00e8000000000705"
    ),
    ("240 4K", "239 4K", "leaves of early-bootmem_init", "pfn 0x41e00: 240 x 4K"),
  ])
  func `tells the first difference of each part`(
    recorded: String, changed: String, part: String, words: String,
  ) throws {
    let text = try ProjectFiles.text(Self.pages)
    #expect(text.contains(recorded))
    let (_, mismatches) = try Self.recording(text.replacing(recorded, with: changed)).check()
    #expect(mismatches.map(\.part) == [part])
    #expect(mismatches.first?.difference.contains(words) == true, "\(mismatches)")
  }

  @Test(arguments: [
    ("\"ram\": \"4G\"", "\"ram\": \"much\"", "run.json", "no size of memory"),
    ("\"kernel\": \"6.12\"", "\"kernel\": \"6.13\"", "run.json", "Linux 6.13 on arm64"),
    ("\"kernel\": \"6.12\"", "\"kernel\": \"new\"", "run.json", "no version"),
    ("\"append\"", "\"bppend\"", "run.json", "expected an object"),
    ("T _text", "T _test", "../symbols-nokaslr.txt", "_text"),
    ("0x40200 14 2M", "0x40201 14 2M", "early-bootmem_init/leaves.txt", "whole leaves"),
    ("0x40200 14 2M", "0x40200 14 3M", "early-bootmem_init/leaves.txt", "ADDRESS"),
    ("0x41e00 240", "0x41dff 240", "early-bootmem_init/leaves.txt", "as far from its frame"),
    ("early-bootmem_init/leaves", "early/leaves", "run.json", "no step"),
    ("tlbi 2038", "tlbi many", "tlbi-map_mem.txt", "call N"),
  ])
  func `says which file is wrong, and how`(
    good: String, wrong: String, file: String, words: String,
  ) throws {
    try Self.expectError(in: Self.pages, good, wrong, file, words)
  }

  /// Expects that a recording in which some text is wrong is refused, with the file and the reason.
  private static func expectError(
    in recording: String, _ good: String, _ wrong: String, _ file: String, _ words: String,
  ) throws {
    let text = try ProjectFiles.text(recording).replacing(good, with: wrong)
    let error = #expect(throws: ArmRecordingError.self) { try Self.recording(text) }
    #expect(error?.file == file)
    #expect(error?.reason.contains(words) == true, "\(error?.reason ?? "")")
  }

  private static let purge =
    "c2744 op 0xd50882e0 op1=0,CRm=2,op2=7 (vaale1) inner-shareable-or-range count "
  private static let flushes = "Assets/recordings/arm64-7.3/1G-full-probe-tlbi.txt"

  @Test(arguments: [
    ("count 8", "count 7", "stretch 2: 8 TLBIs of a page and 1 TLBI of a range, the kernel has 7"),
    // What flushes for others, such as purges of areas, is not compared.
    (purge + "2", purge + "9", ""),
  ])
  func `compares what set_memory flushes`(recorded: String, changed: String, words: String) throws {
    let text = try ProjectFiles.text(Self.flushes).replacing(recorded, with: changed)
    let (_, mismatches) = try Self.recording(text).check()
    #expect(mismatches.map(\.part) == (words.isEmpty ? [] : ["TLBIs of set_memory"]))
    #expect(mismatches.first?.difference.contains(words) ?? words.isEmpty, "\(mismatches)")
  }

  @Test(arguments: [
    ("range count 8", "range count", "tlbi-set_memory.txt", "count N"),
    ("== from", "=- from", "tlbi-set_memory.txt", "tlbi at"),
    ("T kernel_page_present", "T kernel_page", "symbols.txt", "kernel_page_present"),
  ])
  func `says what is wrong with counted flushes`(
    good: String, wrong: String, file: String, words: String,
  ) throws {
    try Self.expectError(in: Self.flushes, good, wrong, file, words)
  }

  @Test func `what is cut off or damaged is an error, or differs`() throws {
    let text = try ProjectFiles.text(Self.pages)
    for length in stride(from: 0, to: text.utf8.count, by: 13) {
      _ = try? Self.recording(String(decoding: text.utf8.prefix(length), as: UTF8.self)).check()
    }
    var random = SeededGenerator(seed: 1)
    for _ in 0..<200 {
      var bytes = Array(text.utf8)
      for _ in 0...random.next(below: 3) {
        let place = Int(random.next(below: UInt64(bytes.count)))
        bytes[place] = UInt8(random.next(below: 96) + 32)
      }
      _ = try? Self.recording(String(decoding: bytes, as: UTF8.self)).check()
    }
  }

  @Test func `the names of CPUs decide on levels and blocks`() throws {
    let text = try ProjectFiles.text(Self.pages)
    func cpu(_ name: String) throws -> CPUFeatures {
      try Self.recording(text.replacing("cortex-a57", with: name)).machine.cpu
    }
    #expect(try !cpu("cortex-a57")[.lpa2] && cpu("max")[.lpa2] && !cpu("max,lpa2=off")[.lpa2])
    #expect(try cpu("max,midr=0x410fd842,lpa2=off")[.bbml2])
    // A later revision, another part, another implementer.
    for midr in ["0x410fd843", "0x411fd841", "0x410fd402", "0x480fd842"] {
      #expect(try !cpu("max,midr=\(midr)")[.bbml2], "\(midr)")
    }
  }
}
