import Engine
import History
import Quiz
import Screen
import TestSupport
import Testing

@testable import Interface

@Suite struct PlainPredictingTests {
  private func session(_ text: String) throws -> PlainSession {
    var model = try scenarioModel(text)
    model.predict(true)
    return PlainSession(model)
  }

  private static let text = "set_memory_ro pfn:0x140003\nset_memory_rw pfn:0x140003"

  @Test func `a question comes in lines, and the next line answers it`() throws {
    var session = try session(Self.text)
    let asked = session.answers(to: "step")
    #expect(asked[0] == "Before call 1, set_memory_ro pfn:0x140003, a question.")
    #expect(asked.last?.hasPrefix("Answer with a to ") ?? false)
    let question = try #require(session.waiting).question
    #expect(
      session.answers(to: "9")
        == ["Not done: answer with one letter, \(question.letters), or say skip."])
    let told = session.answers(to: String(Question.letter(question.correct)))
    #expect(told[0].hasPrefix("Right. "))
    #expect(told.contains { $0.hasPrefix("Call 1 of 2") })
    #expect(session.waiting == nil)
    let next = session.answers(to: "over")
    #expect(!next.contains { $0.contains("a question") })
  }

  @Test func `answers may be letters with their values, or skip`() throws {
    var session = try session(Self.text)
    _ = session.answers(to: "redo")
    let question = try #require(session.waiting).question
    let told = session.answers(to: "\(Question.letter(question.correct))) \(question.answer)")
    #expect(told[0].hasPrefix("Right. "))
    _ = session.answers(to: ">")
    #expect(session.answers(to: "skip")[0].hasPrefix("Skipped: it is "))
  }

  @Test func `playing goes on after each answer, and ends with the score`() throws {
    var session = try session(Self.text)
    var lines = session.answers(to: "play")
    #expect(lines.last?.hasPrefix("Answer with") ?? false)
    lines = session.answers(to: "a")
    #expect(lines.last?.hasPrefix("Answer with") ?? false)
    #expect(lines.contains { $0.hasPrefix("Call 1 is done") })
    lines = session.answers(to: "skip")
    #expect(lines.contains { $0.hasPrefix("Your predictions: ") && $0.hasSuffix("1 skipped.") })
    #expect(session.closing().isEmpty)
  }

  @Test(arguments: ["quit", "q", "Q"])
  func `leaving tells the score`(word: String) throws {
    var session = try session(Self.text)
    _ = session.answers(to: "step")
    _ = session.answers(to: "skip")
    let lines = session.answers(to: word)
    #expect(lines.first == "Your predictions: 0 of 1 right, 1 skipped.")
    #expect(session.isOver)
  }

  @Test func `telling a whole file asks nobody`() throws {
    var session = try session(Self.text)
    session.playAll()
    var lines: [String] = []
    while let more = session.next() { lines += more }
    #expect(lines.last == "This is the end." && !lines.contains { $0.contains("a question") })
  }
}
