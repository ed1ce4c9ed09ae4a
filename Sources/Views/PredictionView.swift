import Interface
import Quiz
import Screen

extension Prompt {
  /// How to answer, to a key that is none.
  fileprivate var mostWords: String { "No answer: \(hint)" }
}

/// A question before a call, over what stands beside the map, or over a part of the map.
struct PredictionView: View {
  let prompt: Prompt
  /// The score so far, in words.
  let score: String?

  /// The rows that all of it needs in a width, with its frame.
  func rows(width: Int) -> Int {
    let texts = [prompt.line, prompt.question.text, prompt.mostWords]
    return texts.reduce(prompt.question.choices.count + 2) {
      $0 + TextWrap.lines($1, width: max(1, width - 4)).count
    }
  }

  func draw(on canvas: inout Canvas, in area: Rect) {
    let width = max(1, area.width - 4)
    let call = TextWrap.lines(prompt.line, width: width)
    let question = TextWrap.lines(prompt.question.text, width: width)
    let choices = prompt.question.choices
    let rows = call.count + question.count + choices.count + 1
    // Blank lines where there is room for them.
    let gaps = min(3, max(0, area.height - 2 - rows))
    let height = min(area.height, rows + gaps + 2)
    let box = Rect(x: area.x, y: area.y, width: area.width, height: height)
    canvas.fill(box)
    let title = "predict" + (score.map { ": \($0)" } ?? "")
    let inside = canvas.box(box, title: title, ink: .borderActive, titleInk: .borderActive)
      .inset(horizontally: 1, vertically: 0)
    var row = 0
    for line in call {
      canvas.put(line, in: inside, row: row, ink: .key)
      row += 1
    }
    row += gaps > 0 ? 1 : 0
    for line in question {
      canvas.put(line, in: inside, row: row, ink: .title)
      row += 1
    }
    row += gaps > 1 ? 1 : 0
    for (index, choice) in choices.enumerated() {
      canvas.put(
        [(String(Question.letter(index)), .key), ("  \(choice.text)", .text)], in: inside, row: row)
      row += 1
    }
    row += gaps > 2 ? 1 : 0
    let hint = prompt.isMistyped ? prompt.mostWords : prompt.hint
    let lines = TextWrap.lines(hint, width: width).count
    canvas.putWrapped(
      hint, in: inside, row: max(0, min(row, inside.height - lines)),
      ink: prompt.isMistyped ? .warning : .dim)
  }
}
