import Foundation
import TestSupport
import Testing

/// The screen over a real kernel, in a terminal.
@Suite(.serialized, .waitsForGuests) struct LabScreenTests {
  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `calls, steps through the kernel's functions, a watched entry and a session`() throws {
    let kernel = try #require(LabKernels.x86)
    let folder = try Folder()
    let terminal = try TerminalSession(columns: 120)
    try terminal.start("lab --no-config --accel tcg \(kernel)")
    try terminal.wait(for: "real: Linux 6.")
    try terminal.press("r")
    try terminal.wait(for: "split a 2M leaf into 512 x 4K and rewrote 1 entry")
    try terminal.wait(for: "and the simulation agrees")
    try terminal.press("w")
    try terminal.wait(for: "call 2 of 2  set_memory_rw")
    // Back into the call: the kernel's own functions, and forwards again.
    try terminal.press(",")
    try terminal.wait(for: "cpa_flush() returns 0x0.")
    try terminal.press(",")
    let screen = try terminal.wait(for: "__cpa_flush_tlb() returns 0x0.")
    #expect(screen.contains("functions of Linux 6."))
    try terminal.press(".")
    try terminal.wait(until: "is back behind cpa_flush()") {
      $0.contains(" cpa_flush() returns 0x0.")
    }
    try terminal.press(".")
    try terminal.wait(for: "rewrote 1 entry; TLB: 1 page")
    // An entry that is watched stops the lane where the kernel writes it.
    let page = try #require(screen.firstMatch(of: /set_memory_rw (pfn:0x[0-9a-f]+)/)).1
    try terminal.type(":watch \(page)\n")
    try terminal.wait(for: "Stop 1: watch \(page).")
    try terminal.press("r")
    try terminal.wait(for: "Stop 1, watch \(page): ")
    try terminal.wait(for: "wrote the 4K entry of pfn 0x")
    try terminal.wait(for: "called by ")
    let session = "\(folder.path)/session.dmap"
    try terminal.type(":save \(session)\n")
    try terminal.wait(for: "Saved 3 calls")
    let text = try String(contentsOfFile: session, encoding: .utf8)
    #expect(text.contains("set_memory_ro \(page)\nset_memory_rw \(page)\nset_memory_ro \(page)\n"))
  }
}
