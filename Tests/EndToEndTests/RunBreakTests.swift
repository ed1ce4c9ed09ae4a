import Foundation
import TestSupport
import Testing

/// Stops of `directmap run`: each kind, in text, in JSON, and with the machine at the stop.
@Suite(.waitsForPrograms) struct RunBreakTests {
  /// A kind of stop, what it is tried on, and what it finds.
  struct Case: Sendable, CustomTestStringConvertible {
    let option: String
    let value: String
    var scenario = splits
    let place: String
    let sentence: String
    /// The condition as printed, if it differs from the option's words.
    var told: String?

    var condition: String { told ?? "\(option.dropFirst(2)) \(value)" }
    var testDescription: String { condition }
  }

  private static let splits = """
    kernel linux-7.2
    touch read pfn:0x140000
    set_memory_ro pfn:0x140000
    set_memory_rw pfn:0x140000
    """
  private static let merges = splits.replacing(
    "linux-7.2", with: "linux-6.1\npolicy aaronlu-2022")
  private static let fallbacks = """
    kernel linux-5.11
    policy edgecombe-2021
    fail blocks on
    bpf load b0 500
    """
  private static let replaced2M =
    "The table at pfn 0x140000 is replaced by one 2M leaf."

  private static func asset(_ name: String) -> String {
    (try? ProjectFiles.text("Assets/scenarios/\(name).dmap")) ?? ""
  }

  static let cases = [
    Case(
      option: "--break", value: "split", place: "in call 2",
      sentence: "The 1G leaf at pfn 0x140000 is replaced by a table of 512 x 2M"),
    Case(
      option: "--break", value: "split 2M", place: "in call 2",
      sentence: "The 2M leaf at pfn 0x140000 is replaced by a table of 512 x 4K"),
    Case(
      option: "--break", value: "split in pfn:0x140000 512", place: "in call 2",
      sentence: "The 1G leaf at pfn 0x140000 is replaced"),
    Case(
      option: "--break", value: "merge", scenario: merges, place: "in call 3",
      sentence: replaced2M),
    Case(
      option: "--break", value: "merge 1G", scenario: merges, place: "in call 3",
      sentence: "The table at pfn 0x140000 is replaced by one 1G leaf."),
    Case(
      option: "--break", value: "near-merge 3", scenario: merges, place: "in call 3",
      sentence: "Nothing blocks a 2M leaf at pfn 0x140000 any more."),
    Case(
      option: "--break", value: "fallback", scenario: fallbacks, place: "in call 2",
      sentence: "No 2M block is available: the single page 0x"),
    Case(
      option: "--break", value: "flush full", place: "in call 2",
      sentence: "flush_tlb_all empties the TLB of every CPU."),
    Case(
      option: "--break", value: "call set_memory_rw", place: "after call 2",
      sentence: "set_memory_rw pfn:0x140000 is about to be made."),
    Case(
      option: "--break", value: "if DirectMap4k > 16384", place: "in call 2",
      sentence: "DirectMap4k > 16384 is true."),
    Case(
      option: "--break", value: "if ret == BUG", scenario: asset("merge-bug"),
      place: "after call 4", sentence: "ret == BUG is true."),
    Case(
      option: "--watch", value: "pfn:0x1400ff", place: "in call 2",
      sentence: "The 1G leaf at pfn 0x140000 is replaced"),
    Case(
      option: "--watch", value: "direct_map_level2_splits", place: "in call 2",
      sentence: "direct_map_level2_splits +1."),
    Case(
      option: "--break", value: "drift", scenario: asset("merge-kfence"), place: "in call 2",
      sentence: "hyeyoo-count-2022 counts 1 for pfn 0x140000, the table has 2."),
    Case(
      option: "--break", value: "drift", scenario: asset("merge-bug"), place: "in call 4",
      sentence: "hyeyoo-count-2022 counts 2 for pfn 0x140000, the table has 1."),
    Case(
      option: "--break", value: "split once", place: "in call 2", sentence: "The 1G leaf",
      told: "break split"),
    Case(
      option: "--break", value: "split ignore 1", place: "in call 2", sentence: "The 2M leaf",
      told: "break split"),
    Case(
      option: "--break", value: #"split do "expect 1 == 2; note \"seen\"""#, place: "in call 2",
      sentence: "The 1G leaf", told: "break split"),
  ]

  @Test(arguments: cases)
  func `stops, tells where and why, and ends with 3`(_ one: Case) throws {
    let text = try Program.run(["run", "-", one.option, one.value], input: one.scenario)
    #expect(text.status == 3 && text.errors == "")
    let lines = text.output.split(separator: "\n")
    let index = try #require(lines.firstIndex { $0.hasPrefix("=> ") }, "\(text.output)")
    #expect(lines[index].hasPrefix("=> stopped \(one.place)"), "\(lines[index])")
    #expect(lines[index].hasSuffix(": \(one.condition)"), "\(lines[index])")
    #expect(lines[index + 1].hasPrefix("   \(one.sentence)"), "\(lines[index + 1])")
    #expect(lines[index + 2].hasPrefix("DirectMap4k: "))

    let json = try Program.run(
      ["run", "-", one.option, one.value, "--format", "json"], input: one.scenario)
    #expect(json.status == 3 && json.errors == "")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    let stop = try #require(object["stop"] as? [String: Any])
    #expect(stop["number"] as? Int == 1)
    #expect(stop["condition"] as? String == one.condition)
    let sentence = try #require(stop["sentence"] as? String)
    #expect(lines[index + 1] == "   \(sentence)")
    let call = try #require(stop["call"] as? Int)
    let event = try #require(stop["event"] as? Int)
    #expect(
      lines[index].hasPrefix(
        event == 0
          ? "=> stopped after call \(call):"
          : "=> stopped in call \(call + 1), after its event \(event):"))
  }

  @Test(arguments: [
    ["--break", "split disabled"], ["--break", "merge"], ["--break", "split in pfn:0x100000 512"],
    ["--break", "split ignore 2"], ["--break", #"split do "continue""#], ["--break", "invariant"],
    ["--break", "drift"], ["--watch", "pfn:0x100000"], ["--watch", "DirectMap1G_not_there"],
  ])
  func `runs to the end where nothing is hit, and ends with 0`(options: [String]) throws {
    let result = try Program.run(["run", "-"] + options, input: Self.splits)
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output.hasSuffix("3 calls, 0 expects, 0 failed\n"))
    #expect(!result.output.contains("=>"))
  }

  @Test func `machine formats print the machine inside the call, and the stop beside it`() throws {
    // The 1G leaf is split, no 2M leaf yet, and nothing is counted so far.
    let dump = try Program.run(
      ["run", "-", "--break", "split", "--format", "ptdump"], input: Self.splits)
    #expect(dump.status == 3)
    #expect(
      dump.errors.hasPrefix("=> stopped in call 2, after its event 13: break split\n   The 1G"))
    let end = try Program.run(["run", "-", "--format", "ptdump"], input: Self.splits)
    let slot = "0xffff888140000000-"
    func line(_ text: String) -> Substring? {
      text.split(separator: "\n").first { $0.hasPrefix(slot) }
    }
    #expect(line(dump.output)?.hasSuffix(" pmd") == true, "\(line(dump.output) ?? "")")
    #expect(line(end.output)?.hasSuffix(" pte") == true, "\(line(end.output) ?? "")")
    let counted = try Program.run(
      ["run", "-", "--break", "split 2M", "--format", "vmstat"], input: Self.splits)
    #expect(counted.status == 3)
    #expect(
      counted.output.contains("\ndirect_map_level2_splits 0\ndirect_map_level3_splits 1\n"),
      "\(counted.output)")
  }

  @Test func `the first of several stops counts, and stops of the scenario too`() throws {
    let result = try Program.run(
      ["run", "-", "--watch", "direct_map_level3_splits", "--break", "call set_memory_ro"],
      input: Self.splits)
    #expect(result.status == 3)
    #expect(result.output.contains("=> stopped after call 1: break call set_memory_ro\n"))
    let own = try Program.run(["run", "-"], input: "break split 2M\n" + Self.splits)
    #expect(own.status == 3)
    #expect(own.output.contains(": break split 2M\n"))
  }

  @Test(arguments: [
    ("--break", "splt", "did you mean 'split'"), ("--break", "", "expected split or merge"),
    ("--break", "split 4K", "expected 2M or 1G, found '4K'"),
    ("--break", "split in", "expected a target such as area+3"),
    ("--break", "near-merge 512", "from 0 to 511, found '512'"),
    ("--break", "flush", "expected full"),
    ("--break", "call nothing", "expected the name of a call"),
    ("--break", "if 1 +", "found the end of the line"), ("--break", "if nosuch > 1", "'nosuch'"),
    ("--break", "split ignore 0", "expected how many times not to stop, found '0'"),
    ("--break", "split do x", "expected a text between quotation marks"),
    ("--break", "split once once", "'once'"), ("--break", "split\nsplit", "found"),
    ("--watch", "", "expected a counter such as DirectMap4k"),
    ("--watch", "pfn:xyz", "xyz"), ("--break", "\u{0}\u{7f}\u{1b}[2J", "expected split"),
  ])
  func `nonsense is refused in one line with 2, before anything runs`(
    option: String, value: String, words: String,
  ) throws {
    let result = try Program.run(["run", "-", option, value], input: Self.splits)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.hasPrefix("directmap: \(option): "), "\(result.errors)")
    #expect(result.errors.contains(words), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    #expect(!result.errors.contains("\u{1b}"))
  }

  @Test func `a hundred stops and no more`() throws {
    let options = (0..<101).flatMap { _ in ["--break", "drift"] }
    let result = try Program.run(["run", "-"] + options, input: Self.splits)
    #expect(result.status == 2)
    #expect(result.errors.contains("there can be 100 stops"))
  }
}
