import ArgumentParser
import Engine
import Interface
import KernelText
import Scenarios

/// Which machine is booted, where no file says so; options count more than a scenario.
struct PlayOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A built-in machine; teaching-4g if nothing is said.", valueName: "name"))
  var machine: String?

  @Option(help: ArgumentHelp("The kernel; linux-7.2 if nothing is said.", valueName: "kernel"))
  var kernel: String?

  @Option(
    help: ArgumentHelp(
      "Switch features of the CPU: "
        + CPUFeatures.Name.allCases.map(\.rawValue).joined(separator: ", ")
        + "; with `no` before them, off.", valueName: "feature,..."))
  var cpu: String?

  /// What the options ask for, on top of what a scenario asks for.
  func setup(_ scenario: Scenario = Scenario(), file: String? = nil) throws -> Setup {
    var description = try Choice.named(
      machine ?? scenario.machine ?? "teaching-4g", in: MachineDescription.builtIn, by: \.name,
      what: "machine")
    var profile = scenario.kernel ?? .linux7_2
    if let kernel {
      profile = try Choice.named(kernel, in: KernelProfile.all, by: \.name, what: "kernel")
    }
    for change in scenario.cpu { change.apply(to: &description.cpu) }
    if let cpu { try description.cpu.switchFeatures(cpu) }
    return Setup(description, kernel: profile, file: file)
  }
}

/// What is played, ready for the screen.
enum PlayedModel {
  /// The model of a file, or of a machine that has just booted.
  static func load(_ file: String?, _ options: PlayOptions) throws -> Model {
    guard let file else {
      let setup = try options.setup()
      return Model(try boot(setup), setup: setup)
    }
    let text = try CommandLine.text(ofFile: file)
    let name = file.split(separator: "/").last.map(String.init) ?? file
    if Recording.recognizes(text.utf8) { return try recording(text, file, name) }
    return try scenario(text, file, name, options)
  }

  private static func boot(_ setup: Setup) throws(UserError) -> Machine {
    do throws(BootError) {
      return try Machine(booting: setup.description, kernel: setup.kernel)
    } catch {
      throw UserError("\(setup.description.name) cannot boot: \(error)")
    }
  }

  private static func scenario(
    _ text: String, _ file: String, _ name: String, _ options: PlayOptions,
  ) throws -> Model {
    do {
      let scenario = try Scenario(
        parsing: text, file: file, machines: MachineDescription.builtIn.map(\.name))
      let setup = try options.setup(scenario, file: name)
      return try Model(playing: scenario.statements, on: boot(setup), setup: setup)
    } catch let error as ParseError {
      throw complain(error.description)
    } catch let error as RunError {
      throw complain(error.description)
    }
  }

  /// Writes a line that begins with a place, without the program's name: the form that editors
  /// follow.
  private static func complain(_ line: String) -> ExitCode {
    CommandLine.writeToStandardError(line + "\n")
    return CommandLine.userErrorStatus
  }

  private static func recording(_ text: String, _ file: String, _ name: String) throws -> Model {
    let recording: Recording
    do throws(RecordingError) {
      recording = try Recording(reading: text.utf8)
    } catch {
      throw UserError(inFile: file, error)
    }
    let (matched, mismatch) = recording.check()
    let run = RecordedRun(
      kernelName: recording.kernelName, steps: recording.steps.count, matched: matched,
      difference: mismatch?.difference)
    let machine = recording.machine
    let description = MachineDescription(name: name, e820: [], cpu: machine.cpu, image: nil)
    let setup = Setup(description, kernel: machine.kernel, file: name)
    do throws(CallError) {
      return try Model(
        playing: recording.steps.map(\.call), of: run, on: machine, setup: setup)
    } catch {
      throw UserError(inFile: file, error)
    }
  }
}
