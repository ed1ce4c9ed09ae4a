import Engine
import Language
import Lessons
import Scenarios
import TestSupport
import Testing

@Suite struct LessonTests {
  @Test func `every file of the folder is carried, and every name has its file`() throws {
    let files = ProjectFiles.list("Sources/Lessons/Texts", ending: "dmap").map {
      String($0.dropFirst("Sources/Lessons/Texts/".count).dropLast(".dmap".count))
    }
    #expect(files.count == 11)
    #expect(files == ReadLesson.names.sorted())
    for lesson in LessonText.all {
      let file = try ProjectFiles.text("Sources/Lessons/Texts/\(lesson.name).dmap")
      #expect(file == lesson.text)
    }
  }

  @Test(arguments: ReadLesson.names) func `a lesson has parts, tasks, claims and an end`(
    name: String,
  ) throws {
    let read = try ReadLesson(name)
    let parts = read.lesson.parts
    #expect((6...14).contains(parts.count))
    #expect(parts.contains { $0.task != nil })
    #expect(!read.lesson.title.isEmpty && read.lesson.about.hasSuffix("."))
    for part in parts {
      let captions = ReadLesson.paragraphs(of: part).count - (part.task == nil ? 0 : 1)
      #expect((1...3).contains(captions), "\(part.heading)")
      #expect(part.task == nil || !part.solution.isEmpty, "\(part.heading) has no solution")
    }
    let claims = read.scenario.statements.filter {
      if case .expect = $0.statement { true } else { false }
    }
    #expect(claims.count >= 7)
  }

  @Test(arguments: ReadLesson.names) func `a lesson holds what it claims, to its end`(
    name: String,
  ) throws {
    let read = try ReadLesson(name)
    var runner = Runner(read.scenario.statements, on: try read.boot())
    var held = 0
    while let step = try runner.next() {
      if case .held = step.outcome { held += 1 }
      if case .failed(_, let readings) = step.outcome {
        Issue.record("\(name):\(step.located.location.line): \(readings)")
      }
    }
    #expect(runner.position == read.scenario.statements.count)
    #expect(held >= 7)
  }

  @Test(arguments: ReadLesson.names) func `a task is open before its solution, and done behind it`(
    name: String,
  ) throws {
    let read = try ReadLesson(name)
    var goal: (expression: Expression, line: Int)?
    var runner = Runner(read.scenario.statements, on: try read.boot())
    var seen = 0
    while runner.position < runner.statements.count {
      let located = runner.statements[runner.position]
      if case .lesson(let line) = located.statement {
        if let reached = goal {
          #expect(Self.holds(reached.expression, runner), "\(name):\(reached.line) stays open")
          seen += 1
        }
        goal = nil
        if case .task(_, until: let expression) = line {
          let open = try #require(expression, "a task without a goal")
          goal = (open, located.location.line)
          #expect(!Self.holds(open, runner), "\(name): \(located.location.line) is done already")
        }
      }
      _ = try runner.next()
    }
    #expect(seen == read.lesson.parts.count { $0.task != nil })
  }

  private static func holds(_ expression: Expression, _ runner: Runner) -> Bool {
    (try? expression.value(in: runner.context)) ?? 0 != 0
  }
}
