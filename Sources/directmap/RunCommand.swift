import ArgumentParser
import Engine
import FoundationEssentials
import Glibc
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

  /// What is printed.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, meminfo, vmstat, leaves, ptdump
  }

  @Argument(help: "The scenario; - reads standard input.")
  var file: String

  @Option(help: "The kernel version, instead of the scenario's.")
  var kernel: String?

  @Option(help: "The machine, instead of the scenario's.")
  var machine: String?

  @Option(
    help: """
      What to print: text tells each step; json is one object; meminfo, vmstat, leaves and ptdump \
      show the machine at the end, as the kernel prints it.
      """)
  var format = Format.text

  @Option(name: .customLong("to"), help: "Stop after this many calls.")
  var lastCall: Int?

  func run() throws {
    let name = file == "-" ? "<stdin>" : file
    let scenario: Scenario
    let booted: Machine
    do {
      let text = try readText()
      scenario = try choosing(
        Scenario(parsing: text, file: name, machines: MachineDescription.builtIn.map(\.name)))
      booted = try boot(scenario)
    } catch {
      throw Self.failure(String(describing: error))
    }
    var runner = Runner(scenario.statements, on: booted)
    var report = RunReport(file: name, kernel: booted.kernel.name)
    perform(&runner, &report)
    show(runner.machine, report)
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
          Self.complain(step.lines.joined(separator: "\n"))
        }
      }
    } catch {
      report.status = 2
      report.error = error.description
      Self.complain(error.description)
    }
  }

  /// Prints the machine, or the report, in the format that was chosen.
  private func show(_ machine: Machine, _ report: RunReport) {
    switch format {
    case .text:
      let failures = report.expects.count { !$0.holds }
      print(
        "\(report.steps.count) calls, \(report.expects.count) expects, \(failures) failed")
    case .json: print(report.json)
    case .meminfo: print(machine.meminfoText, terminator: "")
    case .vmstat: print(machine.vmstatText, terminator: "")
    case .leaves: print(machine.leavesText, terminator: "")
    case .ptdump: print(machine.pageTableDump, terminator: "")
    }
  }
}

// MARK: - Reading and booting

extension RunCommand {
  private func readText() throws -> String {
    guard file == "-" else {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw ValidationError("\(file): cannot be read; give a file, or - for standard input")
      }
      return String(decoding: data, as: UTF8.self)
    }
    var text = ""
    while let line = readLine(strippingNewline: false) { text += line }
    return text
  }

  /// The scenario with the choices of the command line in place of its own.
  private func choosing(_ scenario: Scenario) throws -> Scenario {
    var scenario = scenario
    if let kernel {
      scenario.kernel = try Choice.named(
        kernel, in: KernelProfile.all, by: \.name, what: "kernel")
    }
    if let machine { scenario.machine = machine }
    return scenario
  }

  private func boot(_ scenario: Scenario) throws -> Machine {
    let description = try Choice.named(
      scenario.machine ?? "teaching-4g", in: MachineDescription.builtIn, by: \.name,
      what: "machine")
    return try scenario.boot(description, kernel: .linux7_2)
  }

  private static func failure(_ message: String) -> ExitCode {
    complain(message)
    return ExitCode(2)
  }

  /// Writes a line to standard error.
  private static func complain(_ message: String) {
    var bytes = Array((message + "\n").utf8)
    unsafe bytes.withUnsafeMutableBytes { bytes in
      _ = unsafe write(STDERR_FILENO, bytes.baseAddress, bytes.count)
    }
  }
}
