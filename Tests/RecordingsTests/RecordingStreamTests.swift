import Foundation
import KernelText
import Recordings
import TestSupport
import Testing

@Suite struct RecordingStreamTests {
  /// The result of reading and checking a recording.
  private struct Outcome: Equatable {
    var steps = 0
    var matched = 0
    var difference: String?
    var error: String?
  }

  private static func streamed(_ source: any ByteSource) -> Outcome {
    do {
      switch try AnyRecordingStream(source) {
      case .kernel(var recording):
        let (steps, matched, mismatch) = try recording.check()
        return Outcome(steps: steps, matched: matched, difference: mismatch?.difference)
      case .grouping(var recording):
        let (steps, matched, mismatch) = try recording.check()
        return Outcome(steps: steps, matched: matched, difference: mismatch?.difference)
      case .mergeOnFree(let recording):
        let check = recording.check()
        return Outcome(
          steps: check.steps, matched: check.matched, difference: check.mismatches.first?.words)
      }
    } catch {
      return Outcome(error: "\(error)")
    }
  }

  private static func whole(_ bytes: [UInt8]) -> Outcome {
    do {
      if GroupingRecording.recognizes(bytes) {
        let recording = try GroupingRecording(reading: bytes)
        let (matched, mismatch) = recording.check()
        return Outcome(
          steps: recording.count, matched: matched, difference: mismatch?.difference)
      }
      let recording = try Recording(reading: bytes)
      let (matched, mismatch) = recording.check()
      return Outcome(
        steps: recording.steps.count, matched: matched, difference: mismatch?.difference)
    } catch {
      return Outcome(error: "\(error)")
    }
  }

  /// The first lines of a recording.
  private static func text(_ file: String, lines: Int) throws -> [UInt8] {
    Array(
      try ProjectFiles.bytes("Assets/recordings/\(file)").split(separator: 0x0a).prefix(lines)
        .joined(separator: [0x0a])) + [0x0a]
  }

  @Test(arguments: [
    "linux-7.2.12/basic-1.jsonl", "linux-6.1.192/huge-1.jsonl", "merge-mapping-2022/mixed-1.jsonl",
    "grouping-2021/fresh-order.jsonl", "grouping-2021/workload-quiet-grouped.jsonl",
  ])
  func `pieces of any length give what the whole file gives`(file: String) throws {
    let bytes = Array(try ProjectFiles.bytes("Assets/recordings/\(file)"))
    let whole = Self.whole(bytes)
    #expect(whole.error == nil && whole.steps > 0)
    for seed in 1...4 as ClosedRange<UInt64> {
      var random = SeededGenerator(seed: seed)
      let source = BytesInMemory(bytes) { Int.random(in: 1...(1 << Int(4 * seed)), using: &random) }
      #expect(Self.streamed(source) == whole)
    }
  }

  @Test(arguments: [("linux-7.2.12/basic-1.jsonl", 4), ("grouping-2021/enable.jsonl", 3)])
  func `a file that is cut off anywhere gives the same error`(file: String, lines: Int) throws {
    let bytes = try Self.text(file, lines: lines)
    for count in stride(from: 0, to: bytes.count, by: 1) {
      let cut = Array(bytes[..<count])
      let outcome = Self.streamed(BytesInMemory(cut, inPiecesOf: { 97 }))
      #expect(outcome == Self.whole(cut))
      // Only at the end of a line, or just before it, is what is left a recording.
      let isWhole = count == 0 || bytes[count] == 0x0a || bytes[count - 1] == 0x0a
      #expect(isWhole || outcome.error?.hasSuffix("the file may be cut off") == true)
    }
  }

  @Test func `what is wrong behind a difference is found`() throws {
    var text = String(
      decoding: try Self.text("linux-7.2.12/basic-1.jsonl", lines: 9), as: UTF8.self)
    text = text.replacing("\"ret\":0", with: "\"ret\":-16", maxReplacements: 1)
    let difference = Self.streamed(BytesInMemory(text.utf8))
    #expect(difference.steps == 8 && difference.matched == 0)
    #expect(difference.difference?.hasPrefix("returned ") == true)
    let broken = Self.streamed(BytesInMemory((text + "{\"op\":5}\n").utf8))
    #expect(broken.error == "line 10: the value of \"op\" has the wrong type")
  }

  /// A recording whose last lines repeat endlessly.
  private final class Repeated: ByteSource {
    let head: [UInt8]
    let rest: [UInt8]
    var position = 0
    let limit: Int

    init(_ head: [UInt8], _ rest: [UInt8], limit: Int) {
      (self.head, self.rest, self.limit) = (head, rest, limit)
    }

    func read(into buffer: inout [UInt8], from offset: Int) -> Int {
      let count = min(buffer.count - offset, limit - position)
      for index in 0..<count {
        let place = position + index
        buffer[offset + index] =
          place < head.count ? head[place] : rest[(place - head.count) % rest.count]
      }
      position += count
      return count
    }
  }

  @Test func `a long recording is read step by step`() throws {
    let bytes = try Self.text("linux-7.2.12/basic-1.jsonl", lines: 1)
    // A call that changes nothing can be repeated.
    let step =
      #"{"op":"set_memory_rw","target":"direct","page":0,"count":512,"ret":0,"leaves":[[0,524288,"1G","#
      + #""0x80000000000001e3"]],"splits":{"2M":0,"1G":0},"collapses":{"2M":0,"1G":0},"#
      + #""direct_map_kB":KB,"calls":{"flush_tlb_all":0,"cpa_flush":0,"__cpa_flush_tlb":0,"#
      + #""flush_tlb_one_kernel":0,"flush_tlb_kernel_range":0,"clflush_cache_range":0}}"#
    let header = String(decoding: bytes, as: UTF8.self)
    let start = try #require(header.range(of: "\"direct_map_kB\":")).upperBound
    let kilobytes = String(header[start...].prefix { $0 != "}" }) + "}"
    let line = Array((step.replacing("KB", with: kilobytes) + "\n").utf8)
    let count = 40_000
    let source = Repeated(bytes, line, limit: bytes.count + count * line.count)
    guard case .kernel(var recording) = try AnyRecordingStream(source) else {
      Issue.record("it is a recording of a kernel")
      return
    }
    var read = bytes.count
    while try recording.next() != nil {
      read += line.count
      // Only one piece is read ahead.
      #expect(source.position - read < 1 << 16)
    }
    #expect(recording.count == count && read == source.limit)
  }
}
