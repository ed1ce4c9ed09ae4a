import Foundation
import TestSupport
import Testing

/// A real kernel in QEMU, held against its simulation.
@Suite(.serialized, .waitsForGuests) struct LabCommandTests {
  static let quick = ["--accel", "tcg"]

  /// Runs a scenario on a kernel.
  private static func run(
    _ lines: [String], on kernel: String?, _ options: [String] = [],
  ) throws -> Program.Result {
    let file = FileManager.default.temporaryDirectory
      .appending(path: "directmap-\(UUID().uuidString).dmap")
    defer { try? FileManager.default.removeItem(at: file) }
    try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
    let kernel = try #require(kernel)
    return try Program.run(["run", file.path, "--on", kernel, "--ram", "2G"] + quick + options)
  }

  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `calls on a real kernel do what the simulation does`() throws {
    let result = try Self.run(
      [
        "set_memory_ro pfn:0x20205 3", "set_memory_rw pfn:0x20205 3", "vmap a pfn:0x20010 16",
        "set_memory_ro a+2 4", "touch write a+8 2", "set_pages_array_uc pfn:0x20400 5 stride 3",
        "set_pages_array_wb pfn:0x20400 5 stride 3", "set_direct_map_invalid_noflush pfn:0x20600 2",
        "set_direct_map_default_noflush pfn:0x20600 2", "vunmap a",
        "expect ret == 0 && size(pfn:0x20205) == 4K",
      ], on: LabKernels.x86, ["--functions", "change_page_attr_set_clr"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(!result.output.contains("The simulation differs"), "\(result.output)")
    #expect(result.output.contains("| change_page_attr_set_clr(0x"))
    #expect(result.output.hasSuffix("10 calls, 1 expect, 0 failed\n"))
  }

  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `who writes a watched entry is told, with who called it`() throws {
    let result = try Self.run(
      ["set_memory_ro pfn:0x20205 3"], on: LabKernels.x86Image, ["--watch", "pfn:0x20205"])
    #expect(result.status == 3, "\(result.errors)")
    #expect(result.output.contains(" wrote the 2M entry of pfn 0x20205: 0x"), "\(result.output)")
    #expect(result.output.contains("; called by "), "\(result.output)")
  }

  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `a function called by hand shows what it returned`() throws {
    let result = try Self.run(
      ["kcall set_memory_4k pfn:0x20600 1", "kcall set_memory_ro 0 1"], on: LabKernels.x86Image)
    #expect(result.status == 0, "\(result.errors)")
    #expect(result.output.contains("| set_memory_4k(0xffff888020600000, 0x1) = 0x0"))
    #expect(result.output.contains("The 2M leaf at pfn 0x20600 is replaced by a table"))
    let unknown = try Self.run(["kcall no_such_function 1"], on: LabKernels.x86Image)
    #expect(unknown.status == 2)
    #expect(unknown.errors.contains("this kernel has no no_such_function"))
    let folder = try Folder()
    let file = "\(folder.path)/kcall.dmap"
    try Data("kcall set_memory_ro pfn:0x20205 1\n".utf8).write(to: URL(filePath: file))
    let simulated = try Program.run(["run", file])
    #expect(simulated.status == 2)
    #expect(simulated.errors.contains("no rule of the simulation stands for set_memory_ro"))
  }

  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `random calls of three kinds are alike`() throws {
    let kernel = try #require(LabKernels.x86Image)
    let result = try Program.run(
      [
        "lab", "check", "--kernel", kernel, "--random", "basic", "--random", "alias", "--random",
        "cache", "--seeds", "1", "--calls", "100",
      ] + Self.quick)
    #expect(result.status == 0, "\(result.output)\(result.errors)")
    #expect(result.output.contains("3/3 seeds alike"))
  }

  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `a recording of a real kernel is verified`() throws {
    let kernel = try #require(LabKernels.x86Image)
    let folder = try Folder()
    let file = "\(folder.path)/mixed.jsonl"
    let result = try Program.run(
      [
        "lab", "record", "--random", "mixed", "--calls", "40", "--kernel", kernel, "--output", file,
      ] + Self.quick)
    #expect(result.status == 0, "\(result.errors)")
    let verified = try Program.run(["verify", file])
    #expect(verified.status == 0, "\(verified.output)\(verified.errors)")
    #expect(verified.output.contains("1/1 files"))
  }

  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `the first difference of a variant from the real kernel is named`() throws {
    let kernel = try #require(LabKernels.x86Image)
    let folder = try Folder()
    let file = "\(folder.path)/ro.dmap"
    try Data("set_memory_ro pfn:0x20205\nset_memory_rw pfn:0x20205\n".utf8)
      .write(to: URL(filePath: file))
    let result = try Program.run(
      [
        "compare", file, "--variant", "real=lab:\(kernel)", "--variant", "old=kernel:linux-6.1",
        "--variant", "new=kernel:linux-7.2", "--ram", "2G",
      ] + Self.quick)
    #expect(result.status == 1, "\(result.errors)")
    #expect(result.output.contains("ro.dmap:1:1: new differs at call 1, page 131589"))
    #expect(!result.output.contains("old differs"))
  }

  @Test(.enabled(if: LabKernels.arm64 != nil, "\(LabKernels.missing)"))
  func `calls on a real kernel of arm64 do what the simulation does`() throws {
    let result = try Self.run(
      [
        "set_direct_map_invalid_noflush pfn:0x60010 2",
        "set_direct_map_default_noflush pfn:0x60010 2",
        "set_memory_valid pfn:0x60210 3 false", "set_memory_ro pfn:0x60410",
        "vmap a pfn:0x60010 16",
        "set_memory_ro a+2 4", "vunmap a", "expect ret == 0",
      ], on: LabKernels.arm64Image, ["--append", "rodata=full"])
    #expect(result.status == 0, "\(result.errors)")
    #expect(!result.output.contains("The simulation differs"), "\(result.output)")
  }

  @Test func `what cannot be booted is refused with the reason`() throws {
    let folder = try Folder()
    let file = "\(folder.path)/kernel"
    try Data("no kernel".utf8).write(to: URL(filePath: file))
    let refused = try Program.run(["lab", file, "--plain"])
    #expect(refused.status == 2)
    #expect(refused.errors.contains("is no bootable kernel"))
    var image = [UInt8](repeating: 0, count: 0x400)
    image.replaceSubrange(0x202..<0x206, with: Array("HdrS".utf8))
    try Data(image).write(to: URL(filePath: file))
    let missing = try Program.run(["lab", file, "--plain", "--qemu", "/no/such/qemu"])
    #expect(missing.status == 2)
    #expect(missing.errors.contains("/no/such/qemu cannot be started"))
    let ram = try Program.run(["lab", file, "--plain", "--ram", "1T"])
    #expect(ram.status == 2 && ram.errors.contains("--ram 1T is no size"))
  }

  @Test func `the first programs are those of their source`() throws {
    let folder = try Folder()
    let build = Process()
    build.executableURL = URL(filePath: "/bin/sh")
    build.arguments = [
      ProjectFiles.root.appending(path: "Sources/Lab/Init/build").path, folder.path,
    ]
    try build.run()
    build.waitUntilExit()
    #expect(build.terminationStatus == 0)
    for name in ["init-x86_64", "init-aarch64"] {
      let made = try Data(contentsOf: URL(filePath: "\(folder.path)/\(name)"))
      let kept = try Data(
        contentsOf: ProjectFiles.root.appending(path: "Sources/Lab/Programs/\(name)"))
      #expect(made == kept, "run Sources/Lab/Init/build Sources/Lab/Programs")
    }
  }
}
