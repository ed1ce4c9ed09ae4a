import ArgumentParser
import Engine
import History
import KernelText
import Lab
import Language
import Narration
import Parsing
import Scenarios

/// `directmap run`: performs a scenario and prints what it came to.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a scenario and print its result.",
    discussion: """
      Ends with status 0; 1 if an expect does not hold; 2 if the scenario is wrong or a call cannot \
      be made; 3 where a stop is hit, and then prints the machine as it is there, be it inside a \
      call. A ~ before a result: on this kernel with these policies the call equals no recording of a \
      real kernel and no published figure; directmap model says how it is known. The language is \
      described in docs/scenarios.md.
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

  @Argument(
    help: ArgumentHelp("The scenario; - reads standard input.", valueName: "file"),
    completion: .file(extensions: ["dmap"]))
  var file: String

  @OptionGroup
  var options: MachineOptions

  @Option(help: ArgumentHelp("What to print.", valueName: "format"))
  var format = Format.text

  @Option(
    name: .customLong("on"),
    help: ArgumentHelp(
      "Make the calls on a real kernel in QEMU, its image or Debian's package, and compare each with "
        + "the simulation: docs/lab.md.", valueName: "kernel"),
    completion: .file(extensions: ["deb"]))
  var real: String?

  @OptionGroup(title: "The guest of a real kernel")
  var choice: GuestChoice

  @Option(
    name: .customLong("to"), help: ArgumentHelp("Stop after this many calls.", valueName: "n"))
  var lastCall: Int?

  @Option(
    name: .customLong("break"),
    help: ArgumentHelp(
      "Stop when this happens: split, merge 2M, near-merge 3, call set_memory_rox, drift, "
        + "'if DirectMap4k > 16384', as break in a scenario; may be repeated.",
      valueName: "condition"))
  var breaks: [String] = []

  @Option(
    name: .customLong("watch"),
    help: ArgumentHelp(
      "Stop when the entry of a page or a counter changes; may be repeated.",
      valueName: "target|counter"))
  var watches: [String] = []

  func validate() throws {
    if let lastCall, lastCall < 0 {
      throw ValidationError("--to \(lastCall) is below 0; give the number of a call")
    }
  }

  func run() throws {
    let scenario = try ScenarioFile(file).read()
    let lab = try real.map { kernel in
      try LabKernel.booted(
        kernel, choice, options, for: try options.choose(for: scenario),
        as: try options.kernel.map(MachineOptions.kernel))
    }
    let booted = try lab?.machine ?? options.boot(for: scenario)
    if case .machine(let format) = format { try format.check(on: booted.architecture) }
    var runner = Runner(scenario.statements, on: booted, stops: try stops())
    runner.outside = lab
    var report = RunReport(
      file: ScenarioFile(file).name, kernel: lab?.name ?? booted.kernel.name,
      policies: booted.policyTitles)
    if format == .text, let header = report.header { CommandLine.say(header) }
    var tally = RunTally()
    let machine = ProgressLine.during("Running \(report.file)") { progress in
      runner.progress = progress
      return perform(scenario, &runner, &report, &tally)
    }
    if report.error == nil || format == .json { show(machine, report, tally) }
    if report.status != 0 { throw ExitCode(report.status) }
  }

  /// The stops of the command line.
  private func stops() throws(UserError) -> StopList {
    var list = StopList()
    let lines =
      breaks.map { ("--break", "break \($0)") } + watches.map { ("--watch", "watch \($0)") }
    for (option, line) in lines {
      let statement: Statement?
      do throws(ParseError) {
        statement = try Parser(file: option).statement(ofLine: line)?.statement
      } catch {
        throw UserError("\(option): \(error.reason)")
      }
      guard case .stop(let stop) = statement else {
        throw UserError("\(option) needs a condition, for instance --break split")
      }
      guard list.add(stop) != nil else {
        throw UserError("there can be \(StopList.countMax) stops; give fewer")
      }
    }
    return list
  }

  /// Runs the statements, up to and with those behind the last call that is wanted, or to a stop.
  /// Returns the machine there.
  private func perform(
    _ scenario: Scenario, _ runner: inout Runner, _ report: inout RunReport,
    _ tally: inout RunTally,
  ) -> Machine {
    do throws(RunError) {
      while runner.hasNext(withinCalls: lastCall ?? Int.max),
        let step = try runner.next(logging: format == .text)
      {
        var said: [String] = []
        let hit = stop(step, &runner, &report, &said)
        // A call that is only about to be made was not made.
        if hit?.moment != Moment(call: step.callNumber - 1) {
          // A run may be long: what is printed as it goes is counted only.
          if format == .json { report.add(step, runner.machine) } else { tally.add(step) }
          if tally.failures > 0 { report.status = 1 }
        }
        if format == .text {
          for line in step.lines(upTo: hit?.moment) + said { CommandLine.say(line) }
        } else if case .failed = step.outcome {
          CommandLine.tell(text: step.lines.joined(separator: "\n"))
        }
        guard let hit, let stop = report.stop else { continue }
        if case .broken = hit.finding {
          let way = scenario.scenarioText
          let bug = BugReport(
            hit.finding, after: runner.callCount, on: runner.machine(at: hit), way: way)
          CommandLine.tell(text: bug.text)
        }
        if format == .text {
          let shown = runner.displayed(at: hit).map { "   \($0)" }
          for line in stop.lines + shown { CommandLine.say(line) }
        } else if format != .json {
          CommandLine.tell(text: stop.lines.joined(separator: "\n"))
        }
        return runner.machine(at: hit)
      }
    } catch {
      report.status = CommandLine.userErrorStatus.rawValue
      report.error = error.description
      CommandLine.tell(error.description)
    }
    return runner.machine
  }
  /// The hit of a step at which the run really stops, if there is one.
  private func stop(
    _ step: Runner.Step, _ runner: inout Runner, _ report: inout RunReport,
    _ said: inout [String],
  ) -> StopHit? {
    for hit in step.hits {
      let stop = runner.stops.items.first { $0.number == hit.number }?.stop
      guard runner.stops(at: hit) else { continue }
      let done = StopCommands(stop?.commands ?? []).carryOut(on: runner.machine(at: hit))
      said += done.lines
      if done.goesOn {
        runner.insert(done.calls)
        continue
      }
      for call in done.calls {
        said.append(
          "   \(call.scenarioText): not made; continue among the lines goes on and makes it")
      }
      report.stop(at: hit, stop)
      return hit
    }
    return nil
  }

  /// Prints the machine, or the report, in the format that was chosen.
  private func show(_ machine: Machine, _ report: RunReport, _ tally: RunTally) {
    switch format {
    case .text:
      if report.stop != nil { CommandLine.put(MachineFormat.meminfo.text(of: machine)) }
      CommandLine.say(tally.summary)
    case .json: CommandLine.say(json: report.json)
    case .machine(let format): CommandLine.put(format.text(of: machine))
    }
  }
}
