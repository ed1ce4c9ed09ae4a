/// A lesson: a scenario in parts, each with words on what to watch, and perhaps a task.
public struct Lesson: Equatable, Sendable {
  /// What the lesson is called.
  public var title: String
  /// What it is about, in a sentence.
  public var about: String
  /// The parts, in order; at least one.
  public var parts: [Part]
  /// Where the real story is; at least one place.
  public var stories: [Story]

  /// A part of a lesson.
  public struct Part: Equatable, Sendable {
    /// What it is called.
    public var heading: String
    /// What is done when the learner comes to it, captions among it.
    public var statements: [LocatedStatement] = []
    /// What the learner is to do then.
    public var task: Task?
    /// One way to do it.
    public var solution: [LocatedStatement] = []
  }

  /// What a learner is to do.
  public struct Task: Equatable, Sendable {
    /// The words.
    public var text: String
    /// What holds when it is done; without it, the learner says so.
    public var goal: Expression?
  }

  /// A thread or a commit.
  public struct Story: Equatable, Sendable {
    /// Its title.
    public var title: String
    /// Its address, or its number.
    public var source: String
  }

  /// The lesson of a scenario; `nil` where it is none.
  ///
  /// - Throws: `ParseError` at a line that a lesson cannot have there.
  public init?(_ scenario: Scenario) throws(ParseError) {
    guard let first = scenario.statements.first(where: \.statement.isOfLesson) else { return nil }
    var reader = LessonReader()
    for located in scenario.statements { try reader.take(located) }
    guard let title = reader.title else {
      throw ParseError(.lesson(.noTitle), at: first.location)
    }
    guard !reader.parts.isEmpty else { throw ParseError(.lesson(.noPart), at: first.location) }
    guard !reader.stories.isEmpty else { throw ParseError(.lesson(.noStory), at: first.location) }
    (self.title, about) = title
    parts = reader.parts
    stories = reader.stories
  }
}

extension Statement {
  /// Whether only a lesson has the line.
  var isOfLesson: Bool { if case .lesson = self { true } else { false } }

  /// Whether the line does something, and is not only said.
  fileprivate var isDone: Bool {
    switch self {
    case .direction(.caption), .direction(.presenter): false
    default: true
    }
  }
}

/// Puts the statements of a lesson together.
private struct LessonReader {
  var title: (String, String)?
  var parts: [Lesson.Part] = []
  var stories: [Lesson.Story] = []

  mutating func take(_ located: LocatedStatement) throws(ParseError) {
    guard case .lesson(let line) = located.statement else {
      guard !parts.isEmpty else {
        throw ParseError(.lesson(.beforePart), at: located.location)
      }
      let last = parts.count - 1
      // What is said behind a call would take the place of what is said before it.
      if case .direction(.caption) = located.statement,
        parts[last].task != nil || parts[last].statements.contains(where: \.statement.isDone)
      {
        throw ParseError(.lesson(.captionNotFirst), at: located.location)
      }
      if parts[last].task == nil {
        parts[last].statements.append(located)
      } else {
        parts[last].solution.append(located)
      }
      return
    }
    switch line {
    case .title(let text, let about):
      guard title == nil else { throw ParseError(.lesson(.titleTwice), at: located.location) }
      title = (text, about)
    case .part(let heading): parts.append(Lesson.Part(heading: heading))
    case .task(let text, let goal):
      guard let last = parts.indices.last, parts[last].task == nil else {
        throw ParseError(
          .lesson(parts.isEmpty ? .beforePart : .taskTwice), at: located.location)
      }
      parts[last].task = Lesson.Task(text: text, goal: goal)
    case .story(let title, let source):
      stories.append(Lesson.Story(title: title, source: source))
    }
  }
}

/// What is wrong with the lines of a lesson.
public enum LessonTrouble: Equatable, Sendable {
  /// Nothing says what the lesson is called.
  case noTitle
  /// Something says it twice.
  case titleTwice
  /// There is no part.
  case noPart
  /// Nothing says where the real story is.
  case noStory
  /// A line before the first part that belongs into one.
  case beforePart
  /// A second task in a part.
  case taskTwice
  /// A caption behind other lines of its part.
  case captionNotFirst

  /// The trouble and the way out.
  var reason: String {
    switch self {
    case .noTitle: "the lesson has no title; begin with lesson \"TITLE\" \"WHAT IT IS ABOUT\""
    case .titleTwice: "the lesson has a title already; say it once"
    case .noPart: "the lesson has no part; write part \"HEADING\""
    case .noStory: "the lesson ends nowhere; add story \"TITLE\" \"ADDRESS OR COMMIT\""
    case .beforePart: "a lesson does nothing before its first part; move this line after it"
    case .taskTwice: "the part has a task already; begin another part"
    case .captionNotFirst: "captions come first in a part; begin another part for this one"
    }
  }
}
