import Engine
import History
import Lanes
import Screen

/// All calls from left to right, with a sign for what each came to, the marks, and where the screen stands.
struct TimelineView: View {
  let lane: Lane
  /// Of how many calls it tells what they came to.
  let known: Int

  func draw(on canvas: inout Canvas, in area: Rect) {
    let line = TimelineLine(lane)
    let places = line.places(in: area)
    if let verdict = line.verdict {
      canvas.put(verdict.0, in: places.verdict, alignment: .trailing, ink: verdict.1)
    }
    canvas.put(line.place, in: places.place)
    guard let track = line.track(in: area) else { return }
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
