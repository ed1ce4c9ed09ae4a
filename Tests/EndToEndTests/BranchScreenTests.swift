import TestSupport
import Testing

/// Branches of the history in the real program.
@Suite(.serialized, .waitsForPrograms) struct BranchScreenTests {
  /// A screen at the first of two calls: read-only, and writable again.
  private func inThePast() throws -> TerminalSession {
    let terminal = try TerminalSession()
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    for (key, shown) in [("r", "call 1 of 1"), ("w", "call 2 of 2"), ("u", "call 1 of 2")] {
      try terminal.press(key)
      try terminal.wait(for: shown)
    }
    return terminal
  }

  @Test func `acting in the past begins a branch, and branches are named, listed and switched`()
    throws
  {
    let terminal = try inThePast()
    try terminal.press("x")
    try terminal.wait(for: "Done here, in the past: this is branch b1 from here on")
    for (line, shown) in [
      ("branch rename other", "This is branch other."), ("branch new try", "This is branch try."),
      ("branch switch main", "Branch main: 2 calls, at 1."),
      ("branch switch other", "Branch other: 2 calls, at 2."),
    ] {
      try terminal.type(":\(line)\n")
      try terminal.wait(for: shown)
    }
    try terminal.type(":branch\n")
    let list = try terminal.wait(for: "main: 2 calls")
    #expect(list.contains("* other: 1 call, leaves main after call 1"))
    #expect(list.contains("try: 0 calls, leaves other after call 2"))
    try terminal.press("Escape")
    for (line, answer) in [
      ("branch switch nope", "there is no branch nope; there are main, other, try"),
      ("branch new try", "another branch is called try"), ("branch new", "say its name"),
      ("branch rename", "say the name"), ("branch rename a b", "a b cannot name a branch"),
      ("branch frob", "branch new, switch, rename or compare"),
      ("branch compare other", "this is branch other itself"),
    ] {
      try terminal.type(":\(line)\n")
      try terminal.wait(for: answer)
      try terminal.press("Escape")
      try terminal.wait(for: "? help")
    }
  }

  @Test func `two branches beside each other show what each of them has`() throws {
    let terminal = try TerminalSession(columns: 240, rows: 70)
    try terminal.start("--no-config")
    try terminal.wait(for: "Press first")
    try terminal.press("r")
    try terminal.wait(for: "call 1 of 1")
    try terminal.type(":branch new try\n")
    try terminal.wait(for: "This is branch try.")
    try terminal.type("4r")
    try terminal.wait(for: "call 2 of 2")
    // It was left where it ends, so that it needs no way to where it is shown.
    try terminal.type(":branch compare main\n")
    try terminal.wait(for: "Beside it main, the same up to call 1")
    try terminal.wait(for: "3 of 512 slots differ")
    try terminal.press("d")
    try terminal.wait(for: "pfn  0x140002 ")
    try terminal.press("e")
    try terminal.wait(for: "The focus is on main: ")
    try terminal.press("r")
    try terminal.wait(for: "two branches are compared; compare off, then call")
    // Stops follow the branch in focus.
    try terminal.type(":break split\n")
    try terminal.wait(for: "Stop 1: break split.")
    try terminal.press("C")
    try terminal.wait(for: "Stop 1, break split: The 2M leaf at pfn 0x140000")
    try terminal.type(":compare off\n")
    try terminal.wait(for: "1G  slots 0-511")
  }
}
