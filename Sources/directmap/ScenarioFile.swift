import Engine
import KernelText
import Language
import Parsing
import Recordings

/// A scenario as a user names it on the command line.
nonisolated struct ScenarioFile {
  private let path: String

  /// The file at a path; `-` is standard input.
  init(_ path: String) { self.path = path }

  /// What errors call the file.
  var name: String { path == "-" ? "<stdin>" : path }

  /// Reads the scenario, and the modules that it names by their files.
  func read() throws -> Scenario {
    var lines = try self.lines()
    if try Recording.recognizes(lines.beginning(Self.beginning)) {
      throw UserError("\(name) is a recording, not a scenario; give it to verify, or to play")
    }
    do {
      var scenario = try Scenario(
        streaming: lines, file: name, machines: MachineDescription.builtIn.map(\.name))
      try scenario.readModules(ModuleFiles(of: path).sizes)
      if let error = scenario.readLists(ModuleFiles(of: path).text).first { throw error }
      if let line = scenario.leftOut(of: name) { CommandLine.tell(line) }
      return scenario
    } catch let error as ParseError {
      CommandLine.tell(error.description)
      throw CommandLine.userErrorStatus
    } catch let error as LineTooLong {
      throw UserError(inFile: name, error)
    }
  }

  /// How many bytes tell whether a file is a recording.
  nonisolated static let beginning = 4096

  /// The lines, read as they are asked for.
  func lines() throws(UserError) -> LineStream {
    LineStream(path == "-" ? StandardInputBytes() : try FileBytes(path, .fileOrPipe))
  }
}

extension Scenario {
  /// What of a session is not carried out where only its first branch is; nil where there is nothing.
  nonisolated func leftOut(of file: String) -> String? {
    guard let count = session?.branches.count, count > 0 else { return nil }
    return "\(file): \(count == 1 ? "1 branch is" : "\(count) branches are") left out; "
      + "directmap play shows \(count == 1 ? "it" : "them")"
  }
}
