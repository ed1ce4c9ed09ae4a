import Engine
import KernelText
import Recordings
import TestSupport
import Testing

/// Traces with which a replay cannot continue, or only just.
@Suite struct ReplayErrorTests {
  private static func replay(_ lines: [String], _ leaves: String) throws -> Replay {
    let text = lines.map { " a-1 [000] ..... 1.0: \($0)\n" }.joined()
    return try Replay(
      FtraceText(text.utf8), from: LeavesText(leaves), kernel: .linux7_2)
  }

  private static func error(_ lines: String..., leaves: String = "L 0 400 2 80000000000001e3\n")
    -> String?
  {
    let error = #expect(throws: KernelTextError.self) { try replay(lines, leaves) }
    return error?.description
  }

  private static let request =
    "change_page_attr_set_clr: (f) addr=0xffffffffc0001000 numpages=2 set=0x0 clr=0x42"

  @Test func `frames that leaves-before lacks`() {
    #expect(
      Self.error(Self.request, "cpa_pfns: addr=0xffffffffc0001000 0x3ff+2")?
        .contains("frames of leaves-before") == true)
    #expect(
      Self.error("set_direct_map_invalid_noflush: page=0xffffea0000010000")?
        .hasPrefix("line 1: expected frames of leaves-before; no RAM at pfn 0x400") == true)
    #expect(
      Self.error("set_direct_map_valid_noflush: page=0xffffea0000000000 nr=1025 valid=1") != nil)
    #expect(
      Self.error("set_direct_map_valid_noflush: page=0xffffea0000000000 nr=0 valid=1") != nil)
  }

  @Test func `more frames than the request has pages`() {
    #expect(
      Self.error(Self.request, "cpa_pfns: addr=0xffffffffc0001000 0x10+3")
        == "line 2: expected as many frames as the request in line 1 has pages, 2, "
        + "found \"3 frames\"")
  }

  @Test func `a descriptor that is none`() {
    for page in ["0x0", "0xffffea0000000001", "0xffffffffffffffc0"] {
      #expect(
        Self.error("set_direct_map_default_noflush: page=\(page)")?.contains("give --vmemmap")
          == true)
    }
  }

  @Test func `a request in the direct map beyond RAM`() {
    #expect(
      Self.error(
        "change_page_attr_set_clr: addr=0xffff888000400000 numpages=1 set=0x0 clr=0x2") != nil)
    #expect(
      Self.error(
        "change_page_attr_set_clr: addr=0xffff888000000000 numpages=1025 set=0x0 clr=0x2") != nil)
  }

  @Test func `a request in the direct map needs no frames and keeps what it covers`() throws {
    let replay = try Self.replay(
      ["change_page_attr_set_clr: addr=0xffff888000000000 numpages=513 set=0x0 clr=0x2"],
      "L 0 400 2 80000000000001e3\n")
    #expect(
      replay.machine.leavesText
        == "L 0 200 2 80000000000001e1\nL 200 1 1 8000000000000161\nL 201 1ff 1 8000000000000163\n")
    #expect(replay.report.splits.total == 1)
  }

  @Test func `an array changes page by page`() throws {
    let replay = try Self.replay(
      [
        "change_page_attr_set_clr: addr=(fault) numpages=512 set=0x10 clr=0x0 flags=0x4",
        "cpa_pfns: addr=0x0 0x200+512",
      ], "L 0 400 2 80000000000001e3\n")
    #expect(
      replay.machine.leavesText
        == "L 0 200 2 80000000000001e3\nL 200 200 1 8000000000000173\n")
  }

  @Test func `another address of the direct map and of descriptors`() throws {
    let text = """
       a-1 [000] ..... 1.0: change_page_attr_set_clr: addr=0xffff9a8000200000 numpages=1 set=0x0 clr=0x2
       a-1 [000] ..... 1.0: set_direct_map_invalid_noflush: page=0xfffff12345000000

      """
    let replay = try Replay(
      FtraceText(text.utf8), from: LeavesText("L 0 400 2 80000000000001e3\n"), kernel: .linux7_2,
      addresses: TraceAddresses(
        pageOffset: 0xffff_9a80_0000_0000, vmemmap: 0xffff_f123_4500_0000))
    #expect(replay.report.leavesAfter == LeafCounts(of4K: 1024, of2M: 0, of1G: 0))
  }

  /// The lines of every workload's trace.
  private static let traces = Result {
    try Workload.all.map { try $0.text("workload.ftrace.txt").split(separator: "\n") }
  }

  @Test(arguments: 0..<120) func `mutilated traces never trap`(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let workload = Workload.all[seed % Workload.all.count]
    let lines = try Self.traces.get()[seed % Workload.all.count]
    let start = Int(random.next(below: UInt64(lines.count - 250)))
    var text = (lines[..<14] + lines[start..<(start + 250)]).joined(separator: "\n")
    for _ in 0..<4 { text = SampleText.mutated(text, &random) }
    let leaves = SampleText.mutated(try workload.text("leaves-before.txt"), &random)
    let before = try (try? LeavesText(leaves)) ?? workload.leavesBefore()
    guard let trace = try? FtraceText(text.utf8) else { return }
    _ = TraceScenario(trace).text(kernel: workload.kernel, source: text)
    if var replay = try? Replay(trace, from: before, kernel: workload.kernel) {
      replay.compare(with: try workload.leavesAfter())
      #expect(replay.report.text().isEmpty == false)
      #expect(replay.report.json.isEmpty == false)
    }
  }
}
