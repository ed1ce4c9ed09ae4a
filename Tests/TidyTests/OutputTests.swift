import Foundation
import TestSupport
import Testing

/// All text output goes through one file, which makes visible what a terminal would obey.
@Suite struct OutputTests {
  /// That file.
  private static let door = "Sources/directmap/CommandLine+Output.swift"

  /// Functions that write to a terminal or to standard output.
  private static let writers: Set<Substring> = [
    "print", "debugPrint", "FileHandle", "fputs", "fputc", "fwrite", "fprintf", "printf",
    "vprintf", "puts", "putchar", "putc", "perror", "syslog", "standardOutput", "standardError",
    "STDOUT_FILENO", "STDERR_FILENO", "stdout", "stderr", "TextOutputStream", "ttyname",
  ]

  /// The words of a line of code that write, without those of texts.
  private static func writers(in line: Substring) -> [Substring] {
    var code = ""
    for (index, piece) in line.split(separator: "\"", omittingEmptySubsequences: false).enumerated()
    where index % 2 == 0 {
      code += piece + " "
    }
    let found = Substring(code).codeWords.filter { writers.contains($0) }
    return found.map { Substring(String($0)) }
  }

  @Test func `no file but the door writes`() {
    #expect(SourceFile.all.contains { $0.path == Self.door })
    // These print their own figures, and nothing that they read.
    let others: Set<Substring> = ["Benchmarks", "Fuzz"]
    for file in SourceFile.all where file.path != Self.door && !others.contains(file.room) {
      for (index, line) in file.lines.enumerated() {
        for word in Self.writers(in: line) {
          Issue.record(
            "\(file.path):\(index + 1) writes with \(word); say, put or tell is the door")
        }
        if line.contains("/dev/tty") || line.contains("/dev/std") || line.contains("/dev/fd") {
          Issue.record("\(file.path):\(index + 1) names a terminal")
        }
      }
    }
  }

  @Test func `of C only the terminal's own room writes`() throws {
    for path in ProjectFiles.list("Sources", ending: "c")
    where !path.hasPrefix("Sources/CTerminal/") {
      for line in try ProjectFiles.text(path).split(separator: "\n") {
        #expect(Self.writers(in: line) == [], "\(path): \(line)")
      }
    }
  }

  @Test(arguments: [
    ("  print(line)", ["print"]), ("unsafe fputs(text, stderr)", ["fputs", "stderr"]),
    ("FileDescriptor.standardError.writeAll(bytes)", ["standardError"]),
    ("let printed = \"print(x) to stdout\"", []), ("CommandLine.say(text)", []),
  ]) func `a writer is found in code and not in words`(line: String, words: [String]) {
    #expect(Self.writers(in: Substring(line)).map(String.init) == words)
  }
}
