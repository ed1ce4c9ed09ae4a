import Engine
import History
import Screen

/// All calls from left to right, with a sign for what each came to, the marks, and where the screen stands.
struct TimelineView: View {
  let lane: Lane
  /// Of how many calls it tells what they came to.
  let known: Int

  func draw(on canvas: inout Canvas, in area: Rect) {
    let places = places(in: area)
    if let verdict {
      canvas.put(verdict.0, in: places.verdict, alignment: .trailing, ink: verdict.1)
    }
    canvas.put(place, in: places.place)
    guard let track = track(in: area) else { return }
    let strip = places.strip
    let moment = lane.timeline.moment
    let calls = lane.timeline.steps.count
    canvas.horizontalRun(x: strip.x, y: strip.y, count: strip.width, ink: .dim)
    canvas.put(.teeRight, x: strip.x, y: strip.y, ink: .dim)
    canvas.put(.teeLeft, x: strip.right - 1, y: strip.y, ink: .dim)
    drawSigns(on: &canvas, in: track, calls)
    let x = column(of: moment, calls, track.width)
    canvas.put(.down, x: track.x + x, y: track.y, ink: .highlight)
  }

  /// Where the calls lie in an area, from the first to the last column; nil where there is no room.
  func track(in area: Rect) -> Rect? {
    let strip = places(in: area).strip
    return strip.width >= 4 ? strip.inset(horizontally: 1, vertically: 0) : nil
  }

  /// Where the strip, the place in time and the verdict stand.
  private func places(in area: Rect) -> (strip: Rect, place: Rect, verdict: Rect) {
    var strip = area.inset(horizontally: 1, vertically: 0)
    let words = verdict.map { min(TextWidth.columns($0.0) + 2, strip.width / 2) } ?? 0
    let verdict = strip.cutRight(words)
    let place = strip.cutRight(TextWidth.columns(self.place) + 1)
    return (strip, place, verdict)
  }

  /// The place in time: `17/42+3`.
  private var place: String {
    let moment = lane.timeline.moment
    let calls = lane.timeline.steps.count
    return "  \(moment.call)/\(calls)" + (moment.event > 0 ? "+\(moment.event)" : "")
  }

  private func drawSigns(on canvas: inout Canvas, in track: Rect, _ calls: Int) {
    guard calls > 0 else { return }
    let steps = lane.timeline.steps
    // Where the weightiest signs stand, no mark does.
    var taken: Set<Int> = []
    let put = { (kinds: CallSummary.Kinds, x: Int, canvas: inout Canvas) in
      guard let sign = kinds.sign else { return }
      canvas.put(sign.letter, x: x, y: track.y, ink: sign.ink)
      if kinds.isGrave { taken.insert(x) }
    }
    if calls > track.width {
      for column in 0..<track.width {
        let first = column * calls / track.width
        guard first < known else { break }
        let range = first..<min(known, (column + 1) * calls / track.width)
        put(steps.kinds(in: range), track.x + column, &canvas)
      }
    } else {
      for call in 0..<known {
        let x = track.x + (call * 2 + 1) * (track.width - 1) / (calls * 2)
        put(steps.summary(call).kinds, x, &canvas)
      }
    }
    for mark in lane.timeline.marks where lane.timeline.passes(mark) {
      let x = track.x + column(of: mark.moment, calls, track.width)
      guard !taken.contains(x), let letter = mark.name.unicodeScalars.first else { continue }
      canvas.put(letter, x: x, y: track.y, ink: .key)
    }
  }

  /// The column of a place in time.
  private func column(of moment: Moment, _ calls: Int, _ width: Int) -> Int {
    let done = moment.call * 2 + (moment.event > 0 ? 1 : 0)
    return calls == 0 ? 0 : done * (width - 1) / (calls * 2)
  }

  /// How the machine compares with the recording that is played.
  private var verdict: (String, Ink)? {
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

extension CallSummary.Kinds {
  /// Whether a sign hides marks.
  fileprivate var isGrave: Bool { contains(.stopped) || contains(.failed) }

  /// The sign on the strip: that of the weightiest thing that happened.
  fileprivate var sign: (letter: Unicode.Scalar, ink: Ink)? {
    if contains(.stopped) { return ("B", .error) }
    if contains(.failed) { return ("!", .error) }
    if !isDisjoint(with: .merged) { return ("M", .good) }
    if !isDisjoint(with: .split) { return ("s", .warning) }
    if contains(.flushedAll) { return ("f", .dim) }
    return nil
  }
}

extension RecordedRun {
  /// How many calls are still those of the recording, which is on the first branch.
  func keptCalls(in timeline: Timeline) -> Int {
    min(steps, timeline.sharedCalls(with: 0))
  }
}
