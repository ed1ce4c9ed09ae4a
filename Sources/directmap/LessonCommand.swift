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
      z continues and Z goes back; all other keys are those of the program, so you can leave the path \
      of the lesson at any point, and z returns to it. At the end of a lesson z begins the next one. \
      Without a name, the lessons are listed.
      """)

  @Argument(
    help: ArgumentHelp(
      "The name of a lesson, its number, or a file of your own: .dmap.", valueName: "name"),
    completion: .list(LessonText.all.map(\.name)))
  var name: String?

  @Option(help: ArgumentHelp("The part to begin with, from 1.", valueName: "n"))
  var part: Int?

  @Flag(name: .long, help: "Ask before each call what will happen.")
  var predict = false

  @OptionGroup var recording: FilmOptions
  @OptionGroup var terminal: TerminalOptions

  func validate() throws {
    if part != nil, name == nil {
      throw ValidationError(
        "--part is about a lesson: name it, as in directmap lesson one-page --part 3")
    }
  }

  @MainActor
  func run() async throws {
    guard let name else {
      return CommandLine.say(try LessonList(LessonText.all).lines.joined(separator: "\n"))
    }
    let (configuration, problems) = try terminal.configuration(ProcessInfo.processInfo.environment)
    CommandLine.tell(problems: problems)
    let (part, predict) = (part ?? 1, predict)
    var opened = try Opened(name, configuration) { progress in
      var model = try LoadedLesson.find(name).model(part: part, progress)
      if predict { model.predict(true) }
      return model
    }
    let status = try ScreenLoop.run(
      opened.value, configuration, Configuration.notice(problems), film: recording,
      on: opened.terminal.take()
    ) { model in
      if let words = model.lessonFarewell { CommandLine.say(words) }
    }
    if status != 0 { throw ExitCode(status) }
  }
}
