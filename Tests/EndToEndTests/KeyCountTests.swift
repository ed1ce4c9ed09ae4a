import TestSupport
import Testing

/// What there is to watch, in few keys from a cold start and without a line behind a colon, in the real
/// program. A stage that goes on from another one counts its own keys alone.
@Suite(.waitsForPrograms) struct KeyCountTests {
  /// A stage: what is pressed, how many keys that may be, and what the screen shows then.
  struct Stage: Sendable, CustomTestStringConvertible {
    let name: String
    let keys: [String]
    let limit: Int
    let shows: [String]
    var before: [String] = []

    var testDescription: String { name }
  }

  static let stages = [
    Stage(name: "a split", keys: ["r"], limit: 1, shows: ["split a 1G leaf into 512 x 2M"]),
    Stage(
      name: "a merge", keys: ["r", "*", "R"], limit: 3,
      shows: ["set_memory_rox pfn:0x140000 512", "merged 512 x 4K into a 2M leaf"]),
    Stage(
      name: "the grouping cache fills", keys: ["y", "2", "I"], limit: 3,
      shows: ["linux-7.2 + edgecombe-2021", "vmalloc v1 1 group reset", "I hands out"]),
    Stage(
      name: "it hands out", keys: ["I"], limit: 3, shows: ["vmalloc v2 1 group reset"],
      before: ["y", "2", "I"]),
    Stage(
      name: "it takes back", keys: ["U"], limit: 3,
      shows: ["vfree v1", "freed the area and its pages"],
      before: ["y", "2", "I"]),
    Stage(
      name: "it shrinks", keys: ["_"], limit: 3,
      shows: ["shrink edgecombe-2021 128 node 0 returned 128"], before: ["y", "2", "I"]),
    Stage(
      name: "a merge on free", keys: ["y", "7", "@", "#"], limit: 4,
      shows: ["unmapped-2022 + merge-on-free", "merged 512 x 4K into a 2M leaf"]),
    Stage(
      name: "with and without, side by side", keys: ["b"], limit: 1,
      shows: ["edgecombe-2021: linux-7.2 + edgecombe-2021, after the same calls"],
      before: ["r", "w", "y"]),
    Stage(
      name: "undo goes back to before a choice", keys: ["u"], limit: 1,
      shows: ["This is linux-7.2, branch main.", "call 1 of 1  set_memory_ro pfn:0x140000"],
      before: ["r", "y", "2"]),
  ]

  @Test(arguments: stages)
  func `few keys lead there`(stage: Stage) throws {
    #expect(stage.keys.count <= stage.limit)
    let terminal = try TerminalSession()
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    for key in stage.before + stage.keys { try terminal.press(key) }
    for text in stage.shows { try terminal.wait(for: text) }
  }

  @Test func `the welcome and the footer offer these keys`() throws {
    let terminal = try TerminalSession()
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    for text in ["r * R", "y 2 I", "y 7 @ #", "try next: r splits"] {
      try terminal.wait(for: text)
    }
  }
}
