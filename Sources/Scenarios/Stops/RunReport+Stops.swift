import History
import Language

extension RunReport {
  /// The status of a run that was stopped.
  public static let stoppedStatus: Int32 = 3

  /// Writes down where the run was stopped.
  public mutating func stop(at hit: StopHit, _ stop: Stop?) {
    status = Self.stoppedStatus
    self.stop = Stopped(
      number: hit.number, condition: (stop?.condition ?? .invariant).scenarioText,
      call: hit.moment.call, event: hit.moment.event, sentence: hit.finding.sentence)
  }
}

extension RunReport.Stopped {
  /// The stop in lines of plain text.
  public var lines: [String] {
    let place =
      event == 0
      ? "after call \(call)" : "in call \(call + 1), after its event \(event)"
    return ["=> stopped \(place): \(condition)", "   \(sentence)"]
  }
}
