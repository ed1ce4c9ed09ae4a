import Engine
import History
import Language
import Lessons
import Narration
import Screen
import Testing

@testable import Interface

/// The lessons on the screen, as a learner goes through them.
@Suite struct LessonKeyTests {
  /// What a learner presses who does what a task says.
  enum Press: Equatable {
    case key(String)
    case line(String)

    /// Whether it writes a rule.
    var isRule: Bool {
      if case .line(let line) = self { line.hasPrefix("rule ") } else { false }
    }
  }

  /// The keys of "Press 8, then r: ..." and the lines of "Type :LINE and press Enter."
  static func presses(of task: String) throws -> [Press] {
    guard !task.hasPrefix("Type :") else {
      let typed = task.dropFirst("Type ".count).split(separator: " and then ")
      return typed.map { piece in
        let end =
          piece.firstRange(of: " and press Enter")?.lowerBound
          ?? piece.firstRange(of: ". ")?.lowerBound ?? piece.endIndex
        return .line(String(piece[..<end].dropFirst()))
      }
    }
    let words = try Regex(#"(?:Press|then) (\S)\b"#)
    return task.matches(of: words).compactMap { $0.output[1].substring.map { .key(String($0)) } }
  }

  @Test func `a task is understood`() throws {
    #expect(try Self.presses(of: "Press r: set_memory_ro.") == [.key("r")])
    #expect(try Self.presses(of: "Press 8, then r: eight pages.") == [.key("8"), .key("r")])
    #expect(
      try Self.presses(of: "Press K to load, then U to unload it.") == [.key("K"), .key("U")])
    #expect(
      try Self.presses(of: "Type :mmap a 2 and then :zap a") == [.line("mmap a 2"), .line("zap a")])
    #expect(
      try Self.presses(of: "Type :vfree code and press Enter. Watch.") == [.line("vfree code")])
  }

  @Test(arguments: ReadLesson.names)
  func `a call on the same pages that changes no permission does no task`(name: String) throws {
    let read = try ReadLesson(name)
    for (index, part) in read.lesson.parts.enumerated() where part.task != nil {
      for call in ReadLesson.calls(part.solution) {
        let words = call.scenarioText.split(separator: " ")
        guard words[0].hasPrefix("set_memory_") else { continue }
        var model = try read.model(part: index + 1)
        let line = (["set_memory_4k"] + words.dropFirst()).joined(separator: " ")
        _ = model.runCommand(line)
        model.checkGoal()
        let progress = try #require(model.lesson)
        #expect(progress.part == index && !progress.isTaskDone, "\(name), \(part.heading): \(line)")
      }
    }
  }

  @Test(arguments: ReadLesson.names)
  func `a learner comes to the end, and each task is done as it says`(
    name: String,
  ) throws {
    let read = try ReadLesson(name)
    var model = try read.model()
    var tried = 0
    var goings = 0
    while let progress = model.lesson, !progress.isOver, goings < 100 {
      if tried == progress.part {
        tried += 1
        if let task = progress.task { try Self.solve(task, progress.part, of: read, in: model) }
      }
      _ = model.update(.input(.character("z")))
      #expect(model.presentation.failure == nil, "\(name)")
      guard model.presentation.failure == nil else { return }
      goings += 1
    }
    #expect(model.lesson?.isOver == true)
    #expect(tried == read.lesson.parts.count)
  }

  /// Does a task with the keys that it names, and compares the calls with the solution's.
  private static func solve(
    _ task: Lesson.Task, _ part: Int, of read: ReadLesson, in screen: Model,
  ) throws {
    var model = screen
    model.goToTheEnd()
    let before = model.timeline.steps.count
    #expect(model.lesson?.isTaskDone == false, "\(read.name): \(task.text)")
    let presses = try presses(of: task.text)
    #expect(!presses.isEmpty, "\(read.name): \(task.text)")
    for press in presses {
      switch press {
      case .key(let key): type(key, into: &model)
      case .line(let line):
        type(":" + line, into: &model)
        _ = model.update(.input(.key(.enter)))
      }
    }
    #expect(model.lesson?.isTaskDone == true, "\(read.name): \(task.text)")
    let made = model.timeline.steps.dropFirst(before).compactMap(\.call)
    // Under a rule the same calls are made again; by hand the lesson needs one more.
    if presses.contains(where: \.isRule) {
      #expect(made.isEmpty, "\(read.name), \(task.text)")
      return
    }
    #expect(
      made == ReadLesson.calls(read.lesson.parts[part].solution), "\(read.name), \(task.text)")
  }

  private static func type(_ text: String, into model: inout Model) {
    for character in text { _ = model.update(.input(.character(character))) }
  }
}
