import Engine
import Lessons
import Scenarios
import Testing

@Suite struct LessonTests {
  @Test(arguments: LessonText.all.map(\.name)) func `a lesson reads as one`(
    name: String,
  ) throws {
    let lesson = try #require(LessonText.all.first { $0.name == name })
    let scenario = try Scenario(parsing: lesson.text, file: name)
    let read = try #require(try Lesson(scenario))
    #expect(read.parts.count > 1)
  }
}
