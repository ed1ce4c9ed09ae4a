import Foundation
import TestSupport
import Testing

/// Stops on the screen of the real program: set by a line, hit forwards and backwards, and listed.
@Suite(.serialized, .waitsForPrograms) struct StopScreenTests {
  /// A stop and what the screen says where it is hit.
  private struct Hit {
    let line: String
    /// The text going forwards from the start, and the place.
    let forwards: (sentence: String, place: String)
    /// The same, backwards from the end.
    let backwards: (sentence: String, place: String)
  }

  private static let hits = [
    Hit(
      line: "break split 2M", forwards: ("The 2M leaf at pfn 0x140000 is", "1 of 4  set_memory_ro"),
      backwards: ("The 2M leaf at pfn 0x140000 is", "3 of 4  set_memory_ro")),
    Hit(
      line: "break split 1G in pfn:0x140000 512",
      forwards: ("The 1G leaf at pfn 0x140000 is", "1 of 4  set_memory_ro"),
      backwards: ("The 1G leaf at pfn 0x140000 is", "3 of 4  set_memory_ro")),
    Hit(
      line: "break merge 1G",
      forwards: ("The table at pfn 0x140000 is replaced by one 1G leaf.", "2 of 4  set_memory_rw"),
      backwards: ("The table at pfn 0x140000 is replaced by one 1G leaf.", "2 of 4  set_memory_rw")),
    Hit(
      line: "break near-merge 3",
      forwards: ("Nothing blocks a 2M leaf at pfn 0x140000", "2 of 4  set_memory_rw"),
      backwards: ("Nothing blocks a 2M leaf at pfn 0x140000", "4 of 4  set_memory_ro")),
    Hit(
      line: "break flush full",
      forwards: ("flush_tlb_all empties the TLB", "1 of 4  set_memory_ro"),
      backwards: ("flush_tlb_all empties the TLB", "4 of 4  set_memory_ro")),
    Hit(
      line: "break call set_memory_rw",
      forwards: ("set_memory_rw pfn:0x140000 is about to be made.", "1 of 4  set_memory_ro"),
      backwards: ("set_memory_rw pfn:0x140000 is about to be made.", "1 of 4  set_memory_ro")),
    Hit(
      line: "break if DirectMap4k > 14000",
      forwards: ("DirectMap4k > 14000 is true.", "1 of 4  set_memory_ro"),
      backwards: ("DirectMap4k > 14000 is true.", "3 of 4  set_memory_ro")),
    Hit(
      line: "watch pfn:0x1400ff",
      forwards: ("The 1G leaf at pfn 0x140000 is replaced", "1 of 4  set_memory_ro"),
      backwards: ("The table at pfn 0x140000 is replaced by one 2M", "4 of 4  set_memory_ro")),
    Hit(
      line: "watch direct_map_level1_merges",
      forwards: ("direct_map_level1_merges +1.", "2 of 4  set_memory_rw"),
      backwards: ("direct_map_level1_merges +1.", "4 of 4  set_memory_ro")),
  ]

  private func playing(_ name: String, columns: Int = 120) throws -> TerminalSession {
    let terminal = try TerminalSession(columns: columns)
    let file = "\(ProjectFiles.root.path)/Assets/scenarios/\(name).dmap"
    try terminal.start("play --no-config \(file)")
    try terminal.wait(for: "before call 1 of")
    return terminal
  }

  /// Whether the header shows a call, in its long form or, beside long names, in its brief one.
  private static func isAt(_ place: String, _ screen: String) -> Bool {
    if screen.contains("call \(place)") { return true }
    let parts = place.split(separator: "  ").map { $0.replacing(" of ", with: "/") }
    return screen.split(separator: "\n").contains {
      $0.contains("\(parts[0]) event ") && $0.contains(" \(parts[1]) ")
    }
  }

  @Test func `every kind stops forwards and backwards, and says why`() throws {
    let terminal = try playing("merge-ro-rw")
    for (index, hit) in Self.hits.enumerated() {
      let name = "Stop \(index + 1), \(hit.line): "
      try terminal.type(":\(hit.line)\n")
      try terminal.wait(for: "Stop \(index + 1): \(hit.line).")
      try terminal.press("c")
      try terminal.wait(until: "stops forwards at \(hit.line)") {
        $0.contains(name + hit.forwards.sentence) && Self.isAt(hit.forwards.place, $0)
      }
      try terminal.press("$")
      try terminal.wait(for: "call 4 of 4  set_memory_ro pfn:0x140100 256\n")
      try terminal.press("C")
      try terminal.wait(until: "stops backwards at \(hit.line)") {
        $0.contains(name + hit.backwards.sentence) && Self.isAt(hit.backwards.place, $0)
      }
      try terminal.type(":delete \(index + 1)\n")
      try terminal.wait(for: "Stop \(index + 1) is deleted.")
      try terminal.press("^")
      try terminal.wait(for: "before call 1 of 4")
    }
  }

  @Test func `a cache that falls back, and a count that drifts`() throws {
    let cache = try TerminalSession()
    try cache.start("--no-config")
    try cache.wait(for: "Press first")
    for (line, shown) in [
      ("kernel linux-5.11", "with linux-5.11"), ("policy edgecombe-2021", "+ edgecombe-2021"),
      ("fail blocks on", "call 1 of 1"), ("bpf load b0 500", "call 2 of 2"),
      ("break fallback", "Stop 1: break fallback."),
    ] {
      try cache.type(":\(line)\n")
      try cache.wait(for: shown)
    }
    try cache.press("C")
    try cache.wait(for: "Stop 1, break fallback: No 2M block is available")
    for (name, place, sentence) in [
      ("merge-kfence", "call 2 of 7", "counts 1 for pfn 0x140000, the table has 2."),
      ("merge-bug", "call 4 of 4", "counts 2 for pfn 0x140000, the table has 1."),
    ] {
      let terminal = try playing(name)
      try terminal.type(":break drift\n")
      try terminal.wait(for: "Stop 1: break drift.")
      try terminal.press("c")
      try terminal.wait(for: "Stop 1, break drift: hyeyoo-count-2022 \(sentence)")
      try terminal.wait(for: place)
    }
  }

  @Test func `once, ignore, disabled and commands`() throws {
    let terminal = try playing("merge-ro-rw")
    func set(_ line: String, _ number: Int) throws {
      try terminal.type(":\(line)\n")
      try terminal.wait(for: "Stop \(number): ")
    }
    try set("break split once", 1)
    try terminal.press("c")
    try terminal.wait(for: "Stop 1, break split: The 1G leaf")
    try terminal.press("c")
    try terminal.wait(for: "No stop is set: this is the end.")
    try terminal.press("^")
    try terminal.wait(for: "before call 1 of 4")
    try set("break split ignore 1", 2)
    try terminal.press("c")
    try terminal.wait(for: "Stop 2, break split: The 2M leaf")
    try terminal.type(":disable 2\n")
    try terminal.wait(for: "Stop 2 is off.")
    try terminal.press("c")
    try terminal.wait(for: "No stop is hit up to here: the end.")
    try terminal.type(":enable 2\n")
    try terminal.wait(for: "Stop 2 is on.")
    try terminal.press("C")
    try terminal.wait(for: "Stop 2, break split: The 2M leaf at pfn 0x140000")
    try terminal.type(":delete all\n")
    try terminal.wait(for: "No stop is left.")
    try terminal.press("^")
    try terminal.wait(for: "before call 1 of 4")
    try set(#"break merge 1G do "note \"seen here\"""#, 3)
    try terminal.press("c")
    try terminal.wait(for: "is replaced by one 1G leaf. seen here")
    try terminal.type(":delete 3\n")
    try terminal.wait(for: "Stop 3 is deleted.")
    try terminal.press("^")
    try terminal.wait(for: "before call 1 of 4")
    try set(#"break merge do "continue""#, 4)
    try terminal.press("c")
    try terminal.wait(for: "hits were passed without stopping")
  }

  @Test(arguments: [80, 120])
  func `the list adds, changes, turns off and on, and deletes`(columns: Int) throws {
    let terminal = try playing("merge-ro-rw", columns: columns)
    try terminal.press("B")
    try terminal.wait(for: "╭ stops")
    try terminal.type("asplit 2M\n")
    try terminal.wait(for: "✓ 1  break split 2M")
    try terminal.press("a")
    try terminal.wait(until: "has a line to type") { $0.contains("a stop: break") }
    try terminal.press("C-u")
    try terminal.type("watch pfn:0x140000\n")
    try terminal.wait(for: "✓ 2  watch pfn:0x140000")
    try terminal.press("Down")
    try terminal.press("Space")
    try terminal.wait(for: "· 2  watch pfn:0x140000")
    try terminal.press("Space")
    try terminal.wait(for: "✓ 2  watch pfn:0x140000")
    try terminal.press("Enter")
    try terminal.wait(until: "has the stop in a line") { $0.contains("stop 2: watch pfn:0x140000") }
    try terminal.type(" once\n")
    try terminal.wait(for: "✓ 2  watch pfn:0x140000 once")
    try terminal.press("d")
    try terminal.wait(until: "lists one stop") { !$0.contains("watch pfn:0x140000") }
    try terminal.press("Escape")
    try terminal.wait(until: "closes the list") { !$0.contains("╭ stops") }
    try terminal.press("c")
    try terminal.wait(for: "Stop 1, break split 2M: ")
    try terminal.press("B")
    try terminal.wait(for: "break split 2M  1 hit")
    try terminal.type("anonsense\n")
    try terminal.wait(for: "expected split or merge")
    try terminal.press("Escape")
    try terminal.wait(for: "╭ stops")
  }
}
