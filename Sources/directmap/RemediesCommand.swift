import ArgumentParser
import KernelText
import Narration
import Scenarios

/// `directmap remedies`: everything that was ever proposed, on the same three inputs.
struct RemediesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remedies",
    abstract: "List what was proposed against splits, with what each costs and saves here.",
    discussion: """
      Who proposed it and when, what became of it, the idea in a line, and splits, merges, new 4K leaves \
      and flushes on three inputs that are the same for all: code, permissions, guests. \
      docs/remedies.md has the same table; directmap compare runs them on a file of your own.
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let table = ProgressLine.during("Running every remedy") { RemedyTable($0) }
    if json {
      CommandLine.say(json: RemediesReport(table).json)
    } else {
      CommandLine.say(table.lines.joined(separator: "\n"))
    }
  }
}

/// The table for programs.
nonisolated struct RemediesReport: JSONReport {
  /// An input.
  struct Input: Encodable {
    var name: String
    var about: String
  }

  /// A remedy.
  struct Entry: Encodable {
    var name: String
    var origin: String
    var status: String
    var idea: String
    var known: String
    var note: String?
    var results: [String: RemedyInput.Result]
  }

  var inputs: [Input]
  var remedies: [Entry]

  init(_ table: RemedyTable) {
    inputs = RemedyInput.all.map { Input(name: $0.name, about: $0.about) }
    remedies = table.rows.map { row in
      var note: String?
      if case .elsewhere(let words) = row.remedy.run { note = words }
      return Entry(
        name: row.remedy.name, origin: row.remedy.origin, status: row.remedy.status,
        idea: row.remedy.idea, known: row.remedy.knowledge.word, note: note,
        results: Dictionary(
          zip(RemedyInput.all.map(\.name), row.results), uniquingKeysWith: { $1 }))
    }
  }
}
