import ArgumentParser
import Casting
import Configuration
import Engine
import FoundationEssentials
import History
import Interface
import KernelText
import Maps
import Screen
import Views

/// `directmap open`: reads what a real machine shows of its direct map, and shows or prints it.
struct OpenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "open",
    abstract: "Read the direct map of a real machine, and show or print it.",
    discussion: """
      The contents of a source decide what it is: a page-table dump of x86-64, arm64 or riscv, leaves, /proc/kcore \
      or a vmcore, a kernel log, iomem, meminfo, vmstat, zoneinfo, buddyinfo, pagetypeinfo, modules, \
      vmallocinfo, a trace; or a folder or a tar archive of such files. Any number may be given: \
      together they show what was split since boot. Several maps are steps in time.

      On a terminal the map is shown on the screen, where f continues with it in the simulation; \
      elsewhere, and with --format, it is printed. docs/own-machine.md has the details.
      """)

  /// What to print.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// About ten lines.
    case summary
    /// These lines and all runs of leaves.
    case text
    /// One object.
    case json
    /// Runs of leaves, as they are read back.
    case leaves
    /// The kernel's page-table dump.
    case ptdump
    /// A picture of the screen.
    case svg
  }

  @Argument(
    help: ArgumentHelp("What was read on the machine.", valueName: "source"), completion: .file())
  var sources: [String]

  @OptionGroup var options: SourceOptions

  @Option(
    help: ArgumentHelp(
      "Print instead of showing: \(Format.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "format"))
  var format: Format?

  @Option(
    help: ArgumentHelp("All leaves before a trace.", valueName: "file"), completion: .file())
  var leavesBefore: String?

  @Option(
    help: ArgumentHelp(
      "With a trace: the address of the first page descriptor.", valueName: "address"))
  var vmemmap: String?

  @Option(
    help: ArgumentHelp(
      "What would follow if the kernel had a remedy that was proposed; may be repeated.",
      valueName: "name"), completion: .list(PolicyName.allCases.map(\.rawValue)))
  var policy: [String] = []

  @OptionGroup var recording: FilmOptions
  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    if sources.isEmpty { throw ValidationError("name at least one source") }
    if format != nil, recording.film != nil {
      throw ValidationError("--record records the screen; leave --format out")
    }
  }

  @MainActor
  func run() async throws {
    let load = try loader()
    let isShown = format == nil && (CommandLine.isRead || recording.film != nil)
    guard isShown else {
      let seen = try ProgressLine.during("Reading \(sources[0])") { try load($0) }
      return try put(seen, format ?? .summary)
    }
    let (configuration, problems) = try terminal.configuration(
      ProcessInfo.processInfo.environment)
    CommandLine.tell(problems: problems)
    var opened = try Opened(sources[0], configuration) { progress in
      try OpenedMap.model(of: try load(progress))
    }
    let (model, notes) = opened.value
    if !notes.isEmpty { opened.terminal = nil }
    CommandLine.tell(problems: notes)
    let status = try ScreenLoop.run(
      model, configuration, Configuration.notice(problems), film: recording,
      on: opened.terminal.take())
    if status != 0 { throw ExitCode(status) }
  }

  /// What reads the sources.
  private func loader() throws(UserError) -> @Sendable (WorkProgress?) throws -> OpenedMap {
    let offset = try options.offset()
    let vmemmap: VirtualAddress? =
      if let vmemmap { try VirtualAddress(kernelAddress: vmemmap, of: "--vmemmap") } else { nil }
    let policies = try MachineOptions.policies(named: policy)
    let (sources, kind, kernel, before) = (sources, options.kind, options.kernel, leavesBefore)
    return { progress in
      let seen = try SeenMachine(
        sources, kind, kernel: kernel, pageOffset: offset, policies: policies,
        leavesBefore: before, progress: progress)
      return try OpenedMap(seen, pageOffset: offset, vmemmap: vmemmap)
    }
  }

  @MainActor
  private func put(_ opened: OpenedMap, _ format: Format) throws {
    let seen = opened.seen
    switch format {
    case .summary:
      for line in seen.report.summary + opened.traceLines { CommandLine.say(line: line) }
    case .json: CommandLine.say(json: seen.report.json)
    case .text:
      for line in seen.report.summary + opened.traceLines { CommandLine.say(line: line) }
      for run in try opened.lastMachine().directMapLeaves { CommandLine.say(line: run.line) }
    case .leaves: CommandLine.put(try opened.lastMachine().leavesText)
    case .ptdump: CommandLine.put(try opened.lastMachine().pageTableDump)
    case .svg: try putPicture(opened)
    }
    if format != .summary, format != .text, format != .json {
      CommandLine.tell(problems: seen.report.notes)
    }
  }

  /// The screen as one picture.
  @MainActor
  private func putPicture(_ opened: OpenedMap) throws {
    let (configuration, _) = try terminal.configuration(
      ProcessInfo.processInfo.environment.filter { $0.key != "NO_COLOR" })
    var (model, _) = try OpenedMap.model(of: opened)
    model.adopt(
      keymap: configuration.keymap, options: configuration.viewOptions,
      paceIndex: configuration.speed.value - 1, notice: nil)
    let size = Size(width: 100, height: 30)
    _ = model.update(.input(.resize(size)))
    var settings = FilmSettings()
    settings.title = sources[0].lastPathComponent
    settings.still = .last
    var recorder = FilmFormat.svg.recorder(settings)
    let glyphs = configuration.glyphs.value == .ascii ? Glyphs.ascii : .unicode
    let text = Self.film(&recorder, screen(model, size: size, glyphs: glyphs), model.options.theme)
    CommandLine.put(film: text)
  }

  private static func film(
    _ recorder: inout any Recorder, _ canvas: Canvas, _ theme: Theme,
  ) -> String {
    recorder.show(canvas, theme: theme, at: 0, sentences: []) + recorder.ending(at: 1000)
  }
}
