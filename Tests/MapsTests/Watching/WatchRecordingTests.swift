import Engine
import KernelText
import Maps
import Testing

/// Recordings of a watch, written and read back.
@Suite struct WatchRecordingTests {
  private static func run(
    _ first: UInt64, _ pages: UInt64, _ size: LeafSize?, _ flags: UInt64 = 0x8000_0000_0000_0163,
  ) -> LeafRun {
    LeafRun(
      start: AddressLayout.directMapAddress(of: PFN(first)), pages: PageCount(pages), size: size,
      flags: size == nil ? [] : EntryFlags(rawValue: flags))
  }

  private static var machine: WatchedMachine {
    WatchedMachine(
      release: "6.12.117+deb13-amd64", architecture: .x86_64,
      addresses: TraceAddresses(
        pageOffset: 0xffff_9000_0000_0000, vmemmap: 0xffff_f000_0000_0000),
      ram: [0..<0x9f, 0x100..<0x800])
  }

  private static var readings: [WatchReading] {
    let counters = WatchCounters(
      meminfo: "MemTotal: 1 kB\nDirectMap4k:       28 kB\nDirectMap2M:   100 kB\n",
      vmstat: "nr_free_pages 3\ndirect_map_level2_splits 3\n")
    let whole = WatchReading(
      at: 12_345_678, isWhole: true,
      [run(0, 0x200, .size4K), run(0x200, 0x600, .size2M, 0x8000_0000_0000_01e3)], counters)
    var changes = WatchReading(
      at: 13_000_001, isWhole: false,
      [
        run(0x400, 3, .size4K), run(0x403, 0x1fc, .size4K, 0x8000_0000_0000_0161),
        run(0x5ff, 1, nil),
      ],
      counters)
    var cause = WatchCause(
      task: "my task;%-7", function: "set_memory_ro", owner: "module nf_tables",
      stack: ["set_memory_ro", "nft_init [nf_tables]"])
    (cause.calls, cause.pages, cause.split2M) = (2, 7, 1)
    changes.causes = [cause]
    return [whole, changes]
  }

  private static var text: String {
    WatchText.head(machine)
      + "          insmod-1 [000] .....     2.7: set_memory_ro: (x) addr=0xffffffffc0201000 numpages=2\n"
      + readings.map { WatchText.text($0) }.joined()
  }

  private func read(_ text: String) throws -> WatchRecording {
    try WatchRecording(BytesInMemory(Array(text.utf8)))
  }

  @Test func `what is written is read back`() throws {
    let recording = try read(Self.text)
    #expect(recording.machine == Self.machine)
    #expect(recording.readings == Self.readings)
    #expect(recording.notes == [])
    #expect(SourceKind(beginning: Array(Self.text.utf8)[...]) == .watch)
    #expect(recording.readings[0].counters["direct_map_level2_splits"] == 3)
    #expect(recording.totals.causes == Self.readings[1].causes)
  }

  @Test func `the last leaves are those of all readings together`() throws {
    let recording = try read(Self.text)
    let lines = LeavesText.text(of: recording.lastLeaves)
    #expect(
      lines == """
        L 0 200 1 8000000000000163
        L 200 200 2 80000000000001e3
        L 400 3 1 8000000000000163
        L 403 1fc 1 8000000000000161
        L 600 200 2 80000000000001e3

        """)
    #expect(recording.firstMap.leaves == Self.readings[0].leaves)
  }

  @Test func `it is a trace too`() throws {
    let trace = try FtraceText(Array(Self.text.utf8))
    #expect(trace.events.count == 1 && trace.survey.unreadableLines.isEmpty)
    #expect(trace.survey.kernelVersion == "6.12.117+deb13-amd64")
  }

  @Test func `a recording that is cut off anywhere is read up to there, and nothing traps`() throws
  {
    let bytes = Array(Self.text.utf8)
    var whole = 0
    for length in 0..<bytes.count {
      guard let recording = try? WatchRecording(BytesInMemory(bytes.prefix(length))) else {
        continue
      }
      whole += 1
      #expect(recording.readings == Array(Self.readings.prefix(recording.readings.count)))
    }
    #expect(whole > 100)
    for place in bytes.indices {
      for value in [0, 0x20, 0x39, 0x7a, 0xff] as [UInt8] {
        var other = bytes
        other[place] = value
        _ = try? WatchRecording(BytesInMemory(other)).lastLeaves
      }
    }
  }

  @Test func `what is no recording says why`() {
    for (text, words) in [
      ("# directmap watch 2\n", "# directmap watch 1"),
      ("# directmap watch 1\n", "whole reading"),
      ("# directmap watch 1\n# reading 1.000000 changes\n# end\n", "a whole reading before"),
      ("# directmap watch 1\n# reading 1 whole\n", "# reading SECONDS"),
      ("# directmap watch 1\n# machine vax page_offset=0x1 vmemmap=0x2\n", "# machine ARCH"),
    ] {
      do {
        _ = try read(text)
        Issue.record("\(text) was read")
      } catch {
        #expect("\(error)".contains(words), "\(error)")
      }
    }
  }
}
