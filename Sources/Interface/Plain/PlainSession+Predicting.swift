import Quiz

// Questions before calls, in lines.

extension PlainSession {
  /// The question that waits for an answer, in lines; the next line is its answer.
  mutating func ask(_ prompt: Prompt) -> [String] {
    waiting = prompt
    let number = "Before call \(prompt.call + 1), \(prompt.line), a question."
    let choices = prompt.question.choices.enumerated().map {
      "\(Question.letter($0)): \($1.text.fullStop)"
    }
    return [number, prompt.question.text] + choices
      + ["Answer with \(prompt.question.letters), or say skip."]
  }

  /// Takes a line as an answer; `nil` if it is meant for somebody else.
  mutating func answer(_ text: String, to prompt: Prompt) -> [String]? {
    let word = text.trimmed.lowercased()
    if ["quit", "q", "help", "?"].contains(word) || word.hasPrefix("predict") {
      model.forget(prompt)
      waiting = nil
      return nil
    }
    let choice = prompt.question.choice(saying: word)
    guard choice != nil || ["skip", "esc"].contains(word) else {
      return ["Not done: answer with one letter, \(prompt.question.letters), or say skip."]
    }
    waiting = nil
    let way: PlainWay =
      switch prompt.way {
      case .action where resumesPlaying: .events
      case .action(let action): self.way(of: action)
      case .call: .made
      case .play: .events
      }
    let lines = change(way) { $0.answer(prompt, choice) }
    isPlaying = resumesPlaying
    resumesPlaying = false
    return lines
  }

  /// What is said at the end of the input: the score, if there is one that was not told.
  public mutating func closing() -> [String] {
    guard model.predictions.told < model.predictions.entries.count else { return [] }
    return change(.jump) { model in
      model.showScore()
      return []
    }.map(text.line)
  }
}
