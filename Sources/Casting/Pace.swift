import Screen

/// The relation of a file's time to the screen's.
public struct Pace: Equatable, Sendable {
  /// The speed in percent; 200 makes the recording half as long.
  public var speedPercent = 100
  /// The longest pause, in milliseconds of the file; nil for no limit.
  public var idleLimitMilliseconds: Int?
  /// The shortest time that a picture is visible, in milliseconds of the file: of those that would
  /// be visible for less, the last is kept.
  public var frameMinMilliseconds = 0

  /// The time of the screen, unchanged.
  public init() {}
}

/// A clock that turns times of the screen into times of the file.
///
/// It counts in microseconds of the file and rounds only its results, so that times do not drift.
struct PacedClock {
  private let pace: Pace
  private var last = 0
  private var microseconds = 0

  init(_ pace: Pace) { self.pace = pace }

  /// The time of the file, in milliseconds, for a time of the screen.
  func milliseconds(at time: Int) -> Int {
    (microseconds(at: time) + 500) / 1000
  }

  /// The same, and continues from there.
  mutating func advance(to time: Int) -> Int {
    microseconds = microseconds(at: time)
    last = max(last, time)
    return (microseconds + 500) / 1000
  }

  private func microseconds(at time: Int) -> Int {
    let (product, isTooLong) = max(0, time - last).multipliedReportingOverflow(by: 100_000)
    let gap = isTooLong ? Int.max / 4 : product / max(1, pace.speedPercent)
    let limit = pace.idleLimitMilliseconds.map { $0 * 1000 } ?? Int.max / 4
    return microseconds + min(gap, limit)
  }
}

/// A recorder whose times are those of a pace.
struct PacedRecorder: Recorder {
  private var recorder: any Recorder
  private var clock: PacedClock
  private let frameMin: Int
  private var held: Held?

  /// A picture that waits until its time is long enough, or another replaces it.
  private struct Held {
    var canvas: Canvas
    var theme: Theme
    var time: Int
    var sentences: [String]
  }

  init(_ recorder: any Recorder, _ pace: Pace) {
    self.recorder = recorder
    clock = PacedClock(pace)
    frameMin = pace.frameMinMilliseconds
  }

  mutating func show(
    _ canvas: Canvas, theme: Theme, at milliseconds: Int, sentences: [String],
  ) -> String {
    let time = clock.advance(to: milliseconds)
    guard frameMin > 0 else {
      return recorder.show(canvas, theme: theme, at: time, sentences: sentences)
    }
    var piece = ""
    var next = Held(canvas: canvas, theme: theme, time: time, sentences: sentences)
    if let held {
      if time >= held.time + frameMin {
        piece = recorder.show(
          held.canvas, theme: held.theme, at: held.time, sentences: held.sentences)
      } else {
        next.time = held.time
        next.sentences = held.sentences + sentences
      }
    }
    held = next
    return piece
  }

  mutating func note(_ text: String, at milliseconds: Int) {
    recorder.note(text, at: clock.milliseconds(at: milliseconds))
  }

  func ending(at milliseconds: Int) -> String {
    let time = clock.milliseconds(at: milliseconds)
    guard let held else { return recorder.ending(at: time) }
    var recorder = recorder
    let piece = recorder.show(
      held.canvas, theme: held.theme, at: held.time, sentences: held.sentences)
    return piece + recorder.ending(at: max(time, held.time + frameMin))
  }
}
