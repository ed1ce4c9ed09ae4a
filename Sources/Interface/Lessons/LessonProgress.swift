import Engine
public import Language

/// A lesson under way, and how far the learner is.
public struct LessonProgress: Sendable {
  /// The lesson.
  public let lesson: Lesson
  /// What the lesson is called on the command line.
  package let name: String
  /// What the lesson behind it is called, if there is one.
  let next: String?
  /// Begins the lesson behind it, if there is one.
  let following: (@Sendable () throws -> Model)?
  /// The part that is shown; behind the last, where the real story is.
  public internal(set) var part = 0
  /// Whether the lesson did the task of this part itself.
  public internal(set) var isSolved = false
  /// Whether the goal of the task was reached, be it only once.
  public internal(set) var isGoalReached = false
  /// What was shown when the parts so far were entered.
  var entered: [Stand] = []
  /// What is shown on the path of the lesson: who plays freely comes back to it.
  var path: Stand?

  /// Where a lesson stands: the scene, what is said about it, and how it is shown.
  struct Stand: Sendable {
    var scene: Scene
    var presentation: Presentation
    var options: ViewOptions
    var search: MapSearch?
    var searchWords: String
  }

  /// A lesson that nobody has begun.
  ///
  /// - Parameters:
  ///   - next: the name of the lesson behind it.
  ///   - following: begins that lesson.
  public init(
    _ lesson: Lesson, name: String, next: String? = nil,
    following: (@Sendable () throws -> Model)? = nil,
  ) {
    self.lesson = lesson
    self.name = name
    self.next = next
    self.following = following
  }

  /// Whether all parts are behind.
  public var isOver: Bool { part >= lesson.parts.count }

  /// What the learner is to do in this part.
  var task: Lesson.Task? { isOver ? nil : lesson.parts[part].task }

  /// Whether nothing is left to do in this part.
  var isTaskDone: Bool { task == nil || isGoalReached || isSolved }
}
