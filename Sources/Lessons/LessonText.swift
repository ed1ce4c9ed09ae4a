import CEmbedded

/// A lesson as it is written: a scenario file that the program carries in itself.
public struct LessonText: Sendable {
  private let number: Int

  /// What the lesson is called on the command line: the name of its file.
  public var name: String { unsafe String(cString: embedded_lesson(number).name) }

  /// The file.
  public var text: String { unsafe String(cString: embedded_lesson(number).text) }

  /// All lessons, in the order in which they build on each other; lesson 1 comes first.
  public static var all: [LessonText] {
    (0..<embedded_lesson_count()).map(LessonText.init)
  }
}
