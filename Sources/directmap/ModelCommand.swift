import ArgumentParser
import Engine
import KernelText
import Language
import Narration

/// `directmap model`: what of all that is shown equals a recording, and what does not.
struct ModelCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "model",
    abstract: "Say how each kernel, policy and call is known.",
    discussion: """
      Recorded on real kernels and compared step by step, with how often; published; after the \
      source or the mails; from memory. docs/model.md has the same table, and what is left out.
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let table = KnowledgeTable()
    if json {
      CommandLine.say(json: KnowledgeReport(table).json)
    } else {
      CommandLine.say(table.lines.joined(separator: "\n"))
    }
  }
}

/// The table for programs.
nonisolated struct KnowledgeReport: JSONReport {
  /// Something that is known in one way.
  struct Entry: Encodable {
    var name: String
    var known: String
    var details: String
    var files: Int?
    var steps: Int?

    init(_ name: String, _ knowledge: Knowledge) {
      self.name = name
      known = knowledge.word
      details = knowledge.details
      if case .recorded(let calls) = knowledge {
        files = calls.files
        steps = calls.steps
      }
    }
  }

  /// A call on a kernel.
  struct CallEntry: Encodable {
    var call: String
    var kernel: String
    var known: Entry
  }

  var kernels: [Entry]
  var policies: [Entry]
  var calls: [CallEntry]

  init(_ table: KnowledgeTable) {
    kernels = table.kernels.map { Entry($0.name, $0.knowledge) }
    policies = table.policies.map { Entry($0.name, $0.knowledge) }
    calls = [Architecture.x86_64, .arm64].flatMap { architecture in
      let names = table.recordedKernels(architecture).map(\.name)
      return table.calls(architecture).flatMap { row in
        zip(names, row.knowledge).map { name, knowledge in
          CallEntry(call: row.name, kernel: name, known: Entry(row.name, knowledge))
        }
      }
    }
  }
}
