import TestSupport
import Testing

@Suite struct RunCommandTests {
  @Test func `ends with 0 when every claim holds`() throws {
    let text = "set_memory_ro pfn:0x140000\nexpect size(pfn:0x140000) == 4K"
    let result = try Program.run(["run", "-"], input: text)
    #expect(result.status == 0)
    #expect(result.output.hasSuffix("1 call, 1 expect, 0 failed\n"))
    #expect(result.errors == "")
  }

  @Test func `ends with 1 when a claim does not hold`() throws {
    let result = try Program.run(
      ["run", "-", "--format", "vmstat", "--kernel", "linux-6.12"], input: "expect ret == 1")
    #expect(result.status == 1)
    #expect(result.output == "direct_map_level2_splits 0\ndirect_map_level3_splits 0\n")
    #expect(result.errors == "<stdin>:1:1: expect failed: ret == 1\n   ret is 0\n")
  }

  @Test func `ends with 2 and does nothing when a line is wrong`() throws {
    let result = try Program.run(
      ["run", "-"], input: "set_memory_ro pfn:0x140000\nset_memory_r0 x")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(
      result.errors
        == "<stdin>:2:1: unknown command 'set_memory_r0'; did you mean 'set_memory_ro'?\n")
  }

  @Test func `ends with 2 at a call that cannot be made`() throws {
    let result = try Program.run(["run", "-", "--format", "meminfo"], input: "vunmap nosuch")
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors == "<stdin>:1:1: no area is called nosuch; make one with vmap\n")
  }

  @Test func `ends with 2 for a machine, a kernel or a file that does not exist`() throws {
    for arguments in [
      ["run", "-", "--machine", "teaching-5g"], ["run", "-", "--kernel", "linux-1.0"],
      ["run", "no-such-file.dmap"], ["run", "-", "--to", "x"],
    ] {
      let result = try Program.run(arguments)
      #expect(result.status == 2)
      #expect(result.errors.hasPrefix("directmap: "))
      #expect(result.output == "")
    }
  }
}
