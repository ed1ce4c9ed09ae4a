import ArgumentParser
import Engine
import KernelText
import Maps

/// `directmap doctor`: what is wrong with the direct map of a real machine, and what would help.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Say what split the direct map of a real machine, and what would help.",
    discussion: """
      Takes what open takes; the more it is given, the more it can say. A page-table dump shows what is \
      split, iomem or a log what boot alone gives, meminfo and vmstat what the kernel counts. docs/own-machine.md \
      explains how to save them.
      """)

  /// What to print.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Argument(
    help: ArgumentHelp("What was read on the machine.", valueName: "source"), completion: .file())
  var sources: [String]

  @OptionGroup var options: SourceOptions

  @Option(help: ArgumentHelp("What to print.", valueName: "format"))
  var format = Format.text

  func validate() throws {
    if sources.isEmpty { throw ValidationError("name at least one source") }
  }

  func run() throws {
    let offset = try options.offset()
    let (sources, kind, kernel) = (sources, options.kind, options.kernel)
    let seen = try ProgressLine.during("Reading \(sources[0])") { progress in
      try SeenMachine(sources, kind, kernel: kernel, pageOffset: offset, progress: progress)
    }
    let diagnosis = Diagnosis(seen.report, seen.kernel, seen.machine, booted: seen.booted)
    switch format {
    case .text: for line in diagnosis.lines { CommandLine.say(line: line) }
    case .json: CommandLine.say(json: diagnosis.json)
    }
  }
}
