import ArgumentParser
import Engine
import FoundationEssentials
import Interface
import KernelText
import Scenarios

/// What is played, ready for the screen.
enum PlayedModel {
  /// The model of a file, or of a machine that has just booted.
  static func load(_ file: String?, _ options: MachineOptions) throws -> Model {
    guard let file else {
      let setup = try options.choose()
      return Model(try MachineOptions.boot(setup), setup: setup)
    }
    let bytes = try CommandLine.bytes(ofFile: file)
    let name = file.split(separator: "/").last.map(String.init) ?? file
    if Recording.recognizes(bytes) { return try recording(bytes, file, name) }
    let text = try CommandLine.scenarioText(bytes, from: file)
    return try scenario(text, file, name, options)
  }

  private static func scenario(
    _ text: String, _ file: String, _ name: String, _ options: MachineOptions,
  ) throws -> Model {
    do {
      var scenario = try Scenario(
        parsing: text, file: file, machines: MachineDescription.builtIn.map(\.name))
      try scenario.readModules(ModuleFiles(of: file).sizes)
      var setup = try options.choose(for: scenario)
      setup.file = name
      return try Model(
        playing: scenario.statements, on: MachineOptions.boot(setup), setup: setup)
    } catch let error as ParseError {
      CommandLine.tell(error.description)
      throw CommandLine.userErrorStatus
    } catch let error as RunError {
      CommandLine.tell(error.description)
      throw CommandLine.userErrorStatus
    }
  }

  private static func recording(_ bytes: Data, _ file: String, _ name: String) throws -> Model {
    let recording: Recording
    do throws(RecordingError) {
      recording = try Recording(reading: bytes)
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
