import Foundation
import TestSupport
import Testing

/// Files are opened in one place, which decides what may be read and written.
@Suite struct FileTests {
  /// Words by which Swift code opens, makes, names or removes files.
  private static let doors = [
    "O_RDONLY", "O_WRONLY", "O_RDWR", "O_CREAT", "fopen(", "freopen(", "creat(", "openat(",
    "FileDescriptor.open", "FileHandle(", "Data(contentsOf", "String(contentsOf",
    "contents(atPath", "createFile(", "createDirectory(", "removeItem(", "moveItem(", "copyItem(",
    ".write(to:", "rename(from", "renameat(", "unlink(", "unlinkat(", "mkdir(", "mkdirat(",
    "mkstemp(", "symlink(", "link(", "truncate(", "opendir(", "fdopendir(",
  ]

  @Test func `no other code opens, makes or removes files`() throws {
    // The last two are not part of the program.
    let rooms = ["Sources/directmap/Files/", "Sources/Benchmarks/", "Sources/Fuzz/"]
    for file in TidyTests.sources where !rooms.contains(where: file.hasPrefix) {
      let text = try ProjectFiles.text(file)
      // Without one of these a file cannot open files.
      guard
        ["import Glibc", "import Foundation", "import SystemPackage"].contains(where: text.contains)
      else { continue }
      for line in text.split(separator: "\n") {
        let code = line.split(separator: "//", maxSplits: 1).first ?? ""
        for door in Self.doors where Self.has(door, code) {
          Issue.record("\(file) opens files by itself: \(line)")
        }
      }
    }
    #expect(Self.has("unlink(", "_ = unlink(path)") && !Self.has("link(", "blink(path)"))
  }

  /// Whether a word occurs in a line, and is not the end of another one.
  private static func has(_ word: String, _ line: Substring) -> Bool {
    line.ranges(of: word).contains { range in
      guard word.first?.isLetter == true, range.lowerBound > line.startIndex else { return true }
      let before = line[line.index(before: range.lowerBound)]
      return !before.isLetter && before != "_"
    }
  }
}
