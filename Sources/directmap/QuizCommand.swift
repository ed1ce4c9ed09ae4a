import ArgumentParser
import Interface
import KernelText
import Language
import Quiz

/// `directmap quiz`: prints worksheets and grades them.
struct QuizCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quiz",
    abstract: "Print a worksheet of questions about the direct map, or grade a filled one.",
    discussion: """
      The same seed, topic and count give the same sheet everywhere. Its first line carries them, so \
      that --grade needs nothing but the file. Status 1 if a graded sheet is below the pass mark, 2 \
      if a file is no worksheet. Topics: \
      \(Topic.allCases.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: "; ")).
      """)

  /// What to print.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    /// Lines.
    case text
    /// One object.
    case json
  }

  @Option(help: ArgumentHelp("The seed of the sheet: 0 or more.", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("What it is about.", valueName: "topic"))
  var topic: String?

  @Option(
    help: ArgumentHelp(
      "How many questions: 1 to \(Worksheet.countMax); 8 if left out.", valueName: "k"))
  var count: Int?

  @Flag(help: "Print the sheet with the answers and the reasons.")
  var answers = false

  @Option(help: ArgumentHelp("Print one exercise as a scenario to be played.", valueName: "n"))
  var exercise: Int?

  @Option(help: ArgumentHelp("Grade a filled sheet; - reads standard input.", valueName: "file"))
  var grade: String?

  @Option(help: ArgumentHelp("The pass mark in percent.", valueName: "percent"))
  var pass = 60

  @Flag(help: "Print the grade as JSON.")
  var json = false

  func validate() throws {
    if let count, !(1...Worksheet.countMax).contains(count) {
      throw ValidationError("--count \(count) is out of range; give 1 to \(Worksheet.countMax)")
    }
    guard (0...100).contains(pass) else {
      throw ValidationError("--pass \(pass) is no percentage; give 0 to 100")
    }
    if grade == nil {
      if seed == nil {
        throw ValidationError("give --seed N for a sheet, or --grade FILE for a grade")
      }
      if json { throw ValidationError("--json prints a grade: give --grade FILE too") }
    } else if answers || exercise != nil {
      throw ValidationError(
        "--grade reads a sheet and prints none: leave --answers and --exercise out")
    }
    if answers, exercise != nil {
      throw ValidationError(
        "--exercise prints a scenario, which has no answers: leave --answers out")
    }
  }

  func run() throws {
    let topic = try chosenTopic()
    if let grade { return try show(gradeOf: grade, topic) }
    let sheet = Worksheet(
      Worksheet.Order(seed: seed ?? 0, topic: topic ?? .mixed, count: count ?? 8))
    guard let exercise else {
      CommandLine.put(sheet.text(answers ? .answers : .blank))
      return
    }
    guard sheet.exercises.indices.contains(exercise - 1) else {
      throw UserError(
        "there is no exercise \(exercise) on this sheet; give 1 to \(sheet.exercises.count)")
    }
    CommandLine.put(sheet.exercises[exercise - 1].scenarioText)
  }

  private func chosenTopic() throws(UserError) -> Topic? {
    do throws(ChoiceError) {
      return try topic.map { name throws(ChoiceError) in
        try Choice.named(name, in: Topic.allCases, by: \.rawValue, what: "topic")
      }
    } catch {
      let names = error.names.joined(separator: ", ")
      throw UserError("\(error)" + (error.nearest == nil ? "" : " There are \(names)"))
    }
  }

  private func show(gradeOf path: String, _ topic: Topic?) throws {
    let name = path == "-" ? "<stdin>" : path
    let bytes =
      try path == "-"
      ? CommandLine.standardInput() : CommandLine.bytes(ofFile: path, .fileOrPipe, as: .session)
    let grade: Grade
    do throws(SheetError) {
      let filled = try FilledSheet(
        reading: String(decoding: bytes, as: UTF8.self), file: PlainText(isASCII: true).line(name))
      try filled.check(seed: seed, topic: topic, count: count, file: name)
      grade = try Grade(filled, passMark: pass, file: name)
    } catch {
      CommandLine.tell(error.description)
      throw CommandLine.userErrorStatus
    }
    if json {
      CommandLine.say(json: grade.json)
    } else {
      CommandLine.say(grade.lines.joined(separator: "\n"))
    }
    if !grade.passed { throw ExitCode(1) }
  }
}
