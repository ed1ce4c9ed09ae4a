import ArgumentParser
import Configuration
import Interface
import Screen
import TerminalBackend

extension Configuration.Colors: ExpressibleByArgument {}

/// How the terminal is used, and where the configuration comes from.
struct TerminalOptions: ParsableArguments {
  @Flag(name: .long, help: "Draw with ASCII only.")
  var ascii = false

  @Flag(name: .long, help: "Draw with Unicode, whatever the locale says.")
  var unicode = false

  @Option(help: "How many colours to use: auto, 256, 16, 8 or none.")
  var colors: Configuration.Colors?

  @Option(
    help: ArgumentHelp(
      "The theme: \(Theme.all.map(\.name).joined(separator: ", ")), or one of the configuration.",
      valueName: "name"),
    completion: .list(Theme.all.map(\.name)))
  var theme: String?

  @Option(
    help: ArgumentHelp(
      "Show captions in large letters, in a band over the map: 2 to 4; 1 is the usual size.",
      valueName: "n"))
  var captionSize: Int?

  @OptionGroup var source: ConfigurationOptions

  func validate() throws {
    if let captionSize, CaptionSize(rawValue: captionSize) == nil {
      throw ValidationError("--caption-size \(captionSize) is unknown; give 1 to 4")
    }
    if ascii, unicode { throw ValidationError("--ascii and --unicode exclude each other") }
  }

  /// The configuration as it holds: an option counts more than the file, and that more than
  /// `NO_COLOR`.
  func configuration(
    _ environment: [String: String],
  ) throws(UserError) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
    var (result, problems) = try source.read(environment)
    if ascii { result.glyphs = Setting(.ascii, from: .option("--ascii")) }
    if unicode { result.glyphs = Setting(.unicode, from: .option("--unicode")) }
    if let colors { result.colors = Setting(colors, from: .option("--colors")) }
    if let size = captionSize.flatMap(CaptionSize.init(rawValue:)) {
      result.captionSize = Setting(size, from: .option("--caption-size"))
    }
    if result.colors.value == .auto, let value = environment["NO_COLOR"], !value.isEmpty {
      result.colors = Setting(.none, from: .environment("NO_COLOR"))
    }
    if let theme {
      guard let error = result.choose(theme: theme, from: .option("--theme")) else {
        return (result, problems)
      }
      throw UserError(error)
    }
    return (result, problems)
  }
}

extension Configuration {
  /// What the terminal is asked for; else it is found out.
  var terminalOptions: Terminal.Options {
    let isUnicode: Bool? =
      switch glyphs.value {
      case .auto: nil
      case .unicode: true
      case .ascii: false
      }
    return Terminal.Options(colorDepthMax: colors.value.depth, isUnicode: isUnicode)
  }
}
