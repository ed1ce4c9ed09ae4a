import Interface
import Keys
import Language
import Parsing
import Scenarios
import Screen
import TestSupport
import Testing

@Suite struct ScriptCheckTests {
  private func problems(_ text: String) throws -> [String] {
    ScriptCheck(try Scenario(parsing: text, file: "d").statements).problems.map(\.description)
  }

  @Test func `finds nothing in the scenarios of the project`() throws {
    for path in ProjectFiles.list("Assets/scenarios", ending: "dmap") {
      let scenario = Scenario.checking(try ProjectFiles.text(path), file: path).scenario
      #expect(ScriptCheck(scenario.statements).problems == [], "\(path)")
    }
  }

  @Test(arguments: [
    (
      "key \"\u{a7}\"",
      "d:1:1: \u{a7} does nothing on the map; directmap play, then ?, lists the keys"
    ),
    (
      "type \"r\u{a7}\"",
      "d:1:1: \u{a7} does nothing on the map; directmap play, then ?, lists the keys"
    ),
    ("type \":why\"\nwait 1s", "d:1:1: the line that is typed here never ends; add key \"Enter\""),
    ("key \":\"\ntouch pfn:1", "d:1:1: the line that is typed here never ends; add key \"Enter\""),
    (
      "type \":tuch\"\nkey \"Enter\"",
      "d:1:1: the line that is typed here is wrong: unknown command"
    ),
    ("hide\nwait 1s", "d:1:1: what follows is hidden to the end; add show"),
    ("hide\nhide\nshow", "d:2:1: all is hidden already; leave this hide out"),
    ("show", "d:1:1: nothing is hidden here; leave this show out"),
    ("highlight nf.text", "d:1:1: no line before this one makes nf.text; make it first"),
    ("vmap a pfn:1\nwhy b", "d:2:1: no line before this one makes b; make it first"),
  ]) func `finds what a presenter would stumble over`(text: String, problem: String) throws {
    let found = try problems(text)
    #expect(found.count == 1 && found[0].hasPrefix(problem), "\(found)")
  }

  @Test(arguments: [
    ("type \":save! ~/.bashrc\"\nwait 1s", "d:1:1: ':save! ~/.bashrc' writes a file, which a demo"),
    ("type \":save x\"\nkey \"Esc\"", "d:1:1: ':save x' writes a file"),
    ("key \": s a v e Space x Enter\"", "d:1:1: ':save x' writes a file"),
    ("type \":abc\"\nkey \"C-u\"\ntype \"script x\"\nkey \"Enter\"", "d:1:1: ':script x' writes"),
    ("type \":ave x\"\nkey \"Home\"\ntype \"s\"\nkey \"Enter\"", "d:1:1: ':save x' writes a file"),
    ("key \": s c r i Tab Space x Enter\"", "d:1:1: ':script x' writes a file"),
    ("type \":record a.cast\"\nkey \"Enter\"", "d:1:1: ':record a.cast' writes a file"),
    ("type \":report a\"\nkey \"Enter\"", "d:1:1: ':report a' writes a file"),
    ("key \"C-t\"", "d:1:1: C-t writes a file"),
    ("key \"?\"\ntype \":save x\"\nkey \"Esc\"", "d:2:1: ':save x' writes a file"),
    ("type \":why\"\nwait 1s", "d:1:1: the line that is typed here never ends"),
    ("key \"/ a\"", "d:1:1: the line that is typed here never ends"),
    (
      "lesson \"A\" \"B.\"\npart \"One\"\ntype \":why\"\npart \"Two\"\nkey \"Esc\"",
      "d:3:1: the line that is typed here never ends"
    ),
  ]) func `refuses a script that writes a file or leaves a line open`(
    text: String, problem: String,
  ) throws {
    let check = ScriptCheck(try Scenario(parsing: text, file: "d").statements)
    #expect(check.problems.count == 1, "\(check.problems)")
    #expect(check.refusal?.description.hasPrefix(problem) ?? false, "\(check.problems)")
    #expect(check.refusal?.description == check.problems.first?.description)
  }

  @Test(arguments: ["key \": r e c o r d Space o f f Esc\"", "type \":records\"\nkey \"Esc\""])
  func `performs what only sounds like it`(text: String) throws {
    #expect(ScriptCheck(try Scenario(parsing: text, file: "d").statements).refusal == nil)
  }

  @Test func `checks against the keys that are in use`() throws {
    let keymap = Keymap.standard.rebinding([(.record, [.character("q")])])
    let script = try Scenario(parsing: "key \"q\"", file: "d").statements
    #expect(ScriptCheck(script).refusal == nil)
    #expect(ScriptCheck(script, keymap: keymap).refusal != nil)
  }

  @Test(arguments: [
    "key \": ~ Esc r\"", "key \"m ~ ' ~ ? ~ Esc r\"", "key \"5 r 16 w Mouse:left:3:4\"",
    "type \":why pfn:0x140000 2M\"\nkey \"Enter\"", "type \":help\"\nkey \"Enter\"",
    "vmap a pfn:1\nhighlight a+3", "key \"a\"\nhighlight a1", "module load nf text=4K\nwhy nf.text",
    "type \":vmap b pfn:1\"\nkey \"Enter\"\nhighlight b", "hide\nwait 1s\nshow",
  ]) func `takes what may be right for right`(text: String) throws {
    #expect(try problems(text) == [])
  }
}
