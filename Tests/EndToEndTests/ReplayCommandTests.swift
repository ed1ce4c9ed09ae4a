import Foundation
import TestSupport
import Testing

/// `directmap replay` on recorded, changed and broken traces.
@Suite(.waitsForPrograms) struct ReplayCommandTests {
  private static let folder =
    ProjectFiles.root.appending(path: "Assets/workloads/linux-7.2.12/bpf").path
  private static let trace = folder + "/workload.ftrace.txt"
  private static let before = ["--leaves-before", folder + "/leaves-before.txt"]
  private static let after = ["--leaves-after", folder + "/leaves-after.txt"]

  @Test func `replays a workload and compares`() throws {
    let result = try Program.run(["replay", Self.trace] + Self.before + Self.after)
    #expect(result.status == 0)
    #expect(result.errors == "")
    #expect(
      result.output == """
        kernel: linux-7.2
        requests: 159 (set_memory_nx 73, set_memory_ro 12, set_memory_rox 27, set_memory_rw 47)
        invalid and default calls: 2222
        valid calls: 1
        modules: 7 loaded, 2 removed
        BPF programs: 3500
        4K, 2M, 1G leaves before: 4576, 1527, 1
        4K, 2M, 1G leaves after: 10720, 1515, 1
        splits: 7 loading modules, 1 removing them, 4 afterwards
        re-formed: 0
        events of no effect here: mm_page_alloc 68, vfree 7862
        marks: 189 of 189 equal
        leaves: equal to \(Self.folder)/leaves-after.txt, but for A and D

        """)
  }

  @Test func `status 1 where the leaves differ, with the runs`() throws {
    let result = try Program.run(
      ["replay", Self.trace] + Self.before + ["--leaves-after", Self.before[1]])
    #expect(result.status == 1)
    #expect(result.output.contains(" differ from \(Self.before[1])\n  pfn 0x"))
    #expect(result.output.contains("last changed by set_memory_rox in line "))
  }

  @Test func `prints one JSON object`() throws {
    let result = try Program.run(
      ["replay", Self.trace, "--format", "json"] + Self.before + Self.after)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    #expect(object["requests"] as? Int == 159)
    #expect((object["marks"] as? [Any])?.count == 189)
    #expect((object["differences"] as? [Any])?.isEmpty == true)
    #expect((object["leavesAfter"] as? [String: Int]) == ["4K": 10720, "2M": 1515, "1G": 1])
  }

  @Test func `prints the workload as a scenario`() throws {
    let result = try Program.run(["replay", Self.trace, "--as-scenario"])
    #expect(result.status == 0)
    #expect(
      result.output.hasPrefix(
        "kernel linux-7.2\nnote \"from linux-7.2.12/bpf/workload.ftrace.txt\"\nmodule load "))
    #expect(result.output.split(separator: "\n").count == 7017)
  }

  @Test func `asks for the kernel where nothing tells it`() throws {
    let result = try Self.replay(" a-1 [000] ..... 1.0: vfree: addr=0x0\n")
    #expect(result.status == 2)
    #expect(
      result.errors.hasPrefix(
        "directmap: FILE does not tell the kernel; give --kernel with one of linux-"))
    #expect(result.errors.hasSuffix("linux-7.2, linux-7.3\n"))
    let unknown = try Self.replay("# kernel 6.8.0\n a-1 [000] ..... 1.0: vfree: addr=0x0\n")
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("the kernel 6.8.0 has no profile here; give --kernel"))
    let told = try Self.replay("# kernel 6.12.117-1\n a-1 [000] ..... 1.0: vfree: addr=0x0\n")
    #expect(told.status == 0)
  }

  @Test func `tells the line of what is cut off, and of what was lost`() throws {
    let kernel = "# kernel 7.2\nCPU:0 [LOST 123 EVENTS]\n"
    let line = " a-1 [000] ..... 1.0: set_direct_map_invalid_noflush: pag"
    let cut = try Self.replay(kernel + line)
    #expect(cut.status == 2)
    #expect(cut.errors.hasPrefix("FILE:3: expected `page=NUMBER`"))
    let lost = try Self.replay(kernel + " a-1 [000] ..... 1.0: vfree: addr=0x0\n")
    #expect(lost.output.contains("warning: line 2: the kernel lost 123 events\n"))
  }

  @Test func `refuses options and files that make no sense`() throws {
    let trace = ProjectFiles.root
      .appending(path: "Tests/KernelTextTests/Recorded/captures/linux-6.12.117/trace.txt").path
    for arguments in [
      [trace], [trace, "--leaves-before", trace], [Self.before[1]] + Self.before,
      ["/no/such/file"] + Self.before, [trace, "--vmemmap", "12"] + Self.before,
      [trace, "--page-offset", "x"] + Self.before, [trace, "--kernel", "linux-9"] + Self.before,
      // Its addresses are randomised.
      [trace] + Self.before,
    ] {
      let result = try Program.run(["replay"] + arguments)
      #expect(result.status == 2, "\(arguments)")
      #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
    }
  }

  /// Replays its own text, on the leaves of the recorded machine.
  private static func replay(_ text: String) throws -> Program.Result {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "directmap-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data(text.utf8).write(to: file)
    var result = try Program.run(["replay", file.path] + before)
    result.errors = result.errors.replacing(file.path, with: "FILE")
    return result
  }
}
