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
    help: ArgumentHelp("The name of a lesson, or its number.", valueName: "name"),
    completion: .list(LessonText.all.map(\.name)))
  var name: String

  @Flag(name: .long, help: "Before each call ask what will happen.")
  var predict = false

  @OptionGroup var terminal: TerminalOptions

  @MainActor
  func run() async throws {
    let (configuration, problems) = try terminal.configuration(ProcessInfo.processInfo.environment)
    for problem in problems { CommandLine.tell(problem.description) }
    var model = try LoadedLesson(name).model()
    if predict { model.predict(true) }
    let status = try ScreenLoop.run(model, configuration, Configuration.notice(problems))
    if status != 0 { throw ExitCode(status) }
  }
}

/// A lesson that the program carries, read.
nonisolated struct LoadedLesson {
  private let text: LessonText
  private let next: LessonText?

  /// The lesson of a name, or of a number from 1 on.
  init(_ name: String) throws(UserError) {
    let all = LessonText.all
    do {
      let names = all.map(\.name)
      let wanted = Int(name).flatMap { names.indices.contains($0 - 1) ? names[$0 - 1] : nil }
      let found = try Choice.named(wanted ?? name, in: all, by: \.name, what: "lesson")
      next = all.drop { $0.name != found.name }.dropFirst().first
      text = found
    } catch {
      throw UserError("\(error)")
    }
  }

  /// The screen on which it begins.
  func model() throws -> Model {
    let scenario = try Scenario(
      parsing: text.text, file: text.name, machines: MachineDescription.builtIn.map(\.name))
    guard let lesson = try Lesson(scenario) else {
      throw UserError("\(text.name) is no lesson")
    }
    let machine = try scenario.ownMachine ?? MachineOptions.builtIn(scenario.machine)
    let setup = Setup(
      scenario.configured(machine), kernel: scenario.kernel(on: machine, .linux7_2),
      policies: scenario.policies, file: "lesson \(text.name)")
    let progress = LessonProgress(lesson, name: text.name, next: next?.name)
    return try Model(teaching: progress, on: MachineOptions.boot(setup), setup: setup)
  }
}
