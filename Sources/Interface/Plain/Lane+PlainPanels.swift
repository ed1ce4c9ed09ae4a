import Engine
import Lanes
import Narration
import Scenarios
import TLB

// What panels beside the map show, in sentences.

extension Lane {
  /// What gathers pages at this moment, and what the call that is shown counts, as plain lines.
  var plainGather: [String] {
    var lines = [ZapWords.state(machine)]
    for (index, batch) in (machine.gather?.batches ?? []).enumerated() where batch.used > 0 {
      lines.append(
        (index == 0 ? "The bundle on the stack" : "Page batch \(index)")
          + ": \(batch.used) of \(batch.capacity) words, \(PageCount(UInt64(batch.pages)).words).")
    }
    if let comparison = zapsCompared() {
      lines.append("This call before the series, as posted, and as merged, nothing zeroed:")
      for (name, counter) in ZapWords.rows {
        let values = ZapSeries.allCases.compactMap { comparison.plain[$0]?[counter] }
        lines.append("\(name): \(values.map { String($0) }.joined(separator: ", "))")
      }
    }
    return lines + ZapWords.answer() + [ZapWords.assumption]
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
