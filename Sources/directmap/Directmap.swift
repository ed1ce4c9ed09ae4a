import ArgumentParser
import CLinux
import Scenarios
import TerminalBackend

@main
struct Directmap: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "directmap",
    abstract: "Simulates the direct map of the Linux kernel on x86-64 and arm64.",
    version: Program.title,
    subcommands: [
      PlayCommand.self, RecordCommand.self, BootCommand.self, RunCommand.self,
      ValidateCommand.self, VerifyCommand.self,
      CompareCommand.self, LabCommand.self, ExploreCommand.self, LinearMapCommand.self,
      ReplayCommand.self, OpenCommand.self, DiffCommand.self, DoctorCommand.self,
      WatchCommand.self, SnapshotCommand.self,
      ModelCommand.self, RemediesCommand.self,
      LessonsCommand.self, LessonCommand.self, QuizCommand.self,
      ConfigCommand.self, InstallCommand.self,
    ],
    defaultSubcommand: PlayCommand.self)

  static func main() async {
    Terminal.guardAgainstFaults(of: Program.title)
    standard_descriptors_fill()
    // Asked alone, before the parser of options is entered: it doubles the time to start.
    do {
      if CommandLine.arguments.dropFirst() == ["--version"] {
        CommandLine.say(Program.title)
        return try CommandLine.finishPrinting()
      }
      let words = Array(CommandLine.arguments.dropFirst())
      let commands = configuration.subcommands.compactMap { $0.configuration.commandName }
      if let lines = try FirstWord.answer(words, commands: commands) {
        CommandLine.say(lines.joined(separator: "\n"))
        return try CommandLine.finishPrinting()
      }
      var command = try parsed(words)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
      try CommandLine.finishPrinting()
    } catch {
      CommandLine.exit(reporting: error)
    }
  }

  /// The command of a line; help or the version is proposed for an option that is nearly one of these.
  private static func parsed(_ words: [String]) throws -> any ParsableCommand {
    if let command = parsedBelow(words) { return command }
    do {
      return try parseAsRoot(words)
    } catch {
      if !exitCode(for: error).isSuccess, let meant = FirstWord.option(in: words) { throw meant }
      throw error
    }
  }

  /// The command of a line that begins with its name and has no error. The parser makes all options of a
  /// command six times when it comes to it from above, which takes longer than the rest of a short run;
  /// twice when it begins there.
  private static func parsedBelow(_ words: [String]) -> (any ParsableCommand)? {
    guard let name = words.first, !words.contains("help") else { return nil }
    let command = configuration.subcommands.first { $0.configuration.commandName == name }
    return try? command?.parseAsRoot(Array(words.dropFirst()))
  }
}
