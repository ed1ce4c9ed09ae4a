import Foundation
import TestSupport
import Testing

/// Rules for the project's own source text.
@Suite struct TidyTests {
  /// Who may import whom: the table of `docs/architecture.md`.
  static let imports: [String: Set<String>] = [
    "Engine": ["Synchronization"],
    "TLB": ["Engine"],
    "KernelText": ["Engine", "FoundationEssentials"],
    "Maps": ["Engine", "KernelText"],
    "Recordings": ["Engine", "FoundationEssentials", "KernelText"],
    "History": ["Engine"],
    "Narration": ["Engine", "History"],
    "Language": ["Engine", "History", "KernelText", "Narration", "Screen", "TLB"],
    "Parsing": ["Engine", "History", "KernelText", "Language", "Narration", "Screen", "TLB"],
    "Scenarios": [
      "Engine", "FoundationEssentials", "History", "KernelText", "Language", "Narration", "Parsing",
      "Screen", "TLB",
    ],
    "Screen": [],
    "Lab": [
      "CEmbedded", "CLinux", "Engine", "Glibc", "History", "KernelText", "Recordings",
      "Synchronization",
    ],
    "Lessons": ["CEmbedded"],
    "Casting": ["FoundationEssentials", "Screen"],
    "Exploring": [
      "Engine", "FoundationEssentials", "KernelText", "Language", "Narration", "Parsing",
    ],
    "Quiz": [
      "Engine", "Exploring", "KernelText", "Language", "Narration", "Parsing", "Scenarios",
    ],
    "Keys": ["Engine", "Screen"],
    "Lanes": [
      "Engine", "History", "Keys", "Language", "Narration", "Scenarios", "Screen", "TLB",
    ],
    "Interface": [
      "Engine", "History", "Keys", "Lanes", "Language", "Narration", "Parsing", "Quiz", "Scenarios",
      "Screen", "TLB",
    ],
    "Views": [
      "Engine", "History", "Interface", "Keys", "Lanes", "Language", "Narration", "Quiz",
      "Scenarios", "Screen", "TLB",
    ],
    "Configuration": ["Interface", "Keys", "Lanes", "Language", "Screen"],
    "TerminalBackend": ["CTerminal", "Screen"],
    "directmap": [
      "ArgumentParser", "CLinux", "Casting", "Configuration", "Engine", "Exploring",
      "FoundationEssentials", "Glibc",
      "History", "Interface", "KernelText", "Keys", "Lab", "Lanes", "Language", "Lessons", "Maps",
      "Narration", "Parsing", "Quiz", "Recordings", "Scenarios", "Screen", "Synchronization",
      "SystemPackage", "TerminalBackend", "TLB", "Views",
    ],
    "Fuzz": [
      "Configuration", "Engine", "FoundationEssentials", "Glibc", "KernelText", "Language", "Maps",
      "Parsing", "Recordings", "Synchronization",
    ],
    "Benchmarks": [
      "CBaseline", "Casting", "Engine", "Exploring", "FoundationEssentials", "Glibc", "History",
      "Interface", "KernelText", "Lab", "Lanes", "Language", "Parsing", "Recordings", "Scenarios",
      "Screen", "TLB", "Views",
    ],
  ]

  static let sources = ProjectFiles.list("Sources", ending: "swift")
  static let tests = ProjectFiles.list("Tests", ending: "swift")

  @Test func `every room imports only what the table allows`() throws {
    #expect(Self.sources.count > 60)
    for file in Self.sources {
      let room = String(file.split(separator: "/")[1])
      let allowed = try #require(Self.imports[room], "\(file) lies in no known room")
      for module in Self.importedModules(try ProjectFiles.text(file)) {
        #expect(allowed.contains(module), "\(file) imports \(module)")
      }
    }
  }

  @Test func `an import is found in every form it can take`() {
    let text = """
      import Engine
      public import Screen
      @testable import History
      @preconcurrency package import struct KernelText.Recording
      // import Nothing
      let important = "import That"
      """
    #expect(Self.importedModules(text) == ["Engine", "Screen", "History", "KernelText"])
  }

  @Test func `the table in the documents is the one that is tested`() throws {
    let page = try ProjectFiles.text("docs/architecture.md")
    for (room, allowed) in Self.imports {
      let row = page.split(separator: "\n").first { $0.hasPrefix("| \(room) |") }
      let cells = try #require(row, "no row for \(room)").split(separator: "|")
      let named = Set(
        cells[1].split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) })
      #expect(named == (allowed.isEmpty ? ["standard library"] : allowed), "row of \(room)")
    }
  }

  @Test func `no source file is longer than 400 lines`() throws {
    for file in Self.sources + Self.tests {
      let lines = try ProjectFiles.text(file).split(
        separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 401, "\(file) has \(lines.count) lines")
    }
  }

  @Test func `no function is longer than 70 lines`() throws {
    for file in Self.sources {
      for (line, length) in Self.functionLengths(try ProjectFiles.text(file)) where length > 70 {
        Issue.record("\(file):\(line) is a function of \(length) lines")
      }
    }
  }

  @Test func `function lengths are measured from the declaration to its closing brace`() {
    let text = """
      struct A {
        func first() {
          if true {
          }
        }

        init() {
        }
      }
      """
    let lengths = Self.functionLengths(text)
    #expect(lengths.map(\.line) == [2, 7])
    #expect(lengths.map(\.length) == [4, 2])
  }

  @Test func `the rooms below the screen keep to what is deterministic`() throws {
    let rooms = [
      "Casting", "Engine", "History", "KernelText", "Language", "Lessons", "Maps", "Narration",
      "Parsing", "Quiz", "Recordings", "Scenarios", "Screen", "TLB",
    ]
    let banned = ["SystemRandomNumberGenerator", ".random(in:", "Hasher(", "Clock()", "Date()"]
    for file in Self.sources where rooms.contains(String(file.split(separator: "/")[1])) {
      let text = try ProjectFiles.text(file)
      for word in banned where text.contains(word) { Issue.record("\(file) uses \(word)") }
    }
  }

  @Test func `nothing in the sources can trap on a wrong guess`() throws {
    let banned = ["try!", " as! ", "fatalError(", "TODO", "FIXME", "static var "]
    for file in Self.sources {
      let code = try ProjectFiles.text(file).split(separator: "\n").filter {
        !$0.trimmingCharacters(in: .whitespaces).hasPrefix("//")
      }
      for line in code {
        for word in banned where line.contains(word) && !Self.isComputed(line) {
          Issue.record("\(file): \(line)")
        }
      }
    }
  }

  /// A computed property holds no state, so `static var` is fine there.
  private static func isComputed(_ line: Substring) -> Bool {
    line.contains("static var ") && line.contains("{") && !line.contains("=")
  }

  private static func importedModules(_ text: String) -> [String] {
    let modifiers: Set<Substring> = [
      "public", "package", "internal", "private", "fileprivate",
    ]
    let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "func", "var", "typealias"]
    return text.split(separator: "\n").compactMap { line in
      var words = line.split(separator: " ")[...]
      while let word = words.first, word.hasPrefix("@") || modifiers.contains(word) {
        words.removeFirst()
      }
      guard words.first == "import" else { return nil }
      words.removeFirst()
      if let word = words.first, kinds.contains(word) { words.removeFirst() }
      return words.first.map { String($0.split(separator: ".")[0]) }
    }
  }

  /// The first line and the length of every function and initializer, by indentation.
  private static func functionLengths(_ text: String) -> [(line: Int, length: Int)] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    var open: (line: Int, indent: Int)?
    var found: [(line: Int, length: Int)] = []
    for (index, line) in lines.enumerated() {
      let indent = line.prefix { $0 == " " }.count
      let words = line.split(separator: " ")
      if open == nil,
        words.contains("func") || line.dropFirst(indent).hasPrefix("init(")
          || line.contains(" init("), !line.dropFirst(indent).hasPrefix("//")
      {
        if line.hasSuffix("}") { continue }
        open = (index, indent)
      } else if let start = open, indent == start.indent, line.dropFirst(indent).hasPrefix("}") {
        if line.dropFirst(indent) == "}" {
          found.append((start.line + 1, index - start.line + 1))
          open = nil
        }
      }
    }
    return found
  }
}
