import ArgumentParser
import Engine
import Interface
import KernelText
import Language
import Parsing
import Recordings

/// `directmap validate`: reads scenarios, demos, lessons and sessions and tells what is wrong with
/// them, without carrying anything out.
struct ValidateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Check scenarios, demos, lessons and sessions without running them.",
    discussion: """
      Reports every line that cannot be read (of a file, the first 20 problems and the number of the \
      others), keys of demos that do nothing, lines that are typed and never \
      end, or that write a file, hide without show, and areas that nothing has made. Only a run can check \
      claims.

      Ends with status 0 if nothing is wrong, else 2.
      """)

  @Argument(
    help: "The files; - reads standard input.", completion: .file(extensions: ["dmap"]))
  var files: [String]

  @Flag(help: "Print one JSON object with all files and problems.")
  var json = false

  /// What was found in a file.
  private nonisolated struct Report: Encodable {
    var file: String
    /// What it is: a scenario, a demo, a lesson or a session.
    var kind: String
    var calls: Int
    /// The first problems, in the order of the lines.
    var problems: [Problem]
    /// How many more there are.
    var problemsLeftOut = 0

    /// Something wrong, and its place; without one, the file as a whole is meant.
    nonisolated struct Problem: Encodable {
      var line: Int?
      var column: Int?
      var reason: String
    }
  }

  /// All files.
  private nonisolated struct Reports: JSONReport {
    var files: [Report]
  }

  func run() throws {
    let reports = ProgressLine.during("Checking \(counted(files.count, "file"))") { progress in
      files.enumerated().map { index, file in
        progress?.report(UInt64(index), of: UInt64(files.count))
        return Self.check(file)
      }
    }
    if json {
      CommandLine.say(json: Reports(files: reports).json)
    } else {
      for report in reports { Self.tell(report) }
    }
    if reports.contains(where: { !$0.problems.isEmpty }) { throw CommandLine.userErrorStatus }
  }

  private static func tell(_ report: Report) {
    guard !report.problems.isEmpty else {
      CommandLine.say(
        line:
          "\(report.file): a \(report.kind), \(report.calls) call\(report.calls == 1 ? "" : "s")")
      return
    }
    for problem in report.problems {
      let place = [problem.line, problem.column].compactMap { $0 }.map { ":\($0)" }.joined()
      CommandLine.tell("\(report.file)\(place): \(problem.reason)")
    }
    let more = report.problemsLeftOut
    guard more > 0 else { return }
    CommandLine.tell(
      "\(report.file): \(more) more \(more == 1 ? "problem is" : "problems are") not listed")
  }

  private static func check(_ path: String) -> Report {
    let name = ScenarioFile(path).name
    do {
      var lines = try ScenarioFile(path).lines()
      if try Recording.recognizes(lines.beginning(ScenarioFile.beginning)) {
        throw UserError("it is a recording of a kernel; directmap verify checks those")
      }
      return try check(lines, path, name)
    } catch {
      if let place = (error as? UserError)?.place {
        return Report(
          file: name, kind: "file", calls: 0,
          problems: [.init(line: place.line, column: place.column, reason: place.reason)])
      }
      // The name stands before the line already.
      let reason = "\(error)"
      return Report(
        file: name, kind: "file", calls: 0,
        problems: [
          .init(
            reason: reason.hasPrefix(name + " ") ? "it" + reason.dropFirst(name.count) : reason)
        ])
    }
  }

  private static func check(_ lines: LineStream, _ path: String, _ name: String) throws -> Report {
    var (scenario, errors) = try Scenario.checking(
      streaming: lines, file: name, machines: MachineDescription.builtIn.map(\.name))
    errors += scenario.readAllModules(ModuleFiles(of: path).sizes)
    errors += scenario.readLists(ModuleFiles(of: path).text)
    var kind = scenario.isScript ? "demo" : "scenario"
    if scenario.session != nil { kind = "session" }
    do throws(ParseError) {
      if try Lesson(scenario) != nil { kind = "lesson" }
    } catch {
      kind = "lesson"
      errors.append(error)
    }
    // Behind a line that cannot be read, what follows may mean something else.
    let script = errors.isEmpty ? ScriptCheck(scenario.statements).problems : []
    // Only the problems that are reported get their text.
    var problems: [(place: SourceLocation, reason: () -> String)] =
      errors.map { error in (error.location, { error.reason }) }
    problems += script.map { problem in (problem.location, { problem.reason }) }
    problems.sort { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
    let told = CommandLine.problemsTold
    return Report(
      file: name, kind: kind, calls: scenario.callCount,
      problems: problems.prefix(told).map {
        .init(line: $0.place.line, column: $0.place.column, reason: $0.reason())
      },
      problemsLeftOut: max(0, problems.count - told))
  }
}
