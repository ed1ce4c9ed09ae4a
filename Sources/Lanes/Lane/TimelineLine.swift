import History
import Scenarios
import Screen

/// The line of all calls: what it says of the place in time, and where its parts stand.
package struct TimelineLine {
  private let lane: Lane

  /// The line of a lane.
  package init(_ lane: Lane) { self.lane = lane }

  /// Where the calls lie in an area, from the first to the last column; nil where there is no room.
  package func track(in area: Rect) -> Rect? {
    let strip = places(in: area).strip
    return strip.width >= 4 ? strip.inset(horizontally: 1, vertically: 0) : nil
  }

  /// Where the strip, the place in time and the verdict stand.
  package func places(in area: Rect) -> (strip: Rect, place: Rect, verdict: Rect) {
    var strip = area.inset(horizontally: 1, vertically: 0)
    let words = verdict.map { min(TextWidth.columns($0.0) + 2, strip.width / 2) } ?? 0
    let verdict = strip.cutRight(words)
    let place = strip.cutRight(TextWidth.columns(self.place) + 1)
    return (strip, place, verdict)
  }

  /// The place in time: `17/42+3`.
  package var place: String {
    let moment = lane.timeline.moment
    let calls = lane.timeline.steps.count
    return "  \(moment.call)/\(calls)" + (moment.event > 0 ? "+\(moment.event)" : "")
  }

  /// How the machine compares with the recording that is played.
  package var verdict: (String, Ink)? {
    if case .kernel(let name) = lane.source { return verdict(on: name) }
    guard let recording = lane.source.recording else { return nil }
    let call = lane.timeline.moment.call
    if call > recording.keptCalls(in: lane.timeline) {
      return ("no longer the recording's calls", .warning)
    }
    if lane.timeline.moment.event > 0 {
      return ("inside step \(call + 1)/\(recording.steps)", .dim)
    }
    if call == 0 { return ("to be compared with \(recording.kernelName)", .dim) }
    if lane.timeline.steps.deed(call - 1).difference != nil {
      return ("\u{2717} the simulation differs from \(recording.kernelName) here", .error)
    }
    return ("\u{2713} equal to \(recording.kernelName), step \(call)/\(recording.steps)", .good)
  }

  /// How what a running kernel did compares with the simulation of the call.
  private func verdict(on kernelName: String) -> (String, Ink)? {
    let moment = lane.timeline.moment
    guard moment.call > 0, moment.event == 0 else { return ("real: \(kernelName)", .highlight) }
    return lane.timeline.steps.deed(moment.call - 1).difference == nil
      ? ("\u{2713} real: \(kernelName), and the simulation agrees", .good)
      : ("\u{2717} real: \(kernelName); the simulation differs", .error)
  }
}
