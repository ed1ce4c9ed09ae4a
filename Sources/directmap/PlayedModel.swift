import ArgumentParser
import Engine
import FoundationEssentials
import History
import Interface
import Lanes
import Language
import Parsing
import Recordings
import Scenarios

/// What is played, ready for the screen.
nonisolated enum PlayedModel {
  /// A model, and what of its file could not be read or done: a line each.
  typealias Loaded = (model: Model, problems: [String])

  /// The model of a file, or of a machine that has just booted.
  ///
  /// - Parameters:
  ///   - kind: what may stand under the name of the file.
  ///   - progress: where loading tells how far it is, and looks whether it is to stop.
  /// - Throws: `ParseError` or `RunError` where a scenario cannot be played, else `UserError`.
  static func load(
    _ file: String?, _ options: MachineOptions, _ variants: [Variant],
    from kind: InputKind = .fileOrPipe, _ progress: WorkProgress? = nil,
  ) throws -> Loaded {
    guard let file else {
      let (first, others) = try lanes(options.choose(), variants)
      return (Model(first, beside: others), [])
    }
    let (bytes, stamp) = try CommandLine.stamped(file, kind, as: .session)
    return try load(file, bytes, stamp, options, variants, progress)
  }

  /// The model of a file that was read.
  private static func load(
    _ file: String, _ bytes: Data, _ stamp: FileStamp?, _ options: MachineOptions,
    _ variants: [Variant], _ progress: WorkProgress?,
  ) throws -> Loaded {
    let name = file.lastPathComponent
    if Recording.recognizes(bytes) {
      guard variants.isEmpty else {
        throw UserError("\(file) is a recording: its kernel cannot be varied")
      }
      return (try recording(bytes, file, name), [])
    }
    let (scenario, problems) = try read(bytes, file)
    if scenario.session != nil, variants.isEmpty {
      let comments = Session.comments(in: String(decoding: bytes, as: UTF8.self))
      let kept = KeptFile(path: file, stamp: stamp, losses: comments)
      return try session(scenario, problems, kept, options, progress)
    }
    return try self.scenario(scenario, problems, file, name, options, variants, progress)
  }

  /// A presenter for a file, and what of it could not be read: one who performs a script, or who plays
  /// what else there is to its end.
  ///
  /// - Parameter adopt: prepares the screen before anything is done.
  /// - Throws: as ``load(_:_:_:)`` does, and `RunError` where a script types a line that writes a file or
  ///   does not end.
  static func director(
    of file: String, _ options: MachineOptions, _ progress: WorkProgress? = nil,
    _ adopt: (inout Model) -> Void,
  ) throws -> (director: Director, problems: [String]) {
    if !CommandLine.exists(file), LoadedLesson.isCarried(file) {
      return (try learner(LoadedLesson.find(file), adopt), [])
    }
    let bytes = try CommandLine.bytes(ofFile: file, .fileOrPipe, as: .session)
    if !Recording.recognizes(bytes) {
      let (scenario, problems) = try read(bytes, file)
      if let lesson = try LoadedLesson(scenario, named: file.lastPathComponent) {
        return (try learner(lesson, adopt), [])
      }
      if scenario.isScript, scenario.session == nil {
        var setup = try options.choose(for: scenario)
        setup.file = file.lastPathComponent
        var model = Model(try MachineOptions.boot(setup), setup: setup)
        adopt(&model)
        let check = ScriptCheck(scenario.statements, keymap: model.keymap)
        if let refusal = check.refusal { throw refusal }
        let director = Director(performing: scenario.statements, on: model)
        return (director, problems.map(\.description))
      }
    }
    var (model, problems) = try load(file, bytes, nil, options, [], progress)
    adopt(&model)
    return (Director(playing: model), problems)
  }

  /// Somebody who works through a lesson.
  private static func learner(
    _ lesson: LoadedLesson, _ adopt: (inout Model) -> Void,
  ) throws -> Director {
    var model = try lesson.model()
    adopt(&model)
    return Director(learning: model)
  }

  /// Reads a scenario and the files it names. What is wrong with a session is told beside it.
  private static func read(
    _ bytes: Data, _ file: String,
  ) throws -> (scenario: Scenario, problems: [ParseError]) {
    let text = try CommandLine.scenarioText(bytes, from: file)
    var (scenario, problems) = try Scenario.opening(
      text, file: file, machines: MachineDescription.builtIn.map(\.name))
    problems += scenario.readAllModules(ModuleFiles(of: file).sizes)
    problems += scenario.readLists(ModuleFiles(of: file).text)
    if scenario.session == nil, let error = problems.first { throw error }
    return (scenario, problems)
  }

  /// The lane in charge and those beside it, booted. A single variant stands beside the scenario as it
  /// is.
  private static func lanes(
    _ setup: BootSetup, _ variants: [Variant],
  ) throws(UserError) -> (first: Lane, others: [Lane]) {
    guard let first = variants.first else { return (try lane(setup, named: ""), []) }
    let all = variants.count > 1 ? variants : [Variant(name: "as it is"), first]
    var others: [Lane] = []
    for variant in all.dropFirst() {
      others.append(try lane(setup.varied(by: variant), named: variant.name))
    }
    return (try lane(setup.varied(by: all[0]), named: all[0].name), others)
  }

  private static func lane(_ setup: BootSetup, named name: String) throws(UserError) -> Lane {
    Lane(try MachineOptions.boot(setup), setup: setup, named: name)
  }

  private static func session(
    _ scenario: Scenario, _ problems: [ParseError], _ file: KeptFile, _ options: MachineOptions,
    _ progress: WorkProgress?,
  ) throws -> Loaded {
    var setup = try options.choose(for: scenario)
    setup.file = file.path.lastPathComponent
    let loader = SessionLoader(
      scenario, on: try MachineOptions.boot(setup), bootedFrom: setup.boot, progress: progress)
    let lines = (problems + loader.problems).map(\.description)
    var kept = file
    kept.losses = lines + file.losses
    return (Model(opening: loader, setup: setup, file: kept), lines)
  }

  private static func scenario(
    _ scenario: Scenario, _ problems: [ParseError], _ file: String, _ name: String,
    _ options: MachineOptions, _ variants: [Variant], _ progress: WorkProgress?,
  ) throws -> Loaded {
    var setup = try options.choose(for: scenario)
    setup.file = name
    let (first, others) = try lanes(setup, variants)
    let model = try Model(
      playing: scenario.statements, on: first, beside: others, progress: progress)
    return (model, problems.map(\.description) + [scenario.leftOut(of: file)].compactMap(\.self))
  }

  private static func recording(_ bytes: Data, _ file: String, _ name: String) throws -> Model {
    do {
      if GroupingRecording.recognizes(bytes) {
        let recording = try GroupingRecording(reading: bytes)
        return try played(
          recording.observations(), of: recording.kernelName, on: recording.machine, name)
      }
      let recording = try Recording(reading: bytes)
      return try played(
        recording.observed().map(Observation.init), of: recording.kernelName,
        on: recording.machine, name)
    } catch let error as RecordingError {
      throw UserError(inFile: file, error)
    } catch {
      throw UserError("\(file): \(error)")
    }
  }

  private static func played(
    _ observations: [Observation], of kernelName: String, on machine: Machine, _ name: String,
  ) throws -> Model {
    let description = MachineDescription(name: name, e820: [], cpu: machine.cpu, image: nil)
    var setup = BootSetup(description, kernel: machine.kernel, file: name)
    setup.policies = machine.policySet
    return Model(playing: observations, of: kernelName, on: machine, setup: setup)
  }
}

extension Observation {
  fileprivate nonisolated init(_ step: Recording.ObservedStep) {
    if let events = step.events {
      self.init(
        events, call: step.call, returned: step.returned, difference: step.difference)
    } else {
      self.init(asSimulated: step.call)
    }
  }
}

extension GroupingRecording {
  /// The steps as far as the simulation gives what was recorded, and the first that does not. What the
  /// page allocator chose is laid down by calls of its own, so there are more of them than steps.
  fileprivate nonisolated func observations() -> [Observation] {
    let (calls, _, mismatch) = perform()
    return calls.enumerated().map { index, call in
      let isLast = index == calls.count - 1
      return Observation(
        asSimulated: call, difference: isLast ? mismatch?.difference : nil)
    }
  }
}
