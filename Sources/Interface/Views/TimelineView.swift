import Engine
import History
import Screen

/// All calls from left to right, with a mark for what each came to, and where the screen stands.
struct TimelineView: View {
  let model: Model

  func draw(on canvas: inout Canvas, in area: Rect) {
    var strip = area.inset(horizontally: 1, vertically: 0)
    let verdict = self.verdict
    if let verdict {
      let width = min(TextWidth.columns(verdict.0) + 2, strip.width / 2)
      canvas.put(verdict.0, in: strip.cutRight(width), alignment: .trailing, ink: verdict.1)
    }
    let moment = model.timeline.moment
    let calls = model.timeline.steps.count
    let place = "  \(moment.call)/\(calls)" + (moment.event > 0 ? "+\(moment.event)" : "")
    canvas.put(place, in: strip.cutRight(TextWidth.columns(place) + 1))
    guard strip.width >= 4 else { return }
    canvas.horizontalRun(x: strip.x, y: strip.y, count: strip.width, ink: .dim)
    canvas.put(.teeRight, x: strip.x, y: strip.y, ink: .dim)
    canvas.put(.teeLeft, x: strip.right - 1, y: strip.y, ink: .dim)
    let track = strip.inset(horizontally: 1, vertically: 0)
    drawMarks(on: &canvas, in: track, calls)
    let done = moment.call * 2 + (moment.event > 0 ? 1 : 0)
    let x = calls == 0 ? 0 : done * (track.width - 1) / (calls * 2)
    canvas.put(.down, x: track.x + x, y: track.y, ink: .highlight)
  }

  private func drawMarks(on canvas: inout Canvas, in track: Rect, _ calls: Int) {
    var last: (x: Int, rank: Int) = (-1, 0)
    for (index, mark) in model.marks.enumerated() {
      guard let (letter, ink, rank) = mark.sign else { continue }
      let x = track.x + (index * 2 + 1) * (track.width - 1) / (calls * 2)
      if x == last.x, rank <= last.rank { continue }
      last = (x, rank)
      canvas.put(letter, x: x, y: track.y, ink: ink)
    }
  }

  /// How the machine compares with the recording that is played.
  private var verdict: (String, Ink)? {
    guard let recording = model.recording else { return nil }
    let call = model.timeline.moment.call
    if call > recording.kept { return ("no longer the recording's calls", .warning) }
    if model.timeline.moment.event > 0 {
      return ("inside step \(call + 1)/\(recording.steps)", .dim)
    }
    if call == 0 { return ("to be compared with \(recording.kernelName)", .dim) }
    if recording.differenceText(at: call) != nil {
      return (
        "\u{2717} differs from \(recording.kernelName) since step \(recording.matched + 1)", .error
      )
    }
    return ("\u{2713} equal to \(recording.kernelName), step \(call)/\(recording.steps)", .good)
  }
}

extension CallMark {
  /// The mark on the strip; the higher rank wins where two fall together.
  fileprivate var sign: (Unicode.Scalar, Ink, Int)? {
    if returned == .bug { return ("B", .error, 4) }
    if returned.rawValue < 0, returned != .shrinkEmpty { return ("f", .error, 3) }
    if collapses > 0 { return ("M", .good, 2) }
    if splits > 0 { return ("s", .warning, 1) }
    return nil
  }
}

extension RecordedRun {
  /// The first difference in words, for moments at or behind it.
  func differenceText(at call: Int) -> String? {
    guard let difference, call > matched, call <= kept else { return nil }
    return "Step \(matched + 1) is not as recorded: \(difference)"
  }
}
