import ArgumentParser
import KernelText
import Language
import Lessons
import Parsing

/// `directmap lessons`: lists the lessons that the program carries.
struct LessonsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lessons",
    abstract: "List the lessons.",
    discussion: """
      They build on each other in this order. directmap lesson NAME works through one; \
      docs/lessons.md is written for teachers.
      """)

  @Flag(help: "Print one JSON object.")
  var json = false

  func run() throws {
    let list = try LessonList(LessonText.all)
    if json {
      CommandLine.say(json: list.json)
    } else {
      CommandLine.say(list.lines.joined(separator: "\n"))
    }
  }
}

/// What the lessons are about, in their order.
nonisolated struct LessonList: JSONReport {
  /// A line of the list.
  struct Entry: Encodable {
    /// Its place, from 1 on; `directmap lesson` takes it in place of the name.
    var number: Int
    /// What it is called on the command line.
    var name: String
    /// What it is called in words.
    var title: String
    /// What it is about, in a sentence.
    var about: String
    /// How many parts it has.
    var parts: Int
    /// In how many of them the learner is asked to do something.
    var tasks: Int
    /// Where the real story is: threads and commits.
    var stories: [Story]
  }

  /// A thread or a commit.
  struct Story: Encodable {
    /// Its title.
    var title: String
    /// Its address, its number, or its author and day.
    var source: String
  }

  /// The lessons.
  var lessons: [Entry] = []

  /// Reads the lessons.
  ///
  /// - Throws: `ParseError` at a wrong line of one.
  init(_ texts: [LessonText]) throws(ParseError) {
    for (index, text) in texts.enumerated() {
      let scenario = try Scenario(parsing: text.text, file: text.name)
      guard let lesson = try Lesson(scenario) else { continue }
      lessons.append(
        Entry(
          number: index + 1, name: text.name, title: lesson.title, about: lesson.about,
          parts: lesson.parts.count, tasks: lesson.parts.count { $0.task != nil },
          stories: lesson.stories.map { Story(title: $0.title, source: $0.source) }))
    }
  }

  /// The list for people: two lines for each lesson, and how one begins.
  var lines: [String] {
    let width = lessons.reduce(0) { max($0, $1.name.count) } + 2
    // As far to the left as the names, so that all fit into 80 columns.
    let margin = String(repeating: " ", count: 4)
    var lines: [String] = []
    for lesson in lessons {
      let number = lesson.number < 10 ? " \(lesson.number)" : "\(lesson.number)"
      let name = lesson.name + String(repeating: " ", count: width - lesson.name.count)
      let tasks = lesson.tasks == 1 ? "1 task" : "\(lesson.tasks) tasks"
      lines.append("\(number)  \(name)\(lesson.title) (\(lesson.parts) parts, \(tasks))")
      lines.append("\(margin)\(lesson.about)")
    }
    return lines + ["", "directmap lesson NAME begins one; its number will do."]
  }
}
