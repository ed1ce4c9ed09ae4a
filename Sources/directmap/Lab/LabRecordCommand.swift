import ArgumentParser
import Engine
import Lab
import Language
import Narration
import Recordings
import Scenarios

/// `directmap lab record`: a recording of what a real kernel does.
struct LabRecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record what a real kernel does, as in Assets/recordings.",
    discussion: """
      Records the calls of a scenario, or random ones. directmap verify reads the file. How often \
      functions that flush were entered is counted by breakpoints; where the kernel has none of the name, \
      the count is marked as not to be compared.
      """)

  @Argument(
    help: "A scenario whose calls are made.", completion: .file(extensions: ["dmap"]))
  var file: String?

  @OptionGroup var image: LabKernelImage

  @Option(
    help: ArgumentHelp(
      "Make random calls, about: " + CheckedKind.names.joined(separator: ", ") + ".",
      valueName: "kind"), completion: .list(CheckedKind.names))
  var random: String?

  @Option(help: ArgumentHelp("The seed of random calls.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("How many random calls.", valueName: "n"))
  var calls = 80

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
  var output: String

  @Flag(help: "Replace a file that is there.")
  var force = false

  @OptionGroup var guest: GuestMachineOptions
  @OptionGroup var choice: GuestChoice

  func validate() throws {
    guard (file == nil) != (random == nil) else {
      throw ValidationError("give a scenario or --random KIND, not both")
    }
    if calls < 1 { throw ValidationError("--calls must be at least 1") }
  }

  func run() throws {
    let chosen = try random.map { try CheckedKind.named($0) }
    let scenario = try file.map { try ScenarioFile($0).read() }
    // What cannot be written is told before the kernel boots.
    let place = try OutputPlace(output, force ? .any : .free, force: "--force")
    let lab = try LabCheckCommand.boot(chosen ?? .calls(.basic), guest, choice, image.kernel)
    if case .recorded(let kind) = chosen {
      let text = try Self.text(kind, seed, calls, on: lab)
      _ = try place.write(Array(text.utf8))
      return CommandLine.say("\(output): \(counted(calls, "step")) of \(lab.name)")
    }
    let region = try LabCheckCommand.region(of: lab)
    do throws(LabError) {
      try lab.countFlushes()
    } catch {
      throw UserError(error.description)
    }
    var kind: RandomKind?
    if case .calls(let calls) = chosen { kind = calls }
    var list: [Call] = []
    if let scenario {
      for located in scenario.statements {
        if case .call(let call) = located.statement { list.append(call) }
      }
    } else if let kind {
      var random = RandomCalls(kind, seed: seed, in: region)
      list = (0..<calls).map { _ in random.next() }
    }
    let recorder = try recording(list, on: lab, in: region, kind)
    _ = try place.write(Array((recorder.joined(separator: "\n") + "\n").utf8))
    CommandLine.say("\(output): \(counted(recorder.count - 1, "call")) of \(lab.name)")
  }

  /// A recording of a kind that has a form of its own.
  private static func text(
    _ kind: RecordedKind, _ seed: UInt64, _ steps: Int, on lab: LabKernel,
  ) throws(UserError) -> String {
    do throws(LabError) {
      return try lab.record(kind, seed: seed, steps: steps)
    } catch {
      throw UserError(error.description)
    }
  }

  /// The lines of the recording.
  private func recording(
    _ calls: [Call], on lab: LabKernel, in region: Range<PFN>, _ kind: RandomKind?,
  ) throws(UserError) -> [String] {
    let text = RecordingText(region: region)
    let origin = RecordingText.Origin(
      kernel: lab.name, version: lab.facts.versionLine, commandLine: lab.facts.commandLine,
      tool: Program.title)
    var lines = [
      text.header(lab.machine, origin, kind: kind.map { (name: $0.rawValue, seed: seed) })
    ]
    var step = LockStep(lab)
    for call in calls {
      do throws(CallError) {
        _ = try step.make(call)
      } catch {
        if lab.hasStopped || kind == nil {
          throw UserError("\(call.scenarioText): \(error)")
        }
        // A random access that would fault is left out.
        continue
      }
      guard let shown = lab.lastStep, let line = text.line(shown.inside(region)) else {
        throw UserError("\(call.scenarioText): recordings have no word for it")
      }
      lines.append(line)
    }
    return lines
  }
}
