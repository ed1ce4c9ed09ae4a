import Engine
import Interface
import Lanes
import Language
import Lessons
import Parsing
import Scenarios
import TestSupport
import Testing

/// A lesson that the program carries, read.
struct ReadLesson {
  let name: String
  let text: String
  let scenario: Scenario
  let lesson: Lesson

  /// Reads a lesson that the program carries.
  init(_ name: String) throws {
    let file = try #require(LessonText.all.first { $0.name == name })
    try self.init(text: file.text, name: name)
  }

  /// Reads a lesson.
  init(text: String, name: String) throws {
    self.name = name
    self.text = text
    scenario = try Scenario(
      parsing: text, file: name, machines: MachineDescription.builtIn.map(\.name))
    lesson = try #require(try Lesson(scenario))
  }

  /// The names of all lessons, in order.
  static var names: [String] { LessonText.all.map(\.name) }

  /// The machine on which it takes place, before its `cpu` lines.
  func description() throws -> MachineDescription {
    let builtIn = scenario.machine.flatMap { MachineDescription(builtIn: $0) }
    return try #require(scenario.ownMachine ?? builtIn, "\(name) names no machine")
  }

  /// Boots its machine; with another kernel or other policies where these are given.
  func boot(kernel: KernelProfile? = nil, policies: PolicySet? = nil) throws -> Machine {
    let machine = scenario.configured(try description())
    return try Machine(
      booting: machine, kernel: kernel ?? scenario.kernel(on: machine, .linux7_2),
      options: BootOptions(policies: policies ?? scenario.policies))
  }

  /// The screen on which it begins, or on which a later part does.
  func model(part: Int = 1) throws -> Model {
    let machine = scenario.configured(try description())
    let setup = BootSetup(
      machine, kernel: scenario.kernel(on: machine, .linux7_2), policies: scenario.policies)
    return try Model(
      teaching: LessonProgress(lesson, name: name), on: try boot(), setup: setup, part: part)
  }

  /// All that the learner reads in a part: the paragraphs of its captions, then the task.
  static func paragraphs(of part: Lesson.Part) -> [String] {
    let captions = (part.statements + part.solution).compactMap { located -> String? in
      guard case .direction(.caption(let text)) = located.statement else { return nil }
      return text
    }
    return captions + (part.task.map { [$0.text] } ?? [])
  }

  /// The calls of some lines.
  static func calls(_ statements: [LocatedStatement]) -> [Call] {
    statements.compactMap { if case .call(let call) = $0.statement { call } else { nil } }
  }
}

/// A text in lines of a width, broken at spaces.
func wrapped(_ text: String, width: Int) -> [String] {
  var lines = [""]
  for word in text.split(separator: " ") {
    let last = lines[lines.count - 1]
    if last.isEmpty {
      lines[lines.count - 1] = String(word)
    } else if last.count + 1 + word.count <= width {
      lines[lines.count - 1] = last + " " + word
    } else {
      lines.append(String(word))
    }
  }
  return lines
}
