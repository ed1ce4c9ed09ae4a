// A worksheet as text of 78 columns, which prints well on A4.

extension Worksheet {
  /// The content of the places for answers.
  public enum Filling: Equatable, Sendable {
    /// A question mark.
    case blank
    /// The right answers, and why.
    case answers
    /// These choices, counted from 0; `nil` leaves the question mark.
    case choices([Int?])
  }

  /// The first line, from which the sheet can be generated again.
  public var header: String {
    "directmap quiz  version \(Self.version)  seed \(order.seed)  topic \(order.topic.rawValue)"
      + "  questions \(order.count)  sum \(sum)"
  }

  /// The sheet as text.
  public func text(_ filling: Filling = .blank) -> String {
    var lines = [header, String(repeating: "=", count: Self.width), ""]
    if filling == .answers {
      lines += wrapped("The answers, and why.")
    } else {
      lines += ["Name:                                        Date:", ""]
      lines += wrapped(
        "Each exercise boots a machine, makes some calls, and asks about one more. Put a letter or "
          + "the value in the place of each question mark.")
    }
    var number = 0
    for (index, exercise) in exercises.enumerated() {
      lines += ["", Self.rule("Exercise \(index + 1): \(exercise.topic.summary)"), ""]
      lines += exercise.setup.map { "    " + $0 }
      lines += ["", "  and then this call, which is asked about:", "", "    " + exercise.call]
      if !exercise.facts.isEmpty {
        lines += [""] + wrapped(exercise.facts.joined(separator: " "), indent: "  ")
      }
      for question in exercise.questions {
        number += 1
        lines += [""] + block(question, number, filling)
      }
    }
    lines += ["", String(repeating: "=", count: Self.width)]
    return lines.map { $0 + "\n" }.joined()
  }

  private static let width = 78

  private static func rule(_ title: String) -> String {
    let text = "--- \(title) "
    return text + String(repeating: "-", count: max(0, width - text.count))
  }

  private func block(_ question: Question, _ number: Int, _ filling: Filling) -> [String] {
    var lines = wrapped("Question \(number). \(question.text)")
    let choices = question.choices.enumerated().map {
      "\(Question.letter($0.offset))) \($0.element.text)"
    }
    let row = "    " + choices.joined(separator: "    ")
    lines += row.count <= Self.width ? [row] : choices.map { "    " + $0 }
    var given: Int?
    if filling == .answers { given = question.correct }
    if case .choices(let all) = filling, all.indices.contains(number - 1) {
      given = all[number - 1]
    }
    let text = given.flatMap { choices.indices.contains($0) ? choices[$0] : nil }
    lines.append("  Answer \(number): \(text ?? "?")")
    if filling == .answers { lines += wrapped(question.explanation, indent: "    ") }
    return lines
  }

  /// A text in lines, broken at spaces.
  private func wrapped(_ text: String, indent: String = "") -> [String] {
    var lines: [String] = []
    var line = ""
    for word in text.split(separator: " ") {
      if line.isEmpty {
        line = indent + word
      } else if line.count + 1 + word.count <= Self.width {
        line += " " + word
      } else {
        lines.append(line)
        line = indent + word
      }
    }
    return line.isEmpty ? lines : lines + [line]
  }

  /// Four hexadecimal digits that follow from all questions and answers: another version of the
  /// program may ask others for the same seed.
  public var sum: String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for exercise in exercises {
      let texts = exercise.questions.flatMap { [$0.text, $0.answer] + $0.choices.map(\.text) }
      for text in exercise.setup + [exercise.call] + texts {
        for byte in text.utf8 + [10] { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
      }
    }
    let folded = (hash ^ hash >> 16 ^ hash >> 32 ^ hash >> 48) & 0xffff
    let digits = String(folded, radix: 16)
    return String(repeating: "0", count: 4 - digits.count) + digits
  }
}
