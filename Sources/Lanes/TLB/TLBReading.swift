import Engine
import History
import Language
import Scenarios
import TLB

/// What the accesses of the TLB panel cost at a moment, and what they cost at the start.
public struct TLBReading: Equatable, Sendable {
  /// What was asked.
  package var question: TLBQuestion
  /// The branch and the moment of the answer.
  package var branch: Int
  package var moment: Moment
  /// At the start of the history; `nil` where there was nothing to touch yet.
  package var start: TLBResult?
  /// At the moment; `nil` where there is nothing to touch.
  package var now: TLBResult?
  /// Why there is no answer for the moment.
  package var reason: String?
}

extension TLBQuestion {
  /// What the panel asks where nothing else was said: words all over the direct map. Few enough that
  /// the panel keeps up with a key that is held down.
  package static let usual = TLBQuestion(TLBRun(.skylake, .random, accesses: 20_000))
}

extension Lane {
  /// Makes the accesses of a question at this moment.
  package func reading(of question: TLBQuestion) -> TLBReading {
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
}
