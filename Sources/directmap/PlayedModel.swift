import ArgumentParser
import Engine
import FoundationEssentials
import Interface
import KernelText
import Scenarios

/// Which machine is booted where no file says so.
struct MachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The machine to boot.",
      discussion: MachineDescription.builtIn.map(\.name).joined(separator: ", "),
      valueName: "name"))
  var machine: String?

  @Option(
    help: ArgumentHelp(
      "The kernel version.",
      discussion: KernelProfile.all.map(\.name).joined(separator: ", "), valueName: "name"))
  var kernel: String?

  @Option(
    help: ArgumentHelp(
      "A feature of the CPU to switch, such as gbpages=off or count=4; may be repeated.",
      valueName: "feature=value"))
  var cpu: [String] = []

  /// What the options ask for, on top of what a file asks for.
  func setup(
    machine machineWanted: String? = nil, kernel kernelWanted: KernelProfile? = nil,
    cpu changes: [CPUSwitch] = [], file: String? = nil,
  ) throws(CommandFailure) -> Setup {
    let name = machine ?? machineWanted ?? "teaching-4g"
    guard var description = MachineDescription(builtIn: name) else {
      let names = MachineDescription.builtIn.map(\.name).joined(separator: ", ")
      throw CommandFailure(place: "--machine \(name)", reason: "unknown; there are \(names)")
    }
    var profile = kernelWanted ?? .linux7_2
    if let kernel {
      guard let named = KernelProfile(named: kernel) else {
        let names = KernelProfile.all.map(\.name).joined(separator: ", ")
        throw CommandFailure(place: "--kernel \(kernel)", reason: "unknown; there are \(names)")
      }
      profile = named
    }
    for change in changes { change.apply(to: &description.cpu) }
    for text in cpu { try Self.change(text).apply(to: &description.cpu) }
    return Setup(description, kernel: profile, file: file)
  }

  /// What one `--cpu` says, in the words of the scenario language.
  private static func change(_ text: String) throws(CommandFailure) -> CPUSwitch {
    let line = "cpu " + text.split(separator: "=").joined(separator: " ")
    do throws(ParseError) {
      if case .cpu(let change)? = try Parser(file: "--cpu").statement(ofLine: line)?.statement {
        return change
      }
    } catch {
      throw CommandFailure(place: "--cpu \(text)", reason: error.reason)
    }
    throw CommandFailure(place: "--cpu \(text)", reason: "write feature=on, feature=off or count=N")
  }
}

/// What is played, ready for the screen.
enum PlayedModel {
  /// The model of a file, or of a machine that has just booted.
  static func load(
    _ file: String?, _ options: MachineOptions,
  ) throws(CommandFailure) -> Model {
    guard let file else {
      let setup = try options.setup()
      return Model(try boot(setup), setup: setup)
    }
    let bytes = try readFile(file)
    let name = file.split(separator: "/").last.map(String.init) ?? file
    if Recording.recognizes(bytes) { return try recording(bytes, file, name) }
    return try scenario(bytes, file, name, options)
  }

  private static func boot(_ setup: Setup) throws(CommandFailure) -> Machine {
    do throws(BootError) {
      return try Machine(booting: setup.description, kernel: setup.kernel)
    } catch {
      throw CommandFailure(place: setup.description.name, reason: error.description)
    }
  }

  private static func scenario(
    _ bytes: Data, _ file: String, _ name: String, _ options: MachineOptions,
  ) throws(CommandFailure) -> Model {
    guard let text = String(bytes: bytes, encoding: .utf8) else {
      throw CommandFailure(place: file, reason: "is neither a scenario nor a recording: no UTF-8")
    }
    let scenario: Scenario
    do throws(ParseError) {
      scenario = try Scenario(
        parsing: text, file: file, machines: MachineDescription.builtIn.map(\.name))
    } catch {
      throw CommandFailure(place: "\(error.location)", reason: error.reason)
    }
    let setup = try options.setup(
      machine: scenario.machine, kernel: scenario.kernel, cpu: scenario.cpu, file: name)
    let machine = try boot(setup)
    do throws(RunError) {
      return try Model(playing: scenario.statements, on: machine, setup: setup)
    } catch {
      let reason =
        switch error.reason {
        case .call(_, let error): error.description
        case .expression(_, let error): error.description
        }
      throw CommandFailure(place: "\(error.location)", reason: reason)
    }
  }

  private static func recording(
    _ bytes: Data, _ file: String, _ name: String,
  ) throws(CommandFailure) -> Model {
    let recording: Recording
    do throws(RecordingError) {
      recording = try Recording(reading: bytes)
    } catch {
      throw CommandFailure(place: "\(file):\(error.line)", reason: error.reason)
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
      throw CommandFailure(place: file, reason: error.description)
    }
  }
}
