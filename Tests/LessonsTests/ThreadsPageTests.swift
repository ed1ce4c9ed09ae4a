import Engine
import Foundation
import Keys
import Language
import Lessons
import Parsing
import Screen
import TestSupport
import Testing

/// `docs/threads.md`: each row names what shows a claim, and what holds it. That the scenarios and the
/// lessons hold in every claim is for `AssetsTests` and `LessonTests` to say.
@Suite struct ThreadsPageTests {
  /// A row of the page.
  struct Row: CustomStringConvertible, Sendable {
    var claim: String
    var seen: String
    var proof: String
    var description: String { claim }

    /// The quoted words of a cell.
    static func quoted(_ cell: String) -> [String] {
      cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .compactMap { $0.offset % 2 == 1 ? String($0.element) : nil }
    }

    /// The paths of the scenarios and lessons that the row names.
    var files: [String] {
      let scenarios = Self.quoted(seen).filter { $0.hasSuffix(".dmap") }
        .map { "Assets/scenarios/\($0)" }
      let numbers = seen.matches(of: /lesson (\d+)/).compactMap { Int($0.output.1) }
      return scenarios
        + numbers.map { number in
          LessonText.all.indices.contains(number - 1)
            ? "Sources/Lessons/Texts/\(LessonText.all[number - 1].name).dmap"
            : "no lesson \(number)"
        }
    }
  }

  private static func rows() throws -> [String: [Row]] {
    var rows: [String: [Row]] = [:]
    var thread = ""
    for line in try ProjectFiles.text("docs/threads.md").split(separator: "\n") {
      if line.hasPrefix("## ") { thread = String(line.dropFirst(3)) }
      guard line.hasPrefix("| "), !line.hasPrefix("| claim") else { continue }
      let cells = line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
      try #require(cells.count == 3, "\(line)")
      rows[thread, default: []].append(Row(claim: cells[0], seen: cells[1], proof: cells[2]))
    }
    return rows
  }

  @Test func `all five threads have rows`() throws {
    let rows = try Self.rows()
    #expect(rows.count == 5 && rows.values.allSatisfy { $0.count >= 8 })
  }

  @Test func `each row names a scenario or a lesson that is there, or a command`() throws {
    for row in try Self.rows().values.flatMap(\.self) {
      let commands = Row.quoted(row.seen).filter { $0.hasPrefix("directmap ") }
      #expect(!row.files.isEmpty || !commands.isEmpty, "\(row)")
      for file in row.files {
        let text = try #require(try? ProjectFiles.text(file), "\(row): \(file)")
        let scenario = try Scenario(
          parsing: text, file: file, machines: MachineDescription.builtIn.map(\.name))
        #expect(!scenario.statements.isEmpty)
      }
    }
  }

  @Test func `each row has a claim that its file makes, or a recording`() throws {
    for row in try Self.rows().values.flatMap(\.self) {
      let proofs = Row.quoted(row.proof)
      #expect(!proofs.isEmpty, "\(row)")
      for proof in proofs {
        if proof.hasPrefix("Assets/recordings/") {
          #expect(throws: Never.self, "\(row): \(proof)") { try ProjectFiles.text(proof) }
          continue
        }
        #expect(proof.hasPrefix("expect "), "\(row): \(proof)")
        // A row that names a command alone is proved where the command's machine is.
        let files = row.files.isEmpty ? ["Assets/scenarios/arm64-linear-map.dmap"] : row.files
        let lines = try files.flatMap { try ProjectFiles.text($0).split(separator: "\n") }
        #expect(lines.contains { $0 == proof }, "\(row): no file of the row claims \(proof)")
      }
    }
  }

  @Test func `each key of a row is a key`() throws {
    for row in try Self.rows().values.flatMap(\.self) {
      for match in row.seen.matches(of: /key `([^`]+)`/) {
        let key = String(match.output.1)
        #expect(
          Keymap.standard.bindings.contains { $0.inputs.contains { $0.name == key } }, "\(key)")
      }
    }
  }
}
