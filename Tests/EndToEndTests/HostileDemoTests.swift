import Foundation
import TestSupport
import Testing

/// Demos and lessons that try to make a person's key do what the file says.
@Suite(.serialized, .waitsForPrograms) struct HostileDemoTests {
  private static let refused = [
    // A line that waits for the key that takes over.
    (
      "set_memory_ro pfn:0x140000\ntype \":save! victim\"\ncaption \"Press Enter.\"\nwait 600s",
      ":2:1: ':save! victim' writes a file, which a demo or a lesson may not"
    ),
    ("type \":set_memory_ro pfn:0x140000\"", ":1:1: the line that is typed here never ends"),
    ("key \"C-t\"\nwait 1s", ":1:1: C-t writes a file"),
    (
      "lesson \"A\" \"B.\"\npart \"One\"\ntype \":save! victim\"\nkey \"Enter\"\nstory \"S\" \"T\"",
      ":3:1: ':save! victim' writes a file"
    ),
  ]

  @Test(arguments: refused)
  func `a file that would write one is refused alike by all that would perform it`(
    text: String, message: String,
  ) throws {
    let folder = try Folder()
    try folder.write("machine teaching-4g\nkernel linux-7.2\n", "head")
    try folder.write(text, "a.dmap")
    try folder.write("mine", "victim")
    let isLesson = text.hasPrefix("lesson")
    var ways = [
      ["play", "a.dmap", "--demo"], ["validate", "a.dmap"], ["record", "a.dmap", "-o", "a.cast"],
    ]
    if isLesson { ways.append(["lesson", "a.dmap"]) }
    for way in ways {
      let result = try Program.run(way, in: folder.path)
      #expect(result.status == 2, "\(way)")
      #expect(result.errors.hasPrefix("a.dmap\(message)"), "\(way): \(result.errors)")
    }
    #expect(folder.text("victim") == "mine")
    #expect(try folder.names == ["a.dmap", "head", "victim"])
  }

  @Test func `the key that takes over empties the prompt and does nothing else`() throws {
    let folder = try Folder()
    try folder.write(
      """
      type ":set_memory_ro pfn:0x140000"
      wait 600s
      key "Enter"
      """, "a.dmap")
    let terminal = try TerminalSession()
    try terminal.start("play \(folder.path)/a.dmap --demo --no-config")
    try terminal.wait(for: ":set_memory_ro pfn:0x140000")
    try terminal.press("Enter")
    try terminal.wait(for: "the screen is yours.")
    let screen = try terminal.screen()
    #expect(!screen.contains(":set_memory_ro pfn:0x140000") && screen.contains("no calls yet"))
    try terminal.type(":")
    try terminal.press("Up")
    try terminal.press("Enter")
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1  set_memory_ro")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
  }

  @Test func `Ctrl-C ends a demo and asks, and again quits`() throws {
    let folder = try Folder()
    try folder.write("caption \"Words.\"\nwait 600s", "a.dmap")
    let terminal = try TerminalSession()
    try terminal.start("play \(folder.path)/a.dmap --demo --no-config")
    try terminal.wait(for: "Words.")
    try terminal.press("C-c")
    try terminal.wait(for: "any other key stays")
    try terminal.press("C-c")
    try terminal.wait(for: "status=130")
  }

  @Test func `keys that are recorded are a script that can be performed, saving left out`() throws {
    let folder = try Folder()
    let terminal = try TerminalSession()
    try terminal.type("cd \(folder.path); clear\n")
    try terminal.start("--no-config --record keys.dmap")
    try terminal.wait(for: "Press first")
    try terminal.press("r")
    try terminal.type(":save a.dmap\n")
    try terminal.wait(for: "Saved 1 call")
    try terminal.type(":record off\n")
    try terminal.wait(for: "Recorded to keys.dmap.")
    try terminal.press("Q")
    try terminal.wait(for: "status=0")
    let check = try Program.run(["validate", "keys.dmap"], in: folder.path)
    #expect(check.status == 0, "\(check.errors)")
    let made = try Program.run(["record", "keys.dmap", "-o", "a.txt"], in: folder.path)
    #expect(made.status == 0, "\(made.errors)")
  }
}
