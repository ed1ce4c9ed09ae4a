import Foundation
import TestSupport
import Testing

/// One of a thing is in the singular, wherever the program says how many there are.
@Suite(.waitsForPrograms) struct GrammarTests {
  /// Scenarios of many calls that take long to tell; all others are told whole.
  private static let long = ["bpf-2021", "huge-vmalloc-tlb", "unload-splits", "merge-evaluation"]

  private static let scenarios = ProjectFiles.list("Assets/scenarios", ending: "dmap")
    .filter { path in !long.contains { path.contains($0) } }

  @Test(arguments: scenarios) func `a scenario is told with one of each thing`(
    path: String,
  ) throws {
    let file = ProjectFiles.root.appending(path: path).path
    for arguments in [["play", file, "--plain", "--all"], ["run", file]] {
      try expectSingular(arguments)
    }
  }

  @Test(arguments: [
    ["lessons"], ["quiz", "--seed", "3"], ["quiz", "--seed", "4", "--kernel", "linux-6.1"],
    ["boot"], ["linear-map", "--ram", "2G"], ["config"],
    ["explore", "--depth", "1", "--calls", "set_memory_ro"],
  ]) func `a command speaks of one of each thing`(arguments: [String]) throws {
    try expectSingular(arguments)
  }

  @Test func `what is read of a machine has one of each thing`() throws {
    let folder = try Folder()
    try folder.write(
      """
      ---[ Linear Mapping ]---
      0xffff888000000000-0xffff888000200000           2M     RW         PSE         NX pmd
      0xffff888000200000-0xffff888000201000           4K     ro                     NX pte
      0xffff888000201000-0xffff888000202000           4K     RW                     x  pte
      0xffff888000202000-0xffff888000400000        2040K     RW                     NX pte
      0xffff888000400000-0xffff888040000000        1020M     RW         PSE         NX pmd
      0xffff888040000000-0xffff888080000000           1G     RW         PSE         NX pud
      """, "before")
    try folder.write(
      """
      ---[ Linear Mapping ]---
      0xffff888000000000-0xffff888040000000           1G     RW         PSE         NX pmd
      0xffff888040000000-0xffff888080000000           1G     RW         PSE         NX pud
      """, "after")
    for name in ["before", "after"] {
      try expectSingular(["open", "\(folder.path)/\(name)", "--format", "text"])
      try expectSingular(["doctor", "\(folder.path)/\(name)"])
    }
    try expectSingular(
      ["diff", "\(folder.path)/before", "\(folder.path)/after", "--format", "text"])
  }

  private static let nouns = [
    "leaves", "pages", "entries", "calls", "splits", "merges", "flushes", "tables", "steps",
    "events", "slots", "areas", "blocks", "lines", "branches", "hits", "parts", "tasks", "times",
    "files", "rows", "frames", "ranges", "requests", "invalidations", "walks", "accesses", "states",
    "stretches", "batches", "questions", "answers", "words", "rmaps", "runs", "gaps", "CPUs",
    "nodes", "differences", "notes", "claims", "marks", "problems", "collapses", "TLBIs",
  ]

  /// Runs a command, and looks for `1 pages`, `1 free pages` and the like in what it prints.
  private func expectSingular(_ arguments: [String]) throws {
    let result = try Program.run(arguments)
    let text = result.output + "\n" + result.errors
    #expect(text.count > 20, "\(arguments): \(result.errors)")
    let pattern =
      "(^|[^0-9A-Za-z.,/:#-])1 ((more|free|other|single|4K|2M|1G) )?("
      + Self.nouns.joined(separator: "|") + ")(?![A-Za-z])"
    for line in text.split(separator: "\n")
    where line.range(of: pattern, options: .regularExpression) != nil {
      Issue.record("\(arguments.last ?? ""): \(line)")
    }
  }
}
