import Foundation
import TestSupport
import Testing

/// `directmap boot` on texts from real users' machines.
@Suite(.waitsForPrograms) struct BootCommandTests {
  private static let field = ProjectFiles.root.appending(
    path: "Tests/KernelTextTests/Recorded/field"
  ).path

  private func boot(_ arguments: String...) throws -> Program.Result { try boot(arguments) }

  private func boot(_ arguments: [String]) throws -> Program.Result {
    try Program.run(["boot"] + arguments, in: Self.field)
  }

  @Test func `chooses the kernel nearest to the log's, and says so`() throws {
    let chosen = try boot("--dmesg", "sme-96g/dmesg", "--format", "leaves")
    #expect(chosen.status == 0)
    #expect(
      chosen.errors.contains("the log is of Linux 5.1.8-302.fc30.x86_64; linux-5.11, the nearest"))
    #expect(chosen.errors.contains("AMD SME is active"))
    #expect(chosen.output.hasPrefix("L 0 97 1 8008000000000163\n"))
    let named = try boot("--dmesg", "sme-96g/dmesg", "--kernel", "linux-7.2")
    #expect(named.errors.contains("and linux-7.2 is booted, as was asked for"))
  }

  @Test func `compares with what was seen later`() throws {
    let result = try boot(
      "--iomem", "hyper-v-8g/iomem", "--against", "hyper-v-8g/meminfo", "--against", "vmstat")
    #expect(result.status == 0)
    #expect(result.output.contains("  2 leaves of 1G and 65 of 2M were split since boot\n"))
    #expect(result.output.contains("  4 leaves of 1G and 94 of 2M were split since boot\n"))
    #expect(result.output.contains("  of these at most 1 of 1G and 30 of 2M can be boot's own"))
    #expect(result.errors.contains("note: the text lacks lines such as `Kernel rodata`"))
  }

  @Test func `boots an arm64 iomem as arm64, and prints its tables`() throws {
    let result = try boot("--iomem", "arm64-iomem")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("---[ Linear Mapping start ]---\n"))
    #expect(result.output.contains(" ro NX SHD AF "))
    #expect(result.errors.contains("note: this is read as an arm64 machine: RAM begins at"))
    let other = try boot("--iomem", "arm64-iomem", "--kernel", "linux-7.2")
    #expect(other.status == 2)
    #expect(other.errors.contains("a machine for arm64 does not run linux-7.2"))
  }

  @Test func `rodata= means on arm64 what the version says, and refused words are told`() throws {
    func boot(_ kernel: String, _ words: String...) throws -> Program.Result {
      try self.boot(
        ["--machine", "arm64-4g", "--kernel", "linux-\(kernel)-arm64", "--format", "leaves"]
          + words)
    }
    func isPages(_ result: Program.Result) -> Bool { !result.output.contains(" 3 80") }
    let kfence = ["--append", "kfence.sample_interval=100"]
    for (kernel, word, pages) in [
      ("6.12", "full", true), ("6.12", "on", false), ("6.12", "off", false),
      ("6.12", "noalias", true), ("7.0", "full", true), ("7.0", "on", true),
      ("7.0", "noalias", false), ("7.0", "off", false), ("6.1", "on", false),
    ] {
      let result = try boot(kernel, "--rodata", word, kfence[0], kfence[1])
      #expect(result.status == 0 && isPages(result) == pages, "\(kernel) \(word)")
      let isRefused = kernel == "6.12" ? word == "noalias" : kernel == "7.0" && word == "full"
      #expect(result.errors.contains("Invalid option string for rodata: '\(word)'") == isRefused)
    }
    // KFENCE that may come late; not on 6.1, and not where FEAT_BBM level 2 is.
    #expect(try isPages(boot("6.12", "--rodata", "off")))
    #expect(try !isPages(boot("6.1", "--rodata", "off")))
    #expect(try !isPages(boot("7.0", "--rodata", "off", "--cpu", "bbml2")))
    #expect(try isPages(boot("6.1", "--append", "rodata=on crashkernel=256M")))
    let x86 = try Program.run(["boot", "--rodata", "off"])
    #expect(x86.status == 2 && x86.errors.contains("--rodata is for arm64"))
  }

  @Test(arguments: ["meminfo", "vmstat", "cpa_stats"])
  func `refuses what arm64 kernels do not print`(_ format: String) throws {
    let result = try boot("--machine", "arm64-4g", "--format", format)
    #expect(result.status == 2)
    #expect(result.output == "")
    #expect(result.errors.contains("arm64") && result.errors.contains("--format ptdump"))
    let run = try Program.run(
      ["run", "-", "--machine", "arm64-4g", "--format", format], input: "pause\n")
    #expect(run.status == 2 && run.output == "")
  }

  @Test func `takes the leaves of a dump`() throws {
    let result = try boot("--ptdump", "arm64-bbml2/ptdump", "--format", "leaves")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("L 0 200 2 8020000000000123\nL 200 10 1 8030000000000123\n"))
    for wrong in [
      ["--kernel", "linux-7.2"], ["--machine", "teaching-4g"], ["--format", "vmstat"],
      ["--cpu", "bbml2"], ["--against", "vmstat"],
    ] {
      let refused = try Program.run(
        ["boot", "--ptdump", "arm64-bbml2/ptdump"] + wrong, in: Self.field)
      #expect(refused.status == 2 && refused.output == "", "\(wrong)")
    }
    #expect(try boot("--against", "vmstat", "--format", "leaves").status == 2)
    #expect(try boot("--against", "xen-dom0/dmesg").errors.contains("DirectMap lines"))
  }

  @Test func `says in one line what cannot be booted`() throws {
    let xen = try boot("--dmesg", "xen-dom0/dmesg")
    #expect(xen.status == 2)
    #expect(xen.errors.contains("dmesg:7: this kernel runs paravirtualised on Xen"))
    let zeros = try boot("--iomem", "zeros-iomem")
    #expect(zeros.status == 2 && zeros.errors.contains("read the file as root"))
    #expect(try boot("--dmesg", "arm64-iomem").errors.contains("read it with --iomem"))
    #expect(try boot("--iomem", "pasted/kern").errors.contains("read it with --dmesg"))
    let other = try boot("--cpu", "bbml2")
    #expect(other.status == 2 && other.errors.contains("bbml2 is about another architecture"))
    #expect(try boot("--cpu", "kfence").output != boot().output)
    #expect(try boot("--cpu", "movable_node").output != boot().output)
  }

  /// A log is read as a stream: any length of a line and of a file is accepted.
  @Test func `reads a log that is longer than other files may be`() throws {
    let folder = try Folder()
    let path = folder.path + "/long.log"
    let log = try String(contentsOfFile: Self.field + "/desktop-32g/dmesg", encoding: .utf8)
    let noise = "[    1.000000] " + String(repeating: "x", count: 1 << 20) + "\n"
    try log.write(toFile: path, atomically: true, encoding: .utf8)
    let file = try #require(FileHandle(forWritingAtPath: path))
    try file.seekToEnd()
    for _ in 0..<70 { try file.write(contentsOf: Data(noise.utf8)) }
    try file.close()
    let result = try boot("--dmesg", path)
    #expect(result.status == 0)
    #expect(try result.output == boot("--dmesg", "desktop-32g/dmesg").output)
  }
}
