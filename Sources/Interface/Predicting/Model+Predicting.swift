import Engine
import History
import Keys
import Lanes
import Narration
import Quiz
import Scenarios
import Screen

// Predict and check: before a call a question, after it what was right.

extension Model {
  /// The most pages of a call that is asked about: it is tried first, and all of its events are read.
  private static let pagesMax: PageCount = 32_768

  /// Turns the questions before calls on or off.
  public mutating func predict(_ isOn: Bool) {
    predictions.isOn = isOn
  }

  /// Of how many calls of the history the screen may tell what came of them: of all, unless they are to
  /// be predicted.
  package var knownCalls: Int {
    let calls = timeline.steps.count
    guard predictions.isOn else { return calls }
    if case .prediction? = layers.last { return timeline.moment.call }
    let furthest = (predictions.known.map(\.call).max() ?? -1) + 1
    return min(calls, max(timeline.moment.call, furthest))
  }

  /// Whether the screen may tell what lies ahead.
  package var knowsNext: Bool { timeline.moment.event > 0 || timeline.moment.call < knownCalls }

  // MARK: - Asking

  /// Whether a question comes before what a key asks for: then it lies over the side, and the rest is
  /// done when it is answered. Without one, a way on passes no border between calls that could have one.
  mutating func asks(before action: Action) -> Bool {
    guard predictions.isOn, action.leadsOn else { return false }
    let moment = timeline.moment
    if moment.event > 0 {
      let lines = trace.lines.count - trace.line(after: moment.event) - 1
      count = action == .nextEvent ? min(count ?? 1, UInt64(max(1, lines))) : nil
      return false
    }
    count = nil
    return asks(beforeNext: .action(action))
  }

  /// Whether a question comes before the next call of the history.
  mutating func asks(beforeNext way: Prompt.Way) -> Bool {
    let moment = timeline.moment
    guard predictions.isOn, moment.event == 0, timeline.steps.indices.contains(moment.call) else {
      return false
    }
    guard let call = timeline.steps.call(moment.call) else { return false }
    return ask(about: call, at: moment.call, on: machine, way)
  }

  /// Whether a question comes before a call is made.
  mutating func asks(beforeMaking call: Call) -> Bool {
    guard predictions.isOn else { return false }
    let place = timeline.moment.call + (timeline.moment.event > 0 ? 1 : 0)
    return ask(about: call, at: place, on: timeline.machine(after: place), .call(call))
  }

  private mutating func ask(
    about call: Call, at place: Int, on machine: Machine, _ way: Prompt.Way,
  ) -> Bool {
    // What a presenter does is his own.
    guard !presentation.isUnderWay else { return false }
    let known = Predictions.Place(call: place, line: call.scenarioText)
    guard !predictions.known.contains(known), call.pages <= Self.pagesMax, Trial.canAsk(about: call)
    else { return false }
    predictions.known.append(known)
    guard let trial = try? Trial(call, on: machine), trial.isSure,
      var question = predictions.choose(from: trial.questions)
    else { return false }
    // The same call at the same place has its letters in the same order.
    var random = SeededNumbers(
      seed: known.line.utf8.reduce(UInt64(place)) { $0 &* 31 &+ UInt64($1) })
    question = question.shuffled(&random)
    hasBegun = true
    predictions.shown = nil
    layers.append(
      .prediction(Prompt(call: place, line: known.line, question: question, way: way)))
    return true
  }

  // MARK: - Answering

  /// A key on a question.
  mutating func receive(_ input: Input, in prompt: Prompt) -> [Effect] {
    switch input {
    case .key(.escape): return answer(prompt, nil)
    case .character(let character):
      if let choice = prompt.question.choices.indices.first(where: {
        Question.letter($0) == character
      }) {
        return answer(prompt, choice)
      }
    default: break
    }
    if keymap[input] == .leave {
      layers.removeLast()
      forget(prompt)
      return leave()
    }
    var asked = prompt
    asked.isMistyped = true
    layers[layers.count - 1] = .prediction(asked)
    return [.bell]
  }

  /// A question that is taken back comes again.
  mutating func forget(_ prompt: Prompt) {
    predictions.known.removeAll { $0 == Predictions.Place(call: prompt.call, line: prompt.line) }
  }

  /// Takes an answer, does what was asked for, and says what was right.
  mutating func answer(_ prompt: Prompt, _ choice: Int?) -> [Effect] {
    layers.removeAll { if case .prediction = $0 { true } else { false } }
    var entry = Predictions.Entry(line: prompt.line, question: prompt.question, given: choice)
    if case .call = prompt.way { entry.isOwn = true }
    predictions.entries.append(entry)
    predictions.shown = entry
    notice = nil
    var effects: [Effect] = []
    switch prompt.way {
    case .action(let action): effects = perform(action)
    case .call(let call): make(call)
    case .play:
      playback.isPlaying = true
      playOn()
    }
    let verdict = entry.verdict
    guard let other = notice, other.kind == .failed || prompt.way != .play else {
      say(verdict, entry.isRight ? .done : .failed)
      return effects
    }
    say("\(verdict) \(other.text)", entry.isRight ? other.kind : .failed)
    return effects
  }

  /// Goes on to the end of the call, or to where a stop is hit in it.
  mutating func runThroughCall() {
    let start = timeline.moment
    let before = machine
    hasBegun = true
    timeline.stepCall()
    if let hit = hitOnTheWay(from: start) {
      timeline.go(to: hit.moment)
      arrive(from: before, at: start, isStop: true)
      say(hit)
      return
    }
    guard timeline.moment != start else {
      say("This is the end.", .failed)
      return
    }
    arrive(from: before, at: start)
  }

  // MARK: - The score

  /// Shows the score where the scenario ends, once.
  mutating func tellScoreAtEnd() {
    guard predictions.isOn, !predictions.isEndTold, layers.isEmpty,
      let last = predictions.entries.last, !last.isOwn,
      lane.setup.file != nil, timeline.moment == timeline.end, lesson?.isOver ?? true
    else { return }
    predictions.isEndTold = true
    showScore()
  }

  /// Shows what was asked, and what was wrong.
  mutating func showScore() {
    predictions.told = predictions.entries.count
    layers.append(.report(scoreReport))
  }

  /// Ends the program; if there is a score that was not seen, it comes first.
  mutating func leave() -> [Effect] {
    guard predictions.told < predictions.entries.count else { return [.quit(0)] }
    showScore()
    return []
  }

  /// The score, what was said last, and everything that was not right.
  var scoreReport: Report {
    guard let score = predictions.score else {
      return Report(title: "your predictions", lines: ["No call was asked about yet."])
    }
    var lines = predictions.entries.enumerated().filter { !$0.element.isRight }.map {
      "\($0.offset + 1). \($0.element.told)"
    }
    if lines.isEmpty { lines = ["Nothing was wrong."] }
    if let last = predictions.entries.last, last.isRight {
      lines.insert("Last: \(last.line). \(last.verdict)", at: 0)
    }
    return Report(title: "your predictions: \(score)", lines: lines)
  }
}

extension Predictions.Entry {
  /// The call, the question, the answer and what is to be said to it.
  fileprivate var told: String {
    let said = given.map { "You said: \(question.choices[$0].text)." } ?? "You skipped it."
    return "\(line). \(question.text) \(said) \(question.remark(on: given))"
  }

  /// What is said to the answer.
  package var verdict: String {
    given == nil
      ? "Skipped: it is \(question.answer). \(question.explanation)"
      : (isRight ? "" : "Wrong. ") + question.remark(on: given)
  }
}

extension Action {
  /// Whether it goes on into the next call, or past it, and no further than that where calls are asked
  /// about.
  fileprivate var leadsOn: Bool {
    switch self {
    case .nextEvent, .nextCall, .redo, .stepOver, .stepOut, .runOn: true
    default: false
    }
  }
}
