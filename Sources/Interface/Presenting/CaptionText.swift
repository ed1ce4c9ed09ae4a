/// What a caption says.
struct CaptionText: Equatable, Sendable {
  /// What stands on its frame.
  var title = ""
  /// What the part is called; empty for none.
  var heading = ""
  /// The words.
  var paragraphs: [String] = []
  /// What the learner is to do, and whether it is done.
  var task: Task?
  /// Where the screen stands in a lesson, when it has left it; how it goes on.
  var state = ""
  /// The keys that go on and back, each with what it does.
  var keys: [Key] = []

  /// All that is to be read.
  var allText: [String] { [heading] + paragraphs + (task.map { [$0.text] } ?? []) }

  /// Something to do.
  struct Task: Equatable {
    var text: String
    var isDone: Bool
  }

  /// A key, and what it does in a word or two.
  struct Key: Equatable {
    var name: String
    var help: String
  }
}

extension Model {
  /// The caption of a lesson, or of a presenter; `nil` where nothing is said.
  var captionText: CaptionText? {
    if let lesson { return lessonCaption(lesson) }
    guard !presentation.caption.isEmpty else { return nil }
    return CaptionText(paragraphs: presentation.caption)
  }
}
