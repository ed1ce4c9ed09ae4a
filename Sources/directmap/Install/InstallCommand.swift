import ArgumentParser
import FoundationEssentials
@unsafe @preconcurrency import Glibc

/// `directmap install`: puts the program, its manual page and completions where shells look.
struct InstallCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install",
    abstract: "Install this program, its manual page and completions for bash, zsh and fish.",
    discussion: """
      The program that runs is copied; nothing is fetched. Lists every file that it writes, and what \
      your shell still needs to find them. What is there already is replaced, whole. Below the \
      folder no link is followed that another user made or can change.
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
      "The folder of bin and share; by default ~/.local, for root /usr/local.",
      valueName: "folder"), completion: .directory)
  var prefix: String?

  @Flag(help: "Write nothing; say what would be written.")
  var dryRun = false

  @Flag(help: "Remove what was installed instead, as long as nobody changed it.")
  var uninstall = false

  @Option(
    name: .customLong("print"),
    help: ArgumentHelp("Print one of the texts, and install nothing.", valueName: "text"))
  var text: Text?

  func run() throws {
    if let text { return CommandLine.put(try Self.content(text)) }
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
    var files: [InstalledFiles.New] = []
    if Installation.isSame(program, installation.program) {
      CommandLine.say(line: "\(installation.program) is this program already")
    } else {
      let bytes = dryRun ? [] : [UInt8](try CommandLine.bytes(ofFile: program, as: .program))
      files.append(.init(path: Installation.programPath, bytes: bytes, permissions: 0o755))
    }
    for (text, path) in Installation.texts {
      let bytes = Array(try Self.content(text).utf8)
      files.append(.init(path: path, bytes: bytes, permissions: 0o644))
    }
    if !dryRun {
      var installed = InstalledFiles(prefix: installation.prefix)
      do throws(UserError) {
        try installed.install(files)
      } catch {
        let reason = error.description.split(separator: ";", maxSplits: 1).first ?? ""
        throw UserError("\(reason); --prefix names another folder")
      }
    }
    for file in files {
      CommandLine.say(
        line: "\(dryRun ? "would write" : "wrote") \(installation.prefix)/\(file.path)")
    }
    let hints = installation.hints(ProcessInfo.processInfo.environment)
    for hint in hints { CommandLine.say(line: hint) }
  }

  private func remove(_ installation: Installation) throws(UserError) {
    var installed = InstalledFiles(prefix: installation.prefix)
    guard let (files, folders) = try installed.uninstall(isTrial: dryRun) else {
      // What lies there without a list may be anybody's.
      let isOld = CommandLine.exists(installation.program)
      CommandLine.say(
        line:
          "nothing is installed in \(installation.prefix)"
          + (isOld ? " that this program wrote down; install there once more, then uninstall" : ""))
      return
    }
    for (path, outcome) in files {
      switch outcome {
      case .removed: CommandLine.say(line: "\(dryRun ? "would remove" : "removed") \(path)")
      case .changed:
        CommandLine.say(line: "\(path) was changed since it was installed, and is left")
      }
    }
    for folder in folders { CommandLine.say(line: "removed the empty folder \(folder)") }
  }
}
