import Engine
import KernelText
import Testing

/// Traces as other tools than tracefs print them.
struct OtherToolsTests {
  private static let request =
    "addr=0xffffffffc0404000 numpages=54 set=0x2 clr=0x0 force_split=0 flags=0x0"

  @Test(arguments: [
    // trace-cmd report
    "          insmod-105   [000]     2.738228: change_page_attr_set_clr: (ffffffff8107f0e0) ",
    // perf script, with the process alone and with the thread
    "insmod   105 [000]     2.738228: directmap:change_page_attr_set_clr: (ffffffff8107f0e0) ",
    "load it  105/106 [001]     2.738228: directmap:change_page_attr_set_clr: (ffffffff8107f0e0) ",
    // bpftrace, as docs/capture.md has it print
    "insmod-105 [000] 2.738228: change_page_attr_set_clr: ",
  ])
  func `an event is read as from tracefs`(_ beginning: String) throws {
    let trace = try FtraceText((beginning + Self.request + "\n").utf8)
    let event = try #require(trace.events.first)
    #expect(
      event.kind
        == .request(
          FtraceRequest(
            address: 0xffff_ffff_c040_4000, pages: 54, set: .writable, clear: [],
            forcesSplit: false, flags: 0)))
    #expect(event.task == (beginning.contains("106") ? 106 : 105))
    #expect(trace.survey.unreadableLines.isEmpty)
  }
}
