import ArgumentParser
import Casting
import Configuration
import FoundationEssentials
import Interface
import Lab
import Scenarios
import Screen
import Views

extension FilmFormat: ExpressibleByArgument {}

/// `directmap record`: makes a cast, a picture or a text of a file, without a terminal.
struct RecordCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Make a page, a picture, a cast or a text of a scenario, without a terminal.",
    discussion: """
      A scenario with lines for a presenter (key, type, wait, caption, highlight, hide, show) is \
      performed as written; any other file that play shows is played from its start to its end. \
      Nothing waits, and the same file gives the same bytes.

      .html is a page that plays and steps in any browser, .svg an animated picture, .cast a \
      recording for asciinema, .txt every picture as text.

      Ends with status 0; 1 if an expect does not hold; 2 if the file is wrong or a call cannot be \
      made. docs/recording.md has more.
      """)

  @Argument(
    help: "A scenario, a demo, a session, a recording as in Assets/recordings, or a lesson's name.",
    completion: .file(extensions: ["dmap", "jsonl"]))
  var file: String

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to make; its extension selects the format: .html, .svg, .cast or .txt. - writes to standard output.",
      valueName: "file"))
  var output: String

  @Option(help: "The format, if the name does not say it: html, svg, cast or txt.")
  var format: FilmFormat?

  @Option(help: ArgumentHelp("The version of asciicast: 2 or 3.", valueName: "version"))
  var castVersion = CastVersion.v2.rawValue

  @Option(
    help: ArgumentHelp(
      "Columns and rows, from 36x21 to 400x150; slide is \(Self.slide), which fills a slide of 16:9.",
      valueName: "size"))
  var size = "100x30"

  @Option(help: ArgumentHelp("The speed factor, from 0.01 to 100.", valueName: "factor"))
  var speed = 1.0

  @Option(
    help: ArgumentHelp("The longest pause in seconds, from 0.1.", valueName: "seconds"))
  var idleLimit: Double?

  @Option(help: ArgumentHelp("The title of the recording.", valueName: "text"))
  var title: String?

  @Option(
    help: ArgumentHelp(
      "Keep one picture only: its number in a .txt recording, a time such as 4.5s, m3 for the third marker, or last.",
      valueName: "step"))
  var still: String?

  @Flag(
    help: "With .svg: keys and clicks step from marker to marker, where a browser runs its script.")
  var steps = false

  @Flag(help: "With .html: put the presenter notes into the page; the key s shows them.")
  var notes = false

  @Flag(help: "Replace a file that directmap record did not make.")
  var force = false

  @Option(
    name: .customLong("on"),
    help: ArgumentHelp(
      "Make the calls on a real kernel in QEMU, its image or Debian's package: docs/lab.md.",
      valueName: "kernel"),
    completion: .file(extensions: ["deb"]))
  var real: String?

  @OptionGroup(title: "The guest of a real kernel") var choice: GuestChoice

  @OptionGroup var machine: MachineOptions
  @OptionGroup var terminal: TerminalOptions

  /// The sizes that can be asked for.
  private static let sizes = (
    least: Size(width: 36, height: 21), most: Size(width: 400, height: 150)
  )

  /// The size called `slide`.
  private static let slide = Size(width: 88, height: 24)

  func validate() throws {
    if CastVersion(rawValue: castVersion) == nil {
      throw ValidationError("--cast-version \(castVersion) is unknown; there are 2 and 3")
    }
    if !(0.01...100).contains(speed) {
      throw ValidationError("--speed \(speed) is beyond what is possible; give 0.01 to 100")
    }
    if let idleLimit, !(0.1...86_400).contains(idleLimit) {
      throw ValidationError(
        "--idle-limit \(idleLimit) is beyond what is possible; give 0.1 to 86400")
    }
    if let still, StillChoice(still) == nil {
      throw ValidationError(
        "--still \(still) is no picture; give a number, a time such as 4.5s, a marker such as m3, or last"
      )
    }
    if steps, still != nil {
      throw ValidationError("--steps steps through all pictures; leave --still out")
    }
  }

  @MainActor
  func run() async throws {
    let format = try chosenFormat()
    let size = try chosenSize()
    // A place where nothing can be written is told before the work.
    let place =
      try output == "-"
      ? nil : OutputPlace(output, force ? .any : .remade, force: "--force")
    // What the environment says of the terminal at hand says nothing of a file.
    let (configuration, problems) = try terminal.configuration(
      ProcessInfo.processInfo.environment.filter { $0.key != "NO_COLOR" })
    CommandLine.tell(problems: problems)
    let depth = configuration.colors.value.depth ?? .colors256
    let text = try ProgressLine.during("Recording \(file)") { progress in
      var director = try presenter(configuration, size, depth)
      director.prepare { $0.progress = progress }
      let glyphs = configuration.glyphs.value == .ascii ? Glyphs.ascii : .unicode
      return try film(&director, format.recorder(options(depth)), glyphs)
    }
    guard !text.isEmpty else {
      throw UserError(
        still.map { "there is no picture \($0); a recording as .txt has the numbers of all" }
          ?? "\(file) shows nothing: all of it is hidden; add show")
    }
    try write(text, to: place)
  }

  /// The performance from its beginning to its end.
  @MainActor
  private func film(
    _ director: inout Director, _ start: some Recorder, _ glyphs: Glyphs,
  ) throws(ExitCode) -> String {
    var recorder = start
    var text = ""
    do throws(RunError) {
      while let shot = try director.next() {
        let model = director.model
        text += recorder.show(
          screen(model, size: model.size, glyphs: glyphs), theme: model.options.theme,
          at: shot.milliseconds, sentences: shot.markers)
        if notes { for note in shot.notes { recorder.note(note, at: shot.milliseconds) } }
      }
    } catch {
      CommandLine.tell(error.description)
      throw error.isClaim ? ExitCode(1) : CommandLine.userErrorStatus
    }
    return text + recorder.ending(at: director.end)
  }

  private func chosenFormat() throws(UserError) -> FilmFormat {
    guard let format = format ?? FilmFormat(endingOf: output) else {
      throw UserError(
        output == "-"
          ? "--output - needs --format html, svg, cast or txt"
          : OtherFilm(endingOf: output)?.advice(file, output)
            ?? "\(output) does not end in .html, .svg, .cast or .txt; rename it, or give --format")
    }
    if still != nil, format == .cast || format == .html {
      throw UserError("--still makes a picture or a text; give --output a name in .svg or .txt")
    }
    if steps, format != .svg {
      throw UserError(
        "--steps is for a picture; give --output a name in .svg (a page in .html steps)")
    }
    if notes, format != .html {
      throw UserError("--notes puts presenter notes into a page; give --output a name in .html")
    }
    return format
  }

  private func chosenSize() throws(UserError) -> Size {
    let (least, most) = Self.sizes
    if size == "slide" { return Self.slide }
    guard let size = Size(size), size.width >= least.width, size.height >= least.height,
      size.width <= most.width, size.height <= most.height
    else {
      throw UserError(
        "--size \(size) is no size from \(least) to \(most), such as 100x30, or slide")
    }
    return size
  }

  private func options(_ depth: ColorDepth) -> FilmSettings {
    var options = FilmSettings()
    options.title = title ?? file.split(separator: "/").last.map(String.init)
    options.depth = depth
    options.isRemade = true
    options.isStepped = steps
    options.castVersion = CastVersion(rawValue: castVersion) ?? .v2
    options.still = still.flatMap(StillChoice.init)
    options.pace.speedPercent = max(1, Int((speed * 100).rounded()))
    options.pace.idleLimitMilliseconds = idleLimit.map { Int(($0 * 1000).rounded()) }
    options.pace.frameMinMilliseconds = 20
    return options
  }

  /// The presenter, on a screen of the size and the looks that were asked for.
  @MainActor
  private func presenter(
    _ configuration: Configuration, _ size: Size, _ depth: ColorDepth,
  ) throws -> Director {
    let adopt = { (model: inout Model) in
      model.adopt(
        keymap: configuration.keymap, options: configuration.viewOptions,
        paceIndex: configuration.speed.value - 1, notice: nil)
      if configuration.letters.value == .auto { model.adapt(to: depth) }
      _ = model.update(.input(.resize(size)))
    }
    if let real {
      var options = try choice.options(kernel: real)
      options.append = machine.append ?? ""
      let profile = try machine.kernel.map(MachineOptions.kernel)
      return try PlayedModel.director(
        of: file, on: try LabKernel.booted(options, choice, as: profile, tellsUsual: true),
        adopt)
    }
    let (director, problems) = try PlayedModel.director(of: file, machine, nil, adopt)
    CommandLine.tell(problems: problems)
    return director
  }

  @MainActor
  private func write(_ text: String, to place: OutputPlace?) throws(UserError) {
    guard let place else {
      CommandLine.put(film: text)
      return try CommandLine.finishPrinting()
    }
    try place.write(Array(text.utf8))
  }
}

extension RunError {
  /// Whether a claim did not hold, and nothing else is wrong.
  fileprivate nonisolated var isClaim: Bool { if case .claimFails = reason { true } else { false } }
}
