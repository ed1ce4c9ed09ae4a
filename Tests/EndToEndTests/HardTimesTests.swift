import Foundation
import TestSupport
import Testing

/// Garbage, tiny terminals and keys held down, in every layer of the real program.
@Suite(.serialized, .waitsForPrograms) struct HardTimesTests {
  private func opened(_ arguments: String = "--no-config") throws -> TerminalSession {
    let terminal = try TerminalSession()
    try terminal.start(arguments)
    try terminal.wait(for: "? help")
    return terminal
  }

  private static let rubbish = [
    "%%%\\", String(repeating: "9", count: 600), "break if ((((((((((((((((",
    "\u{4f60}\u{597d} e\u{301}", "-1", "pfn:0xffffffffffffffff",
  ]

  @Test(arguments: [":", "/", "g", "Ba"])
  func `rubbish at a prompt is refused with a reason, and the prompt stays`(prompt: String) throws {
    let terminal = try opened()
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
    for text in Self.rubbish {
      try terminal.type(prompt)
      try terminal.wait(until: "asks") { !$0.contains("? help") }
      try terminal.press("C-u")
      try terminal.type(text + "\n")
      try terminal.press("Escape")
      try terminal.press("Escape")
      try terminal.wait(for: "? help")
      try terminal.wait(until: "has closed the list") { !$0.contains("╭ stops") }
    }
    try terminal.press("w")
    try terminal.wait(for: "call 2 of 2  set_memory_rw")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test(arguments: [
    ("?", "help, lines"), ("B", "╭ stops"), ("i", "set_pages_array"), ("q", "any other key stays"),
    (":set_mem", ":set_mem"), ("/pfn", "/pfn"), ("g1", "(50%): 1"),
    (":what-if set_memory_ro pfn:0x140000\n", "what if: "),
  ])
  func `every layer survives a tiny terminal, and is there again behind it`(
    keys: String, shown: String,
  ) throws {
    let terminal = try opened()
    try terminal.type(keys)
    try terminal.wait(for: shown)
    try terminal.resize(columns: 1, rows: 1)
    try terminal.resize(columns: 35, rows: 20)
    try terminal.wait(for: "35x20, needs 36x21")
    try terminal.resize(columns: 120, rows: 40)
    try terminal.wait(for: shown)
    // It closes what is open, asks, and leaves; where it is asked already, it leaves at once.
    for _ in 0..<(keys == "q" ? 1 : 3) { try terminal.press("C-c") }
    try terminal.wait(for: "status=130")
  }

  @Test func `keys held down are all taken, and none is left over`() throws {
    let terminal = try opened()
    try terminal.hold("r", 50)
    try terminal.wait(for: "call 50 of 50")
    for key in [
      ",", ".", "<", ">", "(", ")", "{", "}", "[", "W", "c", "C", "n", "v", "+", "-", ";",
    ] {
      try terminal.hold(key, 60)
    }
    try terminal.press("$")
    try terminal.wait(until: "is at the end of time") {
      $0.contains("call 50 of 50  set_memory_ro pfn:0x140000\n")
    }
    try terminal.hold("9", 40)
    try terminal.wait(for: "count 17179869184 ")
    try terminal.press("u")
    try terminal.wait(for: "before call 1 of 50")
  }

  @Test func `time without calls has an end and a beginning`() throws {
    let terminal = try opened()
    for (key, said) in [
      ("c", "This is the end."), ("C", "This is the beginning."),
      (".", "the next call continues from here"),
      (",", "This is the beginning."), (")", "This is the end."), ("[", "lies before here"),
      ("]", "no split or merge comes"), ("W", "no call up to here has changed this page"),
      ("{", "This is the beginning."), ("u", "nothing to undo"), ("}", "This is the end."),
    ] {
      try terminal.press(key)
      try terminal.wait(for: said)
    }
    for (line, answer) in [
      ("reverse-continue", "This is the beginning."), ("goto 1", "there are 0 calls"),
      ("delete 1", "no stop is set"), ("next split", "no split comes"),
    ] {
      try terminal.type(":\(line)\n")
      try terminal.wait(for: answer)
      try terminal.press("Escape")
      try terminal.wait(for: "? help")
    }
  }

  @Test func `stops on a recording, side by side, and behind a BUG`() throws {
    let root = ProjectFiles.root.path
    let recording = try opened(
      "play --no-config \(root)/Assets/recordings/linux-7.2.12/rox-1.jsonl")
    try recording.type(":break split 2M\n")
    try recording.wait(for: "Stop 1: break split 2M.")
    try recording.press("c")
    try recording.wait(for: "Stop 1, break split 2M: The 2M leaf")
    try recording.press(">")
    try recording.wait(for: "equal to Linux 7.2.12")
    let file = "\(root)/Assets/scenarios/merge-bug.dmap"
    let pair = try opened("play --no-config \(file) --variant plain=policy:none --variant count=")
    try pair.press("e")
    try pair.wait(for: "The focus is on count: ")
    try pair.type(":break drift\n")
    try pair.wait(for: "Stop 1: break drift.")
    try pair.press("c")
    try pair.wait(for: "Stop 1, break drift: ")
    try pair.press("c")
    try pair.wait(for: "KERNEL STOPPED")
    try pair.press("C")
    try pair.wait(for: "Stop 1, break drift: ")
    try pair.press("C")
    try pair.wait(for: "No stop is hit up to here: the beginning.")
  }
}
