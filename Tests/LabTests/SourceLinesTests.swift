import Foundation
import History
import TestSupport
import Testing

@testable import Lab

/// Where functions stand in the source.
@Suite struct SourceLinesTests {
  @Test func `addr2line tells of a file with debug information`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "directmap-\(UUID())")
    let source = folder.appending(path: "build/mm/merge.c")
    try FileManager.default.createDirectory(
      at: source.deletingLastPathComponent(), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("int unused;\nint my_merge(int a) {\n  return a + 1;\n}\n".utf8).write(to: source)
    let file = folder.appending(path: "vmlinux").path
    let build = Process()
    build.executableURL = URL(filePath: "/bin/sh")
    build.arguments = [
      "-c",
      "clang -g -O0 -nostdlib -static -fuse-ld=lld -Wl,-e,my_merge -Wl,--image-base=0x400000 "
        + "-o \"$1\" \"$0\"", source.path, file,
    ]
    try build.run()
    build.waitUntilExit()
    try #require(build.terminationStatus == 0)
    // The entry of the file is the function.
    let header = try Data(contentsOf: URL(filePath: file)).dropFirst(24).prefix(8)
    let entry = header.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    var lines = SourceLines(of: file)
    #expect(try lines.place(of: entry) == "mm/merge.c:2")
    #expect(try lines.place(of: 0xffff_ffff_8100_0000) == nil)
    let text = try String(contentsOf: source, encoding: .utf8)
    var shown = SourceLines(of: file) { $0 == "mm/merge.c" ? text : nil }
    let excerpt = try #require(try shown.excerpt(of: entry))
    #expect(excerpt.first == 1 && excerpt.current == 2)
    #expect(excerpt.lines[1] == "int my_merge(int a) {")
    #expect(try lines.excerpt(of: entry) == nil)
    if FileManager.default.isExecutableFile(atPath: "/usr/bin/gdb") {
      try shown.read(functions: [entry])
      #expect(shown.argumentNames(of: entry) == ["a"])
      let lines = try shown.lines(in: [entry..<entry + 16])
      #expect(
        lines[entry] == SourceLines.Line(place: "mm/merge.c:2", function: "my_merge"))
      #expect(lines.values.contains { $0.place == "mm/merge.c:3" })
    }
    #expect(shown.argumentNames(of: 1) == nil)
    var none = SourceLines(of: "\(folder.path)/none")
    #expect(throws: LabError.self) { try none.place(of: entry) }
  }

  @Test(
    arguments: [
      ("/build/linux-6.1/arch/x86/mm/pat/set_memory.c:1834", "arch/x86/mm/pat/set_memory.c:1834"),
      ("mm/vmalloc.c:12 (discriminator 3)", "mm/vmalloc.c:12"),
      ("elsewhere/x.c:4", "elsewhere/x.c:4"),
      ("??:0", nil), ("??:?", nil), ("mm/x.c:?", nil),
    ] as [(Substring, String?)])
  func `a line without the folder of the build`(line: Substring, place: String?) {
    #expect(SourceLines.place(in: line) == place)
  }
}
