import Engine
import History
import Language
import Parsing
import Scenarios
import TLB

/// What the accesses of the TLB panel cost at a moment, and what they cost at the start.
public struct TLBReading: Equatable, Sendable {
  /// What was asked.
  var question: TLBQuestion
  /// The branch and the moment of the answer.
  var branch: Int
  var moment: Moment
  /// At the start of the history; `nil` where there was nothing to touch yet.
  var start: TLBResult?
  /// At the moment; `nil` where there is nothing to touch.
  var now: TLBResult?
  /// Why there is no answer for the moment.
  var reason: String?
}

extension TLBQuestion {
  /// What the panel asks where nothing else was said: words all over the direct map. Few enough that
  /// the panel keeps abreast of whoever holds a key down.
  static let usual = TLBQuestion(TLBRun(.skylake, .random, accesses: 20_000))
}

extension Model {
  /// Asks another question, and shows the panel with the answer. What is wrong if there is none.
  mutating func measure(_ question: TLBQuestion) -> String? {
    let reading = lane.reading(of: question)
    if let reason = reading.reason { return reason }
    lane.tlb = reading
    options.tlb = question
    options.sidePanel = .tlb
    hasBegun = true
    return nil
  }

  /// Reads a line such as `skylake random`, of which anything may be left out, and asks it.
  mutating func measure(line: String) -> String? {
    var words = line.split(separator: " ", maxSplits: 2).map(String.init)
    let isModel = words.first.map { TLBModel(named: $0) != nil } ?? false
    if !isModel, words.count < 2 || AccessPattern.Name(rawValue: words[0]) != nil {
      words.insert(options.tlb.run.model.name, at: 0)
    }
    if words.count < 2 {
      var question = options.tlb
      if let model = TLBModel(named: words[0]) { question.run.model = model }
      return measure(question)
    }
    do throws(ParseError) {
      let text = "tlb " + words.joined(separator: " ")
      guard case .tlb(let question)? = try Parser(file: ":").statement(ofLine: text)?.statement
      else { return "no question" }
      guard question.file == nil else { return "a file of addresses can be named in a scenario" }
      return measure(question)
    } catch {
      return error.reason
    }
  }

  /// Keeps the answer that the panel shows abreast of time.
  mutating func keepMeasuring() {
    guard options.sidePanel == .tlb else { return }
    if let tlb = lane.tlb, tlb.question == options.tlb, tlb.moment == timeline.moment,
      tlb.branch == timeline.current
    {
      return
    }
    lane.tlb = lane.reading(of: options.tlb)
  }
}

extension Lane {
  /// Makes the accesses of a question at this moment.
  fileprivate func reading(of question: TLBQuestion) -> TLBReading {
    var reading = TLBReading(
      question: question, branch: timeline.current, moment: timeline.moment)
    if let tlb, tlb.question == question, tlb.branch == timeline.current, tlb.start != nil {
      reading.start = tlb.start
    } else {
      reading.start = try? question.run.result(on: machine(at: .start))
    }
    do throws(TLBError) {
      reading.now = try question.run.result(on: machine)
    } catch {
      reading.reason = error.description
    }
    return reading
  }

  /// What the TLB panel says, in sentences.
  var plainTLB: [String] {
    guard let tlb, let now = tlb.now else { return [] }
    let answer = TLBAnswer(question: tlb.question, result: now)
    guard let start = tlb.start else { return [answer.line.fullStop] }
    return [
      answer.line.fullStop,
      "At the start of the history: misses \(start.walks), tables read \(start.walkSteps).",
    ]
  }
}
