import TestSupport
import Testing

/// `directmap explore` as a user runs it.
@Suite(.waitsForPrograms) struct ExploreCommandTests {
  private static let search = [
    "explore", "--kernel", "linux-6.1", "--policy", "hyeyoo-count-2022", "--depth", "2", "--calls",
    "set_memory_ro,set_memory_rw",
  ]

  @Test func `a search prints its hits, and the status tells of them where that is asked`() throws {
    let result = try Program.run(Self.search)
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output.contains("8 calls, "))
    #expect(
      result.output.contains(
        "bug: the kernel stops\n     set_memory_ro pfn:0x140000 512\n"
          + "     set_memory_rw pfn:0x140001\n"))
    #expect(try Program.run(Self.search + ["--exit-code"]).status == 1)
    let none = try Program.run(Self.search + ["--property", "atomic", "--exit-code"])
    #expect(none.status == 0 && none.output.contains("No hit."))
  }

  @Test func `parts are put together, and the scenario of a hit shows it`() throws {
    let folder = try Folder()
    var paths: [String] = []
    for part in ["1/2", "2/2"] {
      let result = try Program.run(Self.search + ["--shard", part, "--format", "json"])
      #expect(result.status == 0)
      try folder.write(result.output, "part-\(paths.count).json")
      paths.append("\(folder.path)/part-\(paths.count).json")
    }
    let whole = try Program.run(Self.search)
    let joined = try Program.run(["explore", "merge"] + paths)
    let hits = { (text: String) in
      text.split(separator: "\n").filter { $0.contains(":") || $0.contains("pfn:") }.dropFirst()
    }
    #expect(joined.status == 0 && hits(joined.output) == hits(whole.output))
    let half = try Program.run(["explore", "merge", paths[0]])
    #expect(half.errors == "note: without part 2 of 2\n")

    let shown = try Program.run(["explore", "show", paths[0], "1"])
    #expect(shown.status == 0 && shown.output.contains("policy hyeyoo-count-2022"))
    let run = try Program.run(["run", "-"], input: shown.output)
    #expect(run.output.contains("set_memory_"))
  }

  @Test func `a search begins where a scenario ends`() throws {
    let result = try Program.run(
      [
        "explore", "-", "--depth", "3", "--property", "flush", "--calls",
        "set_memory_ro,set_memory_rw", "--target", "v", "--target", "pfn:0x140001",
      ], input: "machine teaching-4g\nkernel linux-7.2\nvmap v pfn:0x140001\n")
    #expect(result.status == 0)
    #expect(
      result.output.contains(
        "     set_memory_ro v\n     set_memory_rw pfn:0x140001\n     set_memory_ro v\n"))
  }

  @Test(arguments: [
    (["--calls", "set_memory_oops"], "a call cannot be tried"),
    (["--property", "flsh"], "flush"), (["--property", "same"], "needs --beside"),
    (["--shard", "3/2"], "is not I/N"), (["--depth", "0"], "is not a number from 1 to 64"),
    (["--shard", "1/2", "--property", "heals"], "needs all states at once"),
    (["--beside", "kernel:linux-0.1"], "--beside"),
  ])
  func `what is wrong is said, with the way out`(options: [String], words: String) throws {
    let result = try Program.run(["explore"] + options)
    #expect(result.status != 0 && result.output == "" && result.errors.contains(words))
  }

  @Test func `what is no result is refused`() throws {
    let folder = try Folder()
    try folder.write("{}", "result.json")
    let path = folder.path + "/result.json"
    let result = try Program.run(["explore", "merge", path])
    #expect(result.status == 2 && result.errors.contains("is no result of explore"))
    #expect(try Program.run(["explore", "show", path]).status == 2)
  }
}
