import ArgumentParser
import Configuration
import Engine
import FoundationEssentials
import Interface
import Lessons
import Scenarios

/// `directmap lesson`: a lesson inside the real screen.
struct LessonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson",
    abstract: "Work through a lesson.",
    discussion: """
      z goes on and Z goes back; all other keys are those of the program, so one can leave the path \
      of the lesson at any point, and z comes back to it. directmap lessons lists the lessons.
      """)

  @Argument(
    help: ArgumentHelp(
      "The name of a lesson, its number, or a file of your own: .dmap.", valueName: "name"),
    completion: .list(LessonText.all.map(\.name)))
  var name: String

  @Flag(name: .long, help: "Before each call ask what will happen.")
  var predict = false

  @OptionGroup var recording: FilmOptions
  @OptionGroup var terminal: TerminalOptions

  @MainActor
  func run() async throws {
    let (configuration, problems) = try terminal.configuration(ProcessInfo.processInfo.environment)
    CommandLine.tell(problems: problems)
    let (name, predict) = (name, predict)
    var opened = try Opened(name, configuration) { progress in
      var model = try LoadedLesson.find(name).model(progress)
      if predict { model.predict(true) }
      return model
    }
    let status = try ScreenLoop.run(
      opened.value, configuration, Configuration.notice(problems), film: recording,
      on: opened.terminal.take())
    if status != 0 { throw ExitCode(status) }
  }
}
