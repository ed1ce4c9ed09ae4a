import ArgumentParser
import Configuration
import Engine
import FoundationEssentials
import Interface
import Lessons

/// `directmap lesson`: a lesson inside the real screen.
struct LessonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lesson",
    abstract: "Work through a lesson.",
    discussion: """
      z continues and Z goes back; all other keys are those of the program, so you can leave the path \
      of the lesson at any point, and z returns to it. At the end of a lesson z begins the next one. \
      A lesson continues at the part where you left it; --part 1 starts over. \
      Without a name, the lessons are listed.
      """)

  @Argument(
    help: ArgumentHelp(
      "The name of a lesson, its number, or a file of your own: .dmap.", valueName: "name"),
    completion: .list(LessonText.all.map(\.name)))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "The part to begin with, from 1; by default the one where you stopped.", valueName: "n"))
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
    let environment = ProcessInfo.processInfo.environment
    let (configuration, problems) = try terminal.configuration(environment)
    CommandLine.tell(problems: problems)
    let places = LessonPlaces(environment)
    let (part, predict) = (part, predict)
    var opened = try Opened(name, configuration) { progress in
      let lesson = try LoadedLesson.find(name)
      // Where the file cannot be read, the lesson begins at its beginning; leaving tells.
      let kept = part == nil ? (try? places.read())?[lesson.name] : nil
      let resumed = kept.flatMap { lesson.hasPart($0) ? $0 : nil }
      var model = try lesson.model(part: part ?? resumed ?? 1, progress)
      if predict { model.predict(true) }
      if resumed != nil { model.offerToStartOver() }
      return (name: lesson.name, model: model)
    }
    let begun = opened.value.name
    let status = try ScreenLoop.run(
      opened.value.model, configuration, Configuration.notice(problems), film: recording,
      on: opened.terminal.take()
    ) { model in
      for line in Self.farewell(model, begun, places) { CommandLine.say(line) }
    }
    if status != 0 { throw ExitCode(status) }
  }

  /// Keeps the place, and tells how to go on; where it cannot be kept, why.
  private static func farewell(_ model: Model, _ begun: String, _ places: LessonPlaces) -> [String]
  {
    guard let place = model.lessonPlace else { return [] }
    // A file of somebody's own has no place: another file may have its name.
    guard LoadedLesson.isCarried(place.name) else {
      return [model.lessonFarewell(isKept: false)].compactMap(\.self)
    }
    do throws(UserError) {
      let isKept = try places.keep(
        place.name, part: place.part,
        finished: LoadedLesson.names(from: begun, to: place.name))
      return [model.lessonFarewell(isKept: isKept)].compactMap(\.self)
    } catch {
      return [model.lessonFarewell(isKept: false), "Your place is not kept: \(error)"]
        .compactMap(\.self)
    }
  }
}
