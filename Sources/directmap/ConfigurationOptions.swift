import ArgumentParser
import Configuration

/// Where the configuration comes from.
struct ConfigurationOptions: ParsableArguments {
  @Option(
    name: .customLong("config"),
    help: ArgumentHelp(
      "The configuration to read instead of the usual one.", valueName: "file"),
    completion: .file(extensions: ["toml"]))
  var file: String?

  @Flag(name: .customLong("no-config"), help: "Read no configuration.")
  var isOff = false

  func validate() throws {
    if isOff, file != nil { throw ValidationError("--config and --no-config exclude each other") }
  }

  /// The file that is read if it is there; nil where nothing tells where it could be.
  func path(_ environment: [String: String]) -> String? {
    if let file { return file }
    // A relative path in this variable has no meaning, says its specification.
    if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
      return "\(base)/directmap/config.toml"
    }
    guard let home = environment["HOME"], !home.isEmpty else { return nil }
    return "\(home)/.config/directmap/config.toml"
  }

  /// The configuration of the file. A file that cannot be read is a problem as an error in it is:
  /// the rest holds; only a file that was asked for and does not exist is an error.
  func read(
    _ environment: [String: String],
  ) throws(UserError) -> (configuration: Configuration, problems: [ConfigurationProblem]) {
    guard !isOff, let path = path(environment) else { return (Configuration(), []) }
    guard CommandLine.exists(path) else {
      guard file == nil else { throw UserError("\(path) does not exist; check the name") }
      return (Configuration(), [])
    }
    do throws(UserError) {
      let bytes = try CommandLine.bytes(
        ofFile: path, .fileOrPipe, as: .configuration(limit: Configuration.sizeLimitBytes))
      return Configuration.read([UInt8](bytes), file: path)
    } catch {
      // The line of the error names the file already.
      let parts = error.description.dropFirst(path.count + 1).split(separator: ";", maxSplits: 1)
      let problem = ConfigurationProblem(
        file: path, line: nil, reason: parts.first.map(String.init) ?? "it cannot be read",
        wayOut: (parts.dropFirst().first?.dropFirst()).map(String.init) ?? "check it")
      return (Configuration(), [problem])
    }
  }
}
