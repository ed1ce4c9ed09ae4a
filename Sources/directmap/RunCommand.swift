import ArgumentParser
import Engine
import KernelText
import Scenarios

/// `directmap run`: performs a scenario and prints what it came to.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Perform a scenario and print what it comes to.",
    discussion: """
      Ends with status 0; 1 if an expect does not hold; 2 if the scenario is wrong or a call cannot \
      be made. The language is described in docs/scenarios.md.
      """)

  /// What to print.
  enum Format: ExpressibleByArgument, Equatable {
    /// Each step in sentences.
    case text
    /// One object.
    case json
    /// What the kernel shows at the end.
    case machine(MachineFormat)

    init?(argument: String) {
      switch argument {
      case "text": self = .text
      case "json": self = .json
      default:
        guard let format = MachineFormat(rawValue: argument) else { return nil }
        self = .machine(format)
      }
    }

    static var allValueStrings: [String] {
      ["text", "json"] + MachineFormat.allCases.map(\.rawValue)
    }

    var defaultValueDescription: String { "text" }
  }

  @Argument(help: ArgumentHelp("The scenario; - reads standard input.", valueName: "file"))
  var file: String

  @OptionGroup
  var options: MachineOptions

  @Option(help: ArgumentHelp("What to print.", valueName: "format"))
  var format = Format.text

  @Option(
    name: .customLong("to"), help: ArgumentHelp("Stop after this many calls.", valueName: "n"))
  var lastCall: Int?

  func validate() throws {
    if let lastCall, lastCall < 0 {
      throw ValidationError("--to \(lastCall) is below 0; give the number of a call")
    }
  }

  func run() throws {
    let scenario = try ScenarioFile(file).read()
    let booted = try options.boot(for: scenario)
    var runner = Runner(scenario.statements, on: booted)
    var report = RunReport(
      file: ScenarioFile(file).name, kernel: booted.kernel.name,
      policies: booted.policies.map(\.rawValue))
    if format == .text, let header = report.header { print(header) }
    perform(&runner, &report)
    if report.error == nil || format == .json { show(runner.machine, report) }
    if report.status != 0 { throw ExitCode(report.status) }
  }

  /// Runs the statements, up to and with those behind the last call that is wanted.
  private func perform(_ runner: inout Runner, _ report: inout RunReport) {
    do throws(RunError) {
      while runner.hasNext(withinCalls: lastCall ?? Int.max),
        let step = try runner.next(logging: format == .text)
      {
        report.add(step, runner.machine)
        if format == .text {
          for line in step.lines { print(line) }
        } else if case .failed = step.outcome {
          CommandLine.tell(step.lines.joined(separator: "\n"))
        }
      }
    } catch {
      report.status = CommandLine.userErrorStatus.rawValue
      report.error = error.description
      CommandLine.tell(error.description)
    }
  }

  /// Prints the machine, or the report, in the format that was chosen.
  private func show(_ machine: Machine, _ report: RunReport) {
    switch format {
    case .text: print(report.summary)
    case .json: print(report.json)
    case .machine(let format): print(format.text(of: machine), terminator: "")
    }
  }
}
