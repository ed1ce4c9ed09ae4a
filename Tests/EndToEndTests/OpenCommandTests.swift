import Foundation
import TestSupport
import Testing

/// `directmap open`, `diff` and `doctor` on what real machines show.
@Suite(.waitsForPrograms) struct OpenCommandTests {
  private static let recorded = ProjectFiles.root.appending(
    path: "Tests/KernelTextTests/Recorded"
  ).path

  private func run(_ arguments: String...) throws -> Program.Result {
    try Program.run(arguments, in: Self.recorded)
  }

  @Test func `a dump of a desktop is as its log boots it, but for the trampoline`() throws {
    let result = try run("open", "field/desktop-32g/ptdump", "field/desktop-32g/dmesg")
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("since boot, by the tables: 0 leaves of 1G and 0 of 2M"))
    #expect(result.output.contains("addresses are randomised: frame 0 is at 0xffff999900000000"))
    #expect(result.output.contains("W+X: nothing is writable and executable at once"))
    for form in ["dmesg-T0", "dmesg-x", "dmesg-qp"] {
      let other = try run("open", "field/desktop-32g/ptdump", "field/desktop-32g/\(form)")
      #expect(other.output.contains("since boot, by the tables: 0 leaves of 1G and 0 of 2M"))
    }
  }

  @Test func `a Hyper-V guest's counters tell what was split`() throws {
    let folder = try run("open", "field/hyper-v-8g")
    #expect(folder.status == 0, "\(folder.errors)")
    #expect(folder.output.contains("9436416 kB at boot,    9436416 kB shown"))
    #expect(folder.output.contains("2 leaves of 1G and 65 of 2M were split since boot"))
    #expect(folder.output.contains("whose place is not known in full"))
    let vmstat = try run("open", "field/vmstat", "field/hyper-v-8g/iomem")
    #expect(vmstat.output.contains("4 splits of 1G and 94 of 2M"))
    let json = try run("open", "field/hyper-v-8g", "--format", "json")
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    let since = object?["sinceBoot"] as? [String: Any]
    #expect(since?["of1G"] as? Int == 2 && since?["of2M"] as? Int == 65)
  }

  @Test func `a dump of arm64 gives its leaves`() throws {
    let result = try run("open", "field/arm64-bbml2/ptdump", "--format", "leaves")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("L 0 200 2 8020000000000123\nL 200 10 1 8030000000000123\n"))
  }

  @Test func `what boot prints is read back as it was`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "open-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for machine in ["teaching-4g", "arm64-4g"] {
      for format in ["ptdump", "leaves"] {
        let printed = try run("boot", "--machine", machine, "--format", format)
        let file = folder.appending(path: "\(machine).\(format)")
        try Data(printed.output.utf8).write(to: file)
        let read = try run("open", file.path, "--format", format)
        #expect(read.status == 0, "\(read.errors)")
        #expect(read.output == printed.output, "\(machine) \(format)")
      }
    }
  }

  @Test func `a whole folder of a recorded machine is put together`() throws {
    let result = try run("open", "boots/linux-7.2.12/boot-20g")
    #expect(result.status == 0, "\(result.errors)")
    for words in [
      "the rules of linux-7.2", "the kernel counts 0 splits of 1G and 3 of 2M since it runs",
      "of 1G boot counts as much twice on this memory", "W+X: nothing",
    ] { #expect(result.output.contains(words), "\(words)\n\(result.output)") }
    let doctor = try run("doctor", "boots/linux-7.2.12/boot-20g")
    #expect(doctor.status == 0)
    #expect(doctor.output.contains("heals: linux-7.2 makes a block one leaf again only when"))
    #expect(doctor.output.split(separator: "\n").filter { !$0.hasPrefix("note:") }.count <= 20)
    let json = try run("doctor", "boots/linux-7.2.12/boot-20g", "--format", "json")
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect((object?["causes"] as? [Any])?.isEmpty == false)
  }

  @Test func `two maps are compared, for a reader, a program and a script`() throws {
    let workload = ProjectFiles.root.appending(path: "Assets/workloads/linux-6.12.117/4g").path
    let (a, b) = ("\(workload)/leaves-before.txt", "\(workload)/leaves-after.txt")
    let text = try run("diff", a, b)
    #expect(text.status == 0, "\(text.errors)")
    #expect(text.output.contains("split: 0 leaves of 1G, 17 of 2M"))
    let json = try run("diff", a, b, "--format", "json", "--exit-code")
    #expect(json.status == 1)
    let object = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect(object?["split2M"] as? Int == 17)
    let same = try run("diff", a, a, "--exit-code")
    #expect(same.status == 0 && same.output.hasSuffix("are equal\n"))
  }

  @Test func `a trace is stepped through from the leaves before it`() throws {
    let workload = ProjectFiles.root.appending(path: "Assets/workloads/linux-6.12.117/bpf").path
    let result = try run(
      "open", "\(workload)/workload.ftrace.txt", "--leaves-before",
      "\(workload)/leaves-before.txt", "--kernel", "linux-6.12", "--format", "leaves")
    #expect(result.status == 0, "\(result.errors)")
    let after = try run(
      "open", "\(workload)/leaves-after.txt", "--kernel", "linux-6.12", "--format", "leaves")
    let clean = { (text: String) in
      text.split(separator: "\n").map { $0.split(separator: " ")[1...3] }
    }
    #expect(clean(result.output).count > 50)
    #expect(!clean(after.output).isEmpty)
    let bare = try run("open", "\(workload)/workload.ftrace.txt")
    #expect(bare.status == 2 && bare.errors.contains("give --leaves-before"))
  }

  @Test func `a picture of the screen is made`() throws {
    let result = try run("open", "field/arm64-bbml2/ptdump", "--format", "svg")
    #expect(result.status == 0)
    #expect(result.output.hasPrefix("<svg ") && result.output.contains(">ptdump</title>"))
  }

  @Test func `a compressed dump is read by libkdumpfile, or says how to convert it`() throws {
    let folder = try Folder()
    // The header of a dump that ends behind it: what the library says of it, where that is there.
    let header = Array("KDUMP   ".utf8) + [6, 0, 0, 0] + [UInt8](repeating: 0, count: 4084)
    try Data(header).write(to: URL(filePath: "\(folder.path)/dump"))
    let result = try run("open", "\(folder.path)/dump", "--format", "summary")
    #expect(result.status == 2)
    let hasNone = result.errors.contains("install libkdumpfile, which reads it, or save ELF with")
    #expect(
      hasNone || result.errors.contains("is no dump that libkdumpfile reads: "), "\(result.errors)")
    #expect(result.errors.split(separator: "\n").count == 1)
    let flattened = Array("makedumpfile\0\0\0\0".utf8) + [UInt8](repeating: 0, count: 4080)
    try Data(flattened).write(to: URL(filePath: "\(folder.path)/flat"))
    let other = try run("open", "\(folder.path)/flat")
    #expect(other.status == 2 && other.errors.contains("`makedumpfile -R FILE < it`"))
  }

  @Test func `what cannot be read says what to do`() throws {
    let unknown = try run("open", "field/README.md")
    #expect(unknown.status == 2)
    #expect(
      unknown.errors.contains("nothing in field/README.md shows what it is; say so with --as"))
    let zeros = try run("open", "field/zeros-iomem")
    #expect(
      zeros.status == 2 && zeros.errors.contains("unprivileged readers; read the file as root"))
    let xen = try run("open", "field/xen-dom0/dmesg")
    #expect(xen.status == 2 && xen.errors.contains("paravirtualised on Xen"))
    let forced = try run("open", "field/vmstat", "--as", "iomem")
    #expect(forced.status == 2 && forced.errors.contains("`START-END : NAME` in hexadecimal"))
    let other = try run("open", "field/arm64-bbml2/ptdump", "--kernel", "linux-7.2")
    #expect(other.status == 2 && other.errors.contains("for another architecture"))
  }
}
