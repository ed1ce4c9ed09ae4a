import ArgumentParser
import FoundationEssentials
@unsafe @preconcurrency import Glibc
import Scenarios

/// `directmap install`: puts the program, its manual page and completions where shells look.
struct InstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install this program, its manual page and completions for bash, zsh and fish.",
    discussion: """
      The program that runs is copied; nothing is fetched. Tells every file that it writes, and what \
      your shell still needs to find them. What is there already is replaced, whole.
      """)

  /// A text that is made instead of being installed.
  enum Text: String, ExpressibleByArgument, CaseIterable {
    /// The manual page.
    case manual
    /// `docs/commands.md`.
    case commands
    /// Completions of a shell.
    case bash, zsh, fish
  }

  @Option(
    help: ArgumentHelp(
      "Where to: bin and share lie there. ~/.local if nothing is said, /usr/local for root.",
      valueName: "folder"), completion: .directory)
  var prefix: String?

  @Flag(help: "Write nothing, and tell what would be written.")
  var dryRun = false

  @Flag(help: "Remove the files instead.")
  var uninstall = false

  @Option(
    name: .customLong("print"),
    help: ArgumentHelp("Print one of the texts, and install nothing.", valueName: "text"))
  var text: Text?

  func run() throws {
    if let text { return print(try Self.content(text), terminator: "") }
    let installation = Installation(prefix: try folder())
    if uninstall {
      try remove(installation)
    } else {
      try install(installation)
    }
  }

  /// A text, as it is installed or kept in `docs`.
  private static func content(_ text: Text) throws(UserError) -> String {
    switch text {
    case .manual: ManualPage.mdoc(try CommandTree.read())
    case .commands: CommandPage.markdown(try CommandTree.read())
    case .bash: Directmap.completionScript(for: .bash) + "\n"
    case .zsh: Directmap.completionScript(for: .zsh) + "\n"
    case .fish: Directmap.completionScript(for: .fish) + "\n"
    }
  }

  /// The folder that everything lies in, as an absolute path.
  private func folder() throws(UserError) -> String {
    let environment = ProcessInfo.processInfo.environment
    if let prefix {
      guard !prefix.isEmpty else { throw UserError("--prefix is empty; give a folder") }
      var path = prefix
      if prefix == "~" || prefix.hasPrefix("~/"), let home = environment["HOME"] {
        path = home + prefix.dropFirst(1)
      } else if !prefix.hasPrefix("/") {
        path = FileManager.default.currentDirectoryPath + "/" + prefix
      }
      while path.count > 1, path.hasSuffix("/") { path.removeLast() }
      return path
    }
    if geteuid() == 0 { return "/usr/local" }
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      throw UserError("HOME is not set; give --prefix with a folder")
    }
    return home + "/.local"
  }

  private func install(_ installation: Installation) throws(UserError) {
    let program = try Installation.runningProgram()
    if Installation.isSame(program, installation.program) {
      print("\(installation.program) is this program already")
    } else {
      if !dryRun {
        let bytes = try CommandLine.bytes(ofFile: program, as: .program)
        try installation.write([UInt8](bytes), to: installation.program, permissions: 0o755)
      }
      tell(installation.program)
    }
    for (text, path) in installation.texts {
      let content = try Self.content(text)
      if !dryRun { try installation.write(Array(content.utf8), to: path, permissions: 0o644) }
      tell(path)
    }
    let hints = installation.hints(ProcessInfo.processInfo.environment)
    for hint in hints { print(hint) }
  }

  private func tell(_ path: String) { print("\(dryRun ? "would write" : "wrote") \(path)") }

  private func remove(_ installation: Installation) throws(UserError) {
    var count = 0
    for path in [installation.program] + installation.texts.map(\.path)
    where CommandLine.exists(path) {
      if !dryRun { try installation.remove(path) }
      print("\(dryRun ? "would remove" : "removed") \(path)")
      count += 1
    }
    if count == 0 { print("nothing is installed in \(installation.prefix)") }
  }
}
