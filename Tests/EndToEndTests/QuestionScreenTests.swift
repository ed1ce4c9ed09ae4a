import Foundation
import TestSupport
import Testing

/// Questions that are asked of the real program: why, who, what if, where, and when.
@Suite(.serialized, .waitsForPrograms) struct QuestionScreenTests {
  /// A screen after some calls.
  private func opened(_ calls: [String]) throws -> TerminalSession {
    let terminal = try TerminalSession()
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    for (index, call) in calls.enumerated() {
      try terminal.type(":\(call)\n")
      try terminal.wait(for: "call \(index + 1) of \(index + 1)")
    }
    return terminal
  }

  @Test func `why counts what blocks a merge, and points there`() throws {
    let terminal = try opened(["set_memory_ro pfn:0x140000", "set_memory_4k pfn:0x140003"])
    let why = try terminal.wait(for: "2M slot 2560: why?")
    #expect(why.contains("2 of 512 entries block"))
    for (key, pfn) in [(";", "0x140000"), (";", "0x140003"), ("&", "0x140000")] {
      try terminal.press(key)
      try terminal.wait(for: "pfn  \(pfn) ")
    }
    try terminal.type(":why pfn:0x100000 1G\n")
    try terminal.wait(for: "nothing to merge")
    try terminal.press(";")
    try terminal.wait(for: "no table here: one leaf, or nothing")
  }

  @Test func `who goes to the last change of a page, and further back each time`() throws {
    let terminal = try opened([
      "set_memory_ro pfn:0x140000", "set_memory_ro pfn:0x140200", "set_memory_rw pfn:0x140000",
    ])
    try terminal.type("/pfn:0x140000\n")
    try terminal.wait(for: "pfn  0x140000 ")
    for (said, place) in [
      ("Call 3, set_memory_rw pfn:0x140000: The 4K entry", "call 3 of 3"),
      ("Call 1, set_memory_ro pfn:0x140000: The 4K entry", "call 1 of 3"),
      ("Call 1, set_memory_ro pfn:0x140000: The 2M leaf", "call 1 of 3"),
      ("Call 1, set_memory_ro pfn:0x140000: The 1G leaf", "call 1 of 3"),
    ] {
      try terminal.press("W")
      try terminal.wait(for: said)
      try terminal.wait(for: place)
    }
    try terminal.press("W")
    try terminal.wait(for: "No call before it changed this page.")
    try terminal.press("^")
    try terminal.wait(for: "before call 1 of 3")
    try terminal.press("W")
    try terminal.wait(for: "no call up to here has changed this page")
  }

  @Test func `what if shows the changes and keeps none`() throws {
    let terminal = try opened([])
    try terminal.type(":what-if set_memory_ro pfn:0x140000\n")
    let report = try terminal.wait(for: "what if: set_memory_ro pfn:0x140000")
    #expect(report.contains("It would return 0."))
    #expect(report.contains("The 1G leaf at pfn 0x140000 is replaced by a table"))
    #expect(report.contains("Nothing of this is kept."))
    try terminal.press("Escape")
    try terminal.wait(until: "closes it") { !$0.contains("what if: ") }
    try terminal.wait(for: "no calls yet")
    for (line, answer) in [
      ("what-if", "say which call: what-if set_memory_rox"), ("what-if pause", "only calls can be"),
      ("what-if vunmap a7", "no area is called a7"), ("what-if set_memory_r0", "set_memory_ro"),
    ] {
      try terminal.type(":\(line)\n")
      try terminal.wait(for: answer)
      try terminal.press("Escape")
      try terminal.wait(for: "? help")
    }
  }

  @Test func `searches by place, flags, permission, size, owner and oddity`() throws {
    let terminal = try opened([
      "set_memory_ro pfn:0x140000", "set_memory_x pfn:0x140007", "secretmem fault s1",
    ])
    for (what, found) in [
      ("pfn:0x140100", "pfn  0x140100 "), ("rwx", "rwx: 0x140007"), ("lacks G", "lacks G: 0x"),
      ("absent", "absent: 0x"), ("2M", "2M: 0x"),
      ("4K", "4K: 0x"), ("owner s1", "owner s1: 0x"),
      ("odd", "One 4K leaf from 0x140000 on: lacks RW D."),
      ("phys:5G", "pfn  0x140000 "),
    ] {
      try terminal.type("/\(what)\n")
      try terminal.wait(for: found)
    }
    try terminal.type("/rwx\n")
    try terminal.wait(for: "rwx: 0x140007")
    for (what, answer) in [
      ("owner nobody", "not found in the map: owner nobody"), ("pfn:0x99999999", "no RAM at pfn"),
      ("has nonsense", "expected"),
      ("has C", "not found in the map: has C"), ("1G", "not found in the map: 1G"),
      ("lacks PSE", "look for 4K, 2M or 1G"), ("%&?", "'%' begins no word"),
    ] {
      try terminal.type("/\(what)\n")
      try terminal.wait(for: answer)
      try terminal.press("Escape")
      try terminal.wait(for: "? help")
    }
  }

  @Test func `n and N go on with a search until Escape forgets it`() throws {
    let terminal = try opened([
      "set_memory_ro pfn:0x140000", "set_memory_x pfn:0x140007", "set_memory_x pfn:0x140009",
    ])
    try terminal.type("/rwx\n")
    try terminal.wait(for: "rwx: 0x140007")
    try terminal.press("n")
    try terminal.wait(for: "rwx: 0x140009")
    try terminal.press("N")
    try terminal.wait(for: "rwx: 0x140007")
    try terminal.press("Escape")
    try terminal.wait(until: "forgets it") { !$0.contains("rwx: 0x140007") }
    try terminal.press("n")
    try terminal.wait(for: "pfn  0x140008 ")
  }

  @Test func `lines come back with Up, each prompt its own`() throws {
    let terminal = try opened(["set_memory_ro pfn:0x140000"])
    try terminal.type("/rwx\n")
    try terminal.wait(for: "not found in the map: rwx")
    try terminal.press("Escape")
    try terminal.type("/ro\n")
    try terminal.wait(for: "ro: 0x")
    try terminal.press("/")
    try terminal.press("Up")
    try terminal.wait(until: "has the last search") { $0.lastLine.hasPrefix("/ro") }
    try terminal.press("Up")
    try terminal.wait(until: "has the one before") { $0.lastLine.hasPrefix("/rwx") }
    try terminal.press("Down")
    try terminal.press("Down")
    try terminal.wait(until: "is empty again") { $0.lastLine.trimmed == "/" }
    try terminal.press("Escape")
    try terminal.press(":")
    try terminal.press("Up")
    try terminal.wait(until: "has the last line") {
      $0.lastLine.hasPrefix(":set_memory_ro pfn:0x140000")
    }
  }

  @Test func `goes to the next and the previous of a kind, to calls and to percentages`() throws {
    let terminal = try opened([
      "set_memory_ro pfn:0x140000", "set_memory_rw pfn:0x140000", "set_memory_rox pfn:0x140000",
      "touch read pfn:0x140000",
    ])
    for (line, place) in [
      ("previous split", "call 1 of 4  set_memory_ro pfn:0x140000  event 28"),
      ("previous split", "event 13 of 43"), ("next split", "event 28 of 43"),
      ("next flush", "event 33 of 43"), ("goto 50%", "call 2 of 4"),
      ("goto 0", "before call 1 of 4"),
      ("goto 100%", "call 4 of 4"), ("goto 3", "call 3 of 4"),
    ] {
      try terminal.type(":\(line)\n")
      try terminal.wait(for: place)
    }
    for (line, answer) in [
      ("goto 101%", "percentages end at 100%"), ("goto 5", "there are 4 calls"),
      ("goto x", "a number of calls such as 17"), ("next merge", "no merge comes"),
      ("next nonsense", "say what to go to: split, merge"), ("next failure", "no failure comes"),
      ("goto 99999999999999999999", "a number of calls such as 17"),
    ] {
      try terminal.type(":\(line)\n")
      try terminal.wait(for: answer)
      try terminal.press("Escape")
      try terminal.wait(for: "? help")
    }
    try terminal.type("g25%\n")
    try terminal.wait(for: "call 1 of 4")
  }
}

extension String {
  /// The last line of a screen that is not empty.
  var lastLine: Substring {
    split(separator: "\n").last { !$0.allSatisfy(\.isWhitespace) } ?? ""
  }
}

extension Substring {
  fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
