import Engine
import Interface
import Lanes
import Language
import Lessons
import Parsing
import Scenarios

/// A lesson, read: one that the program carries, or one of somebody's own.
nonisolated struct LoadedLesson {
  /// What it is called on the command line.
  let name: String
  private let scenario: Scenario
  private let lesson: Lesson
  /// What the lesson behind it is called, if there is one.
  private let next: LessonText?

  /// The lesson of a file, if the file holds one.
  ///
  /// - Throws: `ParseError` at a wrong line of a lesson, `RunError` where it types a line that writes a
  ///   file or does not end.
  init?(_ scenario: Scenario, named name: String, next: LessonText? = nil) throws {
    guard let lesson = try Lesson(scenario) else { return nil }
    if let refusal = ScriptCheck(scenario.statements).refusal { throw refusal }
    (self.name, self.scenario, self.lesson, self.next) = (name, scenario, lesson, next)
  }

  /// A lesson by its name, its number from 1 on, or its file.
  ///
  /// - Throws: `UserError` where there is none, `ParseError` where it cannot be read, `RunError` where it
  ///   may not be shown.
  static func find(_ name: String) throws -> LoadedLesson {
    if name.hasSuffix(".dmap") {
      let scenario = try ScenarioFile(name).read()
      guard let lesson = try LoadedLesson(scenario, named: name.lastPathComponent) else {
        throw UserError("\(name) is no lesson; directmap play shows it")
      }
      return lesson
    }
    let all = LessonText.all
    let numbered = Int(name).flatMap { all.indices.contains($0 - 1) ? all[$0 - 1].name : nil }
    do {
      return try carried(
        Choice.named(numbered ?? name, in: all, by: \.name, what: "lesson"))
    } catch let error as ChoiceError {
      throw UserError("\(error)")
    }
  }

  /// The lessons of the program from one to another, without that one: those that `z` went through.
  static func names(from first: String, to last: String) -> [String] {
    let names = LessonText.all.map(\.name)
    guard let start = names.firstIndex(of: first), let end = names.firstIndex(of: last),
      start < end
    else { return [] }
    return Array(names[start..<end])
  }

  /// Whether the program carries a lesson of this name.
  static func isCarried(_ name: String) -> Bool { LessonText.all.contains { $0.name == name } }

  private static func carried(_ text: LessonText) throws -> LoadedLesson {
    let scenario = try Scenario(
      parsing: text.text, file: text.name, machines: MachineDescription.builtIn.map(\.name))
    let next = LessonText.all.drop { $0.name != text.name }.dropFirst().first
    guard let lesson = try LoadedLesson(scenario, named: text.name, next: next) else {
      throw UserError("\(text.name) is no lesson")
    }
    return lesson
  }

  /// Whether it has a part of this number, from 1 on.
  func hasPart(_ number: Int) -> Bool { (1...lesson.parts.count).contains(number) }

  /// The screen on which it begins.
  ///
  /// - Parameters:
  ///   - part: the part it begins with, from 1 on.
  ///   - work: where that tells how far it is, and looks whether it is to stop.
  /// - Throws: `UserError` where there is no such part.
  func model(part: Int = 1, _ work: WorkProgress? = nil) throws -> Model {
    guard hasPart(part) else {
      throw UserError("\(name) has no part \(part); give 1 to \(lesson.parts.count)")
    }
    let machine = try scenario.ownMachine ?? MachineOptions.builtIn(scenario.machine)
    let setup = BootSetup(
      scenario.configured(machine), kernel: scenario.kernel(on: machine, .linux7_2),
      policies: scenario.policies, file: "lesson \(name)")
    var following: (@Sendable () throws -> Model)?
    if let next { following = { try LoadedLesson.carried(next).model() } }
    let progress = LessonProgress(
      lesson, name: name, next: next?.name, following: following)
    return try Model(
      teaching: progress, on: MachineOptions.boot(setup), setup: setup, part: part, work)
  }
}

extension String {
  /// What a path ends with: the name of the file.
  nonisolated var lastPathComponent: String { split(separator: "/").last.map(String.init) ?? self }
}
