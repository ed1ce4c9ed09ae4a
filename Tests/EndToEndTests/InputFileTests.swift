import Foundation
import TestSupport
import Testing

/// Every way to name a file that is read, given something that is not a plain file: nothing blocks,
/// and the reason is reported.
@Suite(.serialized, .waitsForPrograms) struct InputFileTests {
  /// A folder with one of each kind that is not a plain file.
  private func folder() throws -> Folder {
    let folder = try Folder()
    let made = try Shell.run(
      """
      mkfifo pipe.dmap; mkdir folder.dmap; ln -s /dev/zero device.dmap; ln -s loop.dmap loop.dmap
      /usr/bin/python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket.dmap")'
      """, in: folder.path)
    try #require(made.status == 0, "\(made.errors)")
    try folder.write(
      """
      # kernel 6.12.117
       insmod-105 [000] .....     2.738854: set_memory_nx: (set_memory_nx+0x0/0x40) \
      addr=0xffffffffc0208000 numpages=1

      """, "trace")
    return folder
  }

  private static let kinds = [
    ("pipe.dmap", "is a named pipe, which may never have an end; give a file"),
    ("folder.dmap", "is a directory; give the name of a file"),
    ("socket.dmap", "is a socket; give the name of a file"),
    ("device.dmap", "is a device; give the name of a file"),
    ("loop.dmap", "does not exist; check the name"),
  ]

  @Test(arguments: [
    "run FILE", "validate FILE", "compare FILE", "verify FILE", "play --plain --all FILE",
    "record -o - --format txt FILE", "replay --as-scenario FILE",
    "replay --leaves-before FILE trace", "boot --iomem FILE", "boot --dmesg FILE",
    "quiz --grade FILE", "config --config FILE", "lesson FILE",
  ]) func `a command refuses what is no plain file at once`(line: String) throws {
    let folder = try folder()
    for (name, reason) in Self.kinds {
      let words = line.replacing("FILE", with: name)
      let result = try Shell.run("timeout 20 directmap \(words)", in: folder.path)
      #expect(result.status == 2, "\(words): \(result.status)")
      let said = result.output + result.errors
      // Problems of a configuration have the same form as all others.
      let short = reason.split(separator: ";")[0].dropFirst("is ".count)
      #expect(said.contains(short), "\(words): \(said)")
    }
  }

  @Test(arguments: ["module load a ko:FILE", "tlb skylake list file \"FILE\""])
  func `a file that a scenario names is refused the same way`(line: String) throws {
    let folder = try folder()
    for (name, reason) in Self.kinds {
      try folder.write(line.replacing("FILE", with: name), "x.dmap")
      for command in ["run", "validate", "play --plain --all"] {
        let result = try Shell.run("timeout 20 directmap \(command) x.dmap", in: folder.path)
        #expect(result.status == 2, "\(command) with \(name): \(result.status)")
        // Nothing that a file names can be a pipe, with a name or without.
        let wanted =
          name == "pipe.dmap" ? "is a pipe, not a file; give the name of a file" : reason
        #expect(result.errors.contains(wanted), "\(command): \(result.errors)")
      }
    }
  }

  @Test func `a session in plain mode opens no pipe, and goes on`() throws {
    let folder = try folder()
    let result = try Shell.run(
      """
      printf ':open pipe.dmap\\n:open /dev/stdin\\n:open device.dmap\\nr\\nquit\\n' |
        timeout 20 directmap play --plain --no-config
      """, in: folder.path)
    #expect(result.status == 0, "\(result.errors)")
    for words in [
      "pipe.dmap is a pipe, not a file", "/dev/stdin is a pipe, not a file",
      "device.dmap is a device",
    ] {
      #expect(result.output.contains(words), "\(result.output)")
    }
  }

  @Test(arguments: ["<(cat x.dmap)", "/dev/stdin < x.dmap", "- < x.dmap"])
  func `pipes of a shell and standard input are read`(input: String) throws {
    let folder = try folder()
    try folder.write("set_memory_ro pfn:0x140000\nexpect 1 == 1\n", "x.dmap")
    var commands = ["run", "validate", "compare"]
    if !input.hasPrefix("-") {
      commands += ["play --plain --all", "record -o - --format txt"]
    }
    for command in commands {
      let result = try Shell.run("timeout 20 directmap \(command) \(input)", in: folder.path)
      #expect(result.status == 0, "\(command): \(result.errors)")
      #expect(!result.output.isEmpty)
    }
    let piped = try Shell.run(
      "(sleep 0.2; cat x.dmap) | timeout 20 directmap run /dev/stdin", in: folder.path)
    #expect(piped.status == 0 && piped.output.contains("1 call, 1 expect"), "\(piped)")
  }

  @Test func `a file of the kernel that has no end is not waited for`() throws {
    // It looks like a plain file, but a read of it waits for the next message.
    guard FileManager.default.isReadableFile(atPath: "/proc/kmsg") else { return }
    let result = try Shell.run("timeout 20 directmap boot --dmesg /proc/kmsg", in: "/")
    #expect(result.status == 2, "\(result)")
  }
}
