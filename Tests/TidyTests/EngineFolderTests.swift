import Foundation
import TestSupport
import Testing

/// The rules for the place of a file of Engine: "Inside Engine" of `docs/architecture.md`.
@Suite struct EngineFolderTests {
  static let files = SourceFile.all.filter { $0.room == "Engine" }

  @Test func `every folder has its row, and every row its folder`() throws {
    let page = try ProjectFiles.text("docs/architecture.md")
    let start = try #require(page.firstRange(of: "## Inside Engine")).upperBound
    let end = page[start...].firstRange(of: "\n## ")?.lowerBound ?? page.endIndex
    let rows = page[start..<end].split(separator: "\n").filter { $0.hasPrefix("| ") }
      .compactMap { $0.split(separator: "|").first?.trimmingCharacters(in: .whitespaces) }
      .filter { $0 != "folder" }
    #expect(Set(rows) == Set(Self.files.map { String($0.folder) }))
    #expect(Set(rows).count == rows.count)
  }

  @Test func `a file that only extends the machine is named after it`() {
    for file in Self.files {
      let types = Self.topTypes(file)
      let isExtension = !types.isEmpty && types.allSatisfy { $0 == "extension Machine" }
      if isExtension, file.name != "Machine.swift" {
        #expect(file.name.hasPrefix("Machine+"), "\(file.path) only extends Machine")
      }
      if file.name.hasPrefix("Machine+") {
        #expect(types.contains("extension Machine"), "\(file.path) does not extend Machine")
      }
    }
  }

  @Test func `what performs a call and applies a change lies beside it`() {
    var folders: [String: Substring] = [:]
    for file in Self.files {
      for type in Self.topTypes(file) where type.hasPrefix("enum ") {
        let name = String(type.dropFirst(5))
        if name.hasSuffix("Call") || name.hasSuffix("Change") { folders[name] = file.folder }
      }
    }
    #expect(folders.count >= 10)
    var found: Set<String> = []
    for file in Self.files {
      for (function, type) in Self.handlers(file) {
        guard let folder = folders[type] else { continue }
        found.insert(type)
        #expect(file.folder == folder, "\(file.path): \(function) of \(type) belongs to \(folder)")
      }
    }
    #expect(found == Set(folders.keys), "each call is performed and each change applied")
  }

  @Test func `only subsystems emit events`() {
    let silent: Set<Substring> = [
      "Addresses", "Kernels", "Questions", "Support", "Tables",
    ]
    for file in Self.files where file.lines.contains(where: { $0.contains("EventSink") }) {
      #expect(!silent.contains(file.folder), "\(file.path) tells a listener")
      if file.folder == "Machine" { #expect(file.name == "Machine+Apply.swift") }
    }
  }

  /// The kind and the name of what a file declares or extends at the top level.
  private static func topTypes(_ file: SourceFile) -> [String] {
    let kinds: Set<Substring> = ["struct", "enum", "class", "protocol", "extension", "typealias"]
    return file.lines.filter { $0.indentation == 0 }.compactMap { line in
      let words = line.split { $0 == " " || $0 == ":" || $0 == "<" }
      guard let index = words.firstIndex(where: kinds.contains), index + 1 < words.count else {
        return nil
      }
      return "\(words[index]) \(words[index + 1])"
    }
  }

  /// The functions that perform or apply, each with the type of its first argument.
  private static func handlers(_ file: SourceFile) -> [(function: String, type: String)] {
    file.lines.indices.compactMap { index in
      let words = file.lines[index].codeWords
      guard let place = words.firstIndex(of: "func"), place + 1 < words.count,
        ["apply", "perform"].contains(words[place + 1])
      else { return nil }
      // The arguments are on the same line, or on the next.
      let text = file.lines[index...].prefix(2).joined(separator: " ")
      let arguments = text.drop { $0 != "(" }.dropFirst().drop { $0 == " " }
      guard arguments.hasPrefix("_ "), let colon = arguments.firstRange(of: ": ") else {
        return nil
      }
      let type = arguments[colon.upperBound...].prefix { $0.isLetter || $0.isNumber }
      return (String(words[place + 1]), String(type))
    }
  }
}
