public import Engine
import History
import Language

extension Session {
  private static let scriptHead = """
    # A script for directmap: what was called, as a presenter would show it.
    # directmap record FILE --output demo.cast performs it; see docs/recording.md for key, type, wait, hide.

    """

  /// The branch that is shown as a script to be performed and edited: its calls in order, its notes as
  /// captions with the time to read them, and at the end the pages that are selected pointed out.
  ///
  /// - Parameter selection: the page that is selected.
  /// - Throws: `SessionError` where the machine cannot be named in a file.
  public func script(selecting selection: PFN) throws(SessionError) -> String {
    var scenario = try shownSetup()
    let place = SourceLocation(file: "", line: 0, column: 0)
    let steps = timeline.steps
    let branch = timeline.current
    var statements: [Statement] = []
    for call in 0...steps.count {
      statements += claims.filter { $0.branch == branch && $0.call == call }
        .map { .expect($0.expression) }
      if call > 0, timeline.pauses(after: call) { statements.append(.pause) }
      let notes = call < steps.count ? steps[call].notes : timeline.closingNotes
      statements += Self.captions(notes)
      if call < steps.count { statements.append(steps.deed(call).statement) }
    }
    statements += [
      .direction(.highlight(.frame(selection), 1)), .direction(.wait(milliseconds: 2000)),
    ]
    scenario.statements = statements.map { LocatedStatement($0, at: place) }
    return Self.scriptHead + scenario.scenarioText
  }

  /// Notes as one caption, and time to read it.
  private static func captions(_ notes: [String]) -> [Statement] {
    guard !notes.isEmpty else { return [] }
    return notes.map { .direction(.caption($0)) }
      + [.direction(.wait(milliseconds: Direction.readingTime(notes)))]
  }
}

extension Direction {
  /// How long somebody takes to read paragraphs aloud, in milliseconds; two seconds at least.
  public static func readingTime(_ paragraphs: [String]) -> Int {
    let words = paragraphs.reduce(0) { $0 + $1.split(separator: " ").count }
    return min(waitLimit, max(2000, words * 280))
  }
}
