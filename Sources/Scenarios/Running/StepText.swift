import Engine
public import History
import Language
import Narration

extension Runner.Step {
  /// How many events of one call are told in words; a call on many pages has thousands.
  public static let toldLimit = 24

  /// What the statement came to, in lines of plain text.
  public var lines: [String] {
    switch outcome {
    case .called(let call, let code, let growth, let log):
      ["\(callNumber)  \(call.scenarioText)"] + told(log?.events).map { "     " + $0 }
        + functions.map { "     | \($0.line)" } + (zap.map { ["   \($0.words)"] } ?? [])
        + [" \(isUnrecorded ? Knowledge.sign : " ") = \(code.name)" + Self.growthText(growth)]
        + (difference.map { ["   The simulation differs: \($0)"] } ?? [])
        + displayed.map { "   \($0)" }
    case .noted(let text): text.split(separator: "\n").map { "-- \($0)" }
    case .paused: []
    case .answered(let answer): answer.sentences.map { "?? \($0)" }
    case .measured(let answer): ["?? \(answer.line)"]
    case .listed(let areas): areas.sentences.map { "?? \($0)" }
    case .held(let expression): ["   holds: \(expression.scenarioText)"]
    case .failed(let expression, let readings):
      ["\(located.location): expect failed: \(expression.scenarioText)"]
        + readings.map { "   " + $0 }
    }
  }

  /// The same up to a moment that may lie inside the call.
  public func lines(upTo moment: Moment?) -> [String] {
    guard let moment, moment.call < callNumber, case .called(let call, _, _, let log) = outcome
    else { return lines }
    return ["\(callNumber)  \(call.scenarioText)"]
      + told(log?.events.prefix(moment.event)).map { "     " + $0 }
      + functions.map { "     | \($0.line)" }
  }

  private func told(_ events: (some Sequence<Event>)?) -> [String] {
    guard let events else { return ["Its events are not listed: the call names too many pages."] }
    var lines: [String] = []
    var left = 0
    var shapes: Set<EventShape> = []
    var alike = 0
    for event in events {
      let facts = event.facts
      if facts.traits.contains(.detail) { continue }
      if lines.count >= Self.toldLimit {
        left += 1
        continue
      }
      if facts.folding.contains(.text) {
        guard shapes.insert(event.shape).inserted else {
          alike += 1
          continue
        }
      } else {
        shapes = []
      }
      Self.tellAlike(&alike, &lines)
      lines.append(event.sentence(by: rules))
    }
    Self.tellAlike(&alike, &lines)
    if left > 0 { lines.append("... and \(counted(left, "more event")).") }
    return lines
  }

  /// Closes a row of events of one kind, of which the first was told.
  private static func tellAlike(_ alike: inout Int, _ lines: inout [String]) {
    if alike > 0 { lines.append("... and \(alike) more like it.") }
    alike = 0
  }

  /// What the call moved, in one line: meminfo, vmstat, flushes.
  private static func growthText(_ growth: Counters) -> String {
    let hidden = [
      "cpa_1G_checked", "cpa_1G_sameprot", "cpa_1G_preserved", "cpa_2M_checked",
      "cpa_2M_sameprot", "cpa_2M_preserved", "cpa_4K_set_checked",
    ]
    let moved = Reading.all.filter { $0.value(in: growth) != 0 && !hidden.contains($0.name) }
    let parts = moved.map { reading in
      let value = reading.value(in: growth)
      let unit = if case .directMap = reading { " kB" } else { "" }
      return "\(reading.name) \(value > 0 ? "+" : "")\(value)\(unit)"
    }
    return parts.isEmpty ? "" : "   " + parts.joined(separator: ", ")
  }
}
