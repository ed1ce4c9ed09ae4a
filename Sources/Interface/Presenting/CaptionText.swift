import Screen

/// What a caption says.
package struct CaptionText: Equatable, Sendable {
  /// What stands on its frame.
  package var title = ""
  /// What the part is called; empty for none.
  package var heading = ""
  /// The words.
  package var paragraphs: [String] = []
  /// What the learner is to do, and whether it is done.
  package var task: Task?
  /// Where the screen stands in a lesson, when it has left it; how it goes on.
  package var state = ""
  /// The keys that go on and back, each with what it does.
  package var keys: [Key] = []

  /// All that is to be read.
  package var allText: [String] { [heading] + paragraphs + (task.map { [$0.text] } ?? []) }

  /// The rows of the paragraphs in a width.
  func rows(width: Int) -> Int {
    paragraphs.reduce(0) { $0 + TextWrap.lines($1, width: max(1, width)).count }
  }

  /// Something to do.
  package struct Task: Equatable {
    package var text: String
    package var isDone: Bool
  }

  /// A key, and what it does in a word or two.
  package struct Key: Equatable {
    package var name: String
    package var help: String
  }
}

extension Model {
  /// The caption of a lesson, or of a presenter; `nil` where nothing is said.
  package var captionText: CaptionText? {
    if let lesson { return lessonCaption(lesson) }
    guard !presentation.caption.isEmpty else { return nil }
    return CaptionText(paragraphs: presentation.caption)
  }
}
