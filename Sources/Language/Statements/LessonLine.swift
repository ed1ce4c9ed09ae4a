/// A line that only a lesson has.
public enum LessonLine: Equatable, Sendable {
  /// `lesson "TITLE" "ABOUT"`: the file is a lesson.
  case title(String, about: String)
  /// `part "HEADING"`: a part begins.
  case part(String)
  /// `task "TEXT" [until EXPRESSION]`: what the learner is to do; the lines behind it are one way.
  case task(String, until: Expression?)
  /// `story "TITLE" "SOURCE"`: the thread or commit where the real story is.
  case story(String, source: String)

  /// The line as the scenario language writes it.
  public var scenarioText: String {
    switch self {
    case .title(let title, let about):
      "lesson \(Statement.quoted(title)) \(Statement.quoted(about))"
    case .part(let heading): "part \(Statement.quoted(heading))"
    case .task(let text, let goal):
      "task \(Statement.quoted(text))" + (goal.map { " until \($0.scenarioText)" } ?? "")
    case .story(let title, let source):
      "story \(Statement.quoted(title)) \(Statement.quoted(source))"
    }
  }
}
