import Foundation
import TestSupport
import Testing

@Suite(.waitsForPrograms) struct RunCommandTests {
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

  /// Runs a file of these bytes.
  private static func run(_ bytes: [UInt8]) throws -> Program.Result {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "directmap-\(UUID().uuidString).dmap")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(bytes).write(to: file)
    var result = try Program.run(["run", file.path])
    result.errors = result.errors.replacing(file.path, with: "FILE")
    return result
  }

  @Test func `reads text that begins with a byte order mark`() throws {
    let bytes = [0xef, 0xbb, 0xbf] + Array("set_memory_ro pfn:0x140000\n".utf8)
    let result = try Self.run(bytes)
    #expect(result.status == 0)
    #expect(result.errors == "")
  }

  @Test func `refuses what is no UTF-8, on standard input too`() throws {
    let result = try Self.run(Array("note \"".utf8) + [0xe9, 0x22, 0x0a])
    #expect(result.status == 2)
    #expect(
      result.errors
        == "FILE:1:1: the line is no UTF-8 text; convert the file, or give another one\n")
  }

  @Test func `sends a recording to the commands that read it`() throws {
    let result = try Self.run(Array(#"{"format":"directmap-kernel-trace","version":1}"#.utf8))
    #expect(result.status == 2)
    #expect(
      result.errors
        == "directmap: FILE is a recording, not a scenario; give it to verify, or to play\n")
  }

  @Test func `refuses a line that is too long before it takes the memory`() throws {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "directmap-\(UUID().uuidString).dmap")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data().write(to: file)
    let handle = try FileHandle(forWritingTo: file)
    try handle.truncate(atOffset: 1 << 40)
    try handle.close()
    let result = try Program.run(["run", file.path])
    #expect(result.status == 2)
    #expect(result.errors.contains(":1: the line is longer than 16 MiB"))
  }

  @Test func `reads a pipe that has a name`() throws {
    let result = try Program.run(
      ["run", "/dev/stdin", "--format", "vmstat"], input: "set_memory_4k pfn:0x140000")
    #expect(result.status == 0)
    #expect(result.output.contains("\ndirect_map_level2_splits 1\n"))
  }

  @Test(arguments: ["--version", "--help"])
  func `notices a full disk`(option: String) throws {
    let process = Process()
    process.executableURL = try Program.url()
    process.arguments = [option]
    process.standardOutput = FileHandle(forWritingAtPath: "/dev/full")
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 2)
  }
}

@Suite(.waitsForPrograms) struct RunPolicyTests {
  private let text = """
    kernel linux-6.1
    policy hyeyoo-count-2022
    set_memory_ro pfn:0x140200 2M
    set_memory_rw pfn:0x140200
    expect ret == BUG
    """

  @Test func `ends cleanly in the call that stops the kernel, and refuses a further one`() throws {
    let result = try Program.run(["run", "-"], input: text)
    #expect(result.status == 0 && result.errors == "")
    #expect(result.output.hasPrefix("linux-6.1 + hyeyoo-count-2022\n1  set_memory_ro"))
    let further = try Program.run(["run", "-", "--format", "json"], input: text + "\ndrop_slab\n")
    #expect(further.status == 2)
    #expect(further.errors.hasPrefix("<stdin>:6:1: the kernel has stopped: BUG: "))
    #expect(further.output.contains("\"policies\" : ["))
  }

  @Test func `policies of the command line take the place of the scenario's`() throws {
    let none = try Program.run(["run", "-", "--policy", "none"], input: text)
    #expect(none.status == 1 && none.output.hasPrefix("1  set_memory_ro"))
    let other = try Program.run(
      ["run", "-", "--policy", "aaronlu-2022", "--policy", "edgecombe-2021"], input: text)
    #expect(other.output.hasPrefix("linux-6.1 + aaronlu-2022 + edgecombe-2021\n"))
    let wrong = try Program.run(["run", "-", "--policy", "aaronlu-2021"], input: text)
    #expect(wrong.status == 2)
    #expect(
      wrong.errors
        == "directmap: no policy is called 'aaronlu-2021'; did you mean 'aaronlu-2022'?\n")
    let both = try Program.run(
      ["run", "-", "--policy", "aaronlu-2022", "--policy", "hyeyoo-count-2022"], input: text)
    #expect(both.status == 2 && both.errors.contains("choose one of them"))
  }

  @Test func `says where a module's file is missing`() throws {
    let result = try Program.run(["run", "-"], input: "pause\nmodule load nf ko:no-such.ko")
    #expect(result.status == 2 && result.output == "")
    #expect(result.errors == "<stdin>:2:1: no-such.ko does not exist; check the name\n")
  }
}
