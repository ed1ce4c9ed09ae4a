import Engine
import Language
import Parsing
import Scenarios
import TestSupport
import Testing

@testable import Quiz

@Suite struct WorksheetTests {
  private static let chunk = 25

  @Test(arguments: 0..<8)
  func `200 seeds give sheets that differ, grade 100 when filled and 0 when not`(part: Int) throws {
    var texts: Set<String> = []
    for seed in UInt64(part * Self.chunk)..<UInt64((part + 1) * Self.chunk) {
      let sheet = Worksheet(Worksheet.Order(seed: seed))
      #expect(sheet.questions.count == 8, "seed \(seed)")
      // Without the line that names the seed.
      texts.insert(sheet.exercises.map(\.scenarioText).joined())
      let right = sheet.questions.map { Optional($0.correct) }
      for (text, percent) in [
        (sheet.text(.choices(right)), 100), (sheet.text(.answers), 100), (sheet.text(), 0),
      ] {
        let filled = try FilledSheet(reading: text, file: "sheet")
        let grade = try Grade(filled, of: sheet, passMark: 60, file: "sheet")
        #expect(filled.order == sheet.order)
        #expect(grade.percent == percent && grade.notes.isEmpty, "seed \(seed)")
        #expect(grade.passed == (percent == 100))
        #expect(grade.missing == (percent == 0 ? 8 : 0))
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 78 }, "seed \(seed)")
        #expect(text.utf8.allSatisfy { (0x20..<0x7f).contains($0) || $0 == 10 })
      }
    }
    #expect(texts.count == Self.chunk)
  }

  @Test(arguments: Topic.allCases)
  func `the answers of a topic's sheets are what counters and tables say`(topic: Topic) throws {
    var compared = 0
    var kinds: Set<Question.Kind> = []
    for seed in 0..<4 as Range<UInt64> {
      let sheet = Worksheet(Worksheet.Order(seed: seed, topic: topic, count: 12))
      #expect(sheet.questions.count == 12)
      for exercise in sheet.exercises {
        #expect(topic == .mixed || exercise.topic == topic)
        let scenario = try Scenario(parsing: exercise.scenarioText, file: "exercise")
        let name = try #require(scenario.machine)
        let description = try #require(MachineDescription(builtIn: name))
        var state = try scenario.boot(description, kernel: .linux7_2)
        for call in scenario.calls.dropLast() { try state.perform(call) }
        let last = try #require(scenario.calls.last)
        let independent = try IndependentAnswers(last, on: state)
        for question in exercise.questions {
          expectWellFormed(question, "\(topic), seed \(seed)")
          kinds.insert(question.kind)
          guard let answer = try independent.answer(to: question) else { continue }
          #expect(
            question.answer == answer,
            "\(topic), seed \(seed): \(exercise.scenarioText)\(question.text)")
          compared += 1
        }
      }
    }
    #expect(compared >= 25)
    #expect(kinds.count >= (topic == .flush ? 2 : 3))
  }

  @Test func `all kinds of questions are asked on some sheet`() {
    var kinds: Set<Question.Kind> = []
    for seed in 0..<8 as Range<UInt64> {
      for topic in Topic.single {
        let sheet = Worksheet(Worksheet.Order(seed: seed, topic: topic, count: 10))
        kinds.formUnion(sheet.questions.map(\.kind))
      }
    }
    #expect(kinds == Set(Question.Kind.allCases))
  }

  @Test func `the same order gives the same bytes, another seed others`() {
    let order = Worksheet.Order(seed: 7, topic: .splits, count: 3)
    #expect(Worksheet(order).text() == Worksheet(order).text())
    #expect(Worksheet(order).sum == Worksheet(order).sum)
    var other = order
    other.seed = 8
    #expect(Worksheet(order).text() != Worksheet(other).text())
  }

  @Test func `every letter is right now and then, and no pair asks the same twice`() {
    var letters: [Int: Int] = [:]
    var total = 0
    for seed in 0..<40 as Range<UInt64> {
      let sheet = Worksheet(Worksheet.Order(seed: seed))
      for exercise in sheet.exercises {
        for question in exercise.questions where question.choices.count >= 3 {
          letters[question.correct, default: 0] += 1
          total += 1
        }
        guard exercise.questions.count == 2 else { continue }
        #expect(!exercise.questions[0].restates(exercise.questions[1]), "seed \(seed)")
      }
    }
    for letter in 0..<3 {
      #expect(letters[letter, default: 0] * 6 > total, "\(letters) of \(total)")
    }
  }

  @Test func `what the lines of an exercise leave open is stated`() throws {
    for topic in [Topic.splits, .merging, .flush, .alias, .zapping] {
      let sheet = Worksheet(Worksheet.Order(seed: 5, topic: topic, count: 8))
      for exercise in sheet.exercises {
        #expect(!exercise.facts.isEmpty, "\(exercise.scenarioText)")
        #expect(sheet.text().contains(exercise.facts[0].prefix(40)))
      }
    }
  }

  @Test func `counts out of range become the nearest in it`() {
    #expect(Worksheet.Order(seed: 1, count: 0).count == 1)
    #expect(Worksheet.Order(seed: 1, count: .max).count == 100)
    let sheet = Worksheet(Worksheet.Order(seed: 1, topic: .zapping, count: 100))
    #expect(sheet.questions.count == 100)
  }
}
