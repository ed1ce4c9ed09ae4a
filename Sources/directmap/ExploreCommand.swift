import ArgumentParser
import Engine
import Exploring
@unsafe @preconcurrency import Glibc
import KernelText

/// `directmap explore`: searches sequences of calls for one that breaks a property.
struct ExploreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explore",
    abstract: "Search sequences of calls for one that breaks a property.",
    discussion: """
      All sequences up to a depth are tried, shortest first; states that are equal up to renaming of \
      frames are tried once. Random sequences can follow. What is found is the same for any number of \
      jobs. The properties are described in docs/explore.md.
      """,
    subcommands: [Search.self, Merge.self, Show.self], defaultSubcommand: Search.self)

  /// What to print.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// The hits with their calls.
    case text
    /// One object, which merge and show read.
    case json
  }

  /// How a result is printed.
  struct Printing: ParsableArguments {
    @Option(help: ArgumentHelp("What to print.", valueName: "format"))
    var format = Format.text

    @Flag(help: "End with status 1 if there is a hit.")
    var exitCode = false

    func tell(_ result: ExploreResult) throws {
      switch format {
      case .text: CommandLine.say(result.text)
      case .json: CommandLine.say(json: result.json)
      }
      if exitCode, !result.hits.isEmpty { throw ExitCode(1) }
    }
  }

  /// Reads a result.
  static func read(_ path: String) throws -> ExploreResult {
    do {
      return try ExploreResult(reading: CommandLine.text(ofFile: path), file: path)
    } catch let error as ExploreError {
      throw UserError("\(error)")
    }
  }
}

extension ExploreCommand {
  /// `directmap explore merge`: puts the parts of a search together.
  struct Merge: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "merge", abstract: "Put the parts of one search together.",
      discussion: "Parts differ in --shard alone.")

    @Argument(help: "What explore --format json printed for each part.", completion: .file())
    var results: [String]

    @OptionGroup
    var printing: Printing

    func run() throws {
      guard let first = results.first else { throw UserError("give the results of a search") }
      var whole = try ExploreCommand.read(first)
      for path in results.dropFirst() {
        do {
          try whole.add(ExploreCommand.read(path), file: path)
        } catch let error as ExploreError {
          throw UserError("\(error)")
        }
      }
      let missing = (1...whole.question.shards).filter { !whole.parts.contains($0) }
      if !missing.isEmpty {
        let parts = missing.map(String.init).joined(separator: ", ")
        CommandLine.tell("note: without part \(parts) of \(whole.question.shards)")
      }
      try printing.tell(whole)
    }
  }

  /// `directmap explore show`: prints the scenario that shows a hit.
  struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Print the scenario that shows a hit.")

    @Argument(help: "What explore --format json printed.", completion: .file())
    var result: String

    @Argument(help: "The number of the hit, from 1.")
    var hit = 1

    func run() throws {
      let result = try ExploreCommand.read(result)
      guard result.hits.indices.contains(hit - 1) else {
        throw UserError("there is no hit \(hit); there are \(result.hits.count)")
      }
      CommandLine.put(result.scenario(of: result.hits[hit - 1]))
    }
  }
}
