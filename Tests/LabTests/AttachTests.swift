import Engine
import Foundation
import Glibc
import History
import TestSupport
import Testing

@testable import Lab

/// A QEMU that somebody else started.
@Suite(.waitsForGuests) struct AttachTests {
  @Test(.enabled(if: LabKernels.x86 != nil, "\(LabKernels.missing)"))
  func `a guest that runs is attached to, and goes on afterwards`() throws {
    let path = try #require(LabKernels.x86)
    var options = try GuestOptions(translating: path, ram: 1 << 30)
    let folder = URL.temporaryDirectory.appending(path: "attach-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    func file(_ name: String) -> String { folder.appending(path: name).path }
    // What the guest's /proc says: the same without address randomisation, boot by boot.
    var files: [String: [UInt8]] = [:]
    do {
      let programs = try GuestPrograms(try Guest(booting: options))
      for name in GuestAttachment.names {
        files["/proc/\(name)"] = try programs.contents(of: "/proc/\(name)")
      }
    }
    try Data(options.kernel).write(to: folder.appending(path: "kernel"))
    try Data(Initramfs(program: QEMU.firstProgram(.x86), files: []).bytes)
      .write(to: folder.appending(path: "initramfs"))
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      GuestArchitecture.x86.program, "-M", "q35,memory-backend=ram", "-accel", "tcg", "-cpu",
      GuestArchitecture.x86.cpu, "-m", "1024M", "-object",
      "memory-backend-file,id=ram,size=1024M,mem-path=\(file("memory")),share=on", "-nodefaults",
      "-display", "none", "-serial", "file:\(file("console"))", "-kernel", file("kernel"),
      "-initrd", file("initramfs"), "-append", QEMU.commandLine(options, .x86), "-gdb",
      "unix:\(file("debugger")),server=on,wait=off",
    ]
    try process.run()
    defer {
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
    }
    let isBooted = {
      let text = (try? String(contentsOfFile: file("console"), encoding: .utf8)) ?? ""
      return text.contains("directmap-lab ")
    }
    while !isBooted() {
      try #require(process.isRunning)
      Thread.sleep(forTimeInterval: 0.1)
    }
    options.attachment = GuestAttachment(
      debugger: file("debugger"), memory: file("memory"), files: files)
    let page = try Self.change(options)
    // The guest has gone on, and can be attached to again: the leaf is still split.
    let state = try LabState(try Guest(booting: options), nil)
    let leaf = state.leaves().last { run in
      AddressLayout.directMapFrame(of: run.start).map { $0 <= page } ?? false
    }
    #expect(leaf?.size == .size4K)
    options.attachment?.debugger = file("none")
    #expect(throws: LabError.self) { _ = try Guest(booting: options) }
  }

  /// Makes a call on a guest that is left then; the frame.
  private static func change(_ options: GuestOptions) throws -> PFN {
    let guest = try Guest(booting: options)
    #expect(!guest.canBeKept)
    #expect(throws: LabError.self) { _ = try guest.carryOut(.removeModule("none")) }
    var state = try LabState(guest, nil)
    let first = state.firstPage()
    let page = try #require(first)
    let call = Call.setMemory(.ro, .frame(page), 1)
    let observed = try state.observe(call, on: state.booted, after: [], watching: WatchedKernel())
    #expect(observed.difference == nil && observed.call == call)
    // There is no way back to before it.
    #expect(throws: LabError.self) {
      _ = try state.observe(call, on: state.booted, after: [], watching: WatchedKernel())
    }
    return page
  }
}
