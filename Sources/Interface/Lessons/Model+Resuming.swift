import Language
import Screen

// A learner who leaves in the middle of a lesson comes back to where it was.

extension Model {
  /// Where the lesson stands: its name, and its part from 1 on, or nil where it is over. Nil where no
  /// lesson is under way.
  public var lessonPlace: (name: String, part: Int?)? {
    lesson.map { ($0.name, $0.isOver ? nil : $0.part + 1) }
  }

  /// Where a learner who leaves can continue, as a line for the shell; nil where no lesson is under way,
  /// and at its beginning.
  ///
  /// - Parameter isKept: whether the place is kept, so that the lesson continues there by itself.
  public func lessonFarewell(isKept: Bool) -> String? {
    guard let lesson else { return nil }
    if lesson.isOver { return lesson.next.map { "The next lesson: directmap lesson \($0)" } }
    guard lesson.part > 0 else { return nil }
    let place = "You were at part \(lesson.part + 1) of \(lesson.lesson.parts.count)"
    return isKept
      ? "\(place); directmap lesson \(lesson.name) continues there"
      : "\(place): directmap lesson \(lesson.name) --part \(lesson.part + 1)"
  }

  /// Tells a learner that the lesson goes on where it was left, and offers to start over.
  public mutating func offerToStartOver() {
    guard let lesson, lesson.part > 0 else { return }
    layers.append(.resuming)
  }

  /// A key in that offer: 1 starts over, any other goes on, and does nothing else.
  mutating func receiveInResuming(_ input: Input) -> [Effect] {
    close()
    guard input == .character("1"), let first = lesson?.entered.first else { return [] }
    lesson?.entered = [first]
    lesson?.part = 0
    lesson?.isSolved = false
    lesson?.isGoalReached = false
    lesson?.path = first
    restore(first)
    return []
  }
}
