import Screen

/// Selects one picture of a recording.
public enum StillChoice: Equatable, Sendable {
  /// By its number, from 1 on.
  case number(Int)
  /// The one that is visible at a time, in milliseconds of the file.
  case time(Int)
  /// By the number of its marker, from 1 on.
  case marker(Int)
  /// The last one.
  case last

  /// Reads `12`, `4.5s`, `m3` (at the third marker) or `last`; nil for everything else.
  public init?(_ text: String) {
    if text == "last" {
      self = .last
    } else if text.hasPrefix("m") {
      guard let number = Int(text.dropFirst()), number > 0 else { return nil }
      self = .marker(number)
    } else if text.hasSuffix("s") {
      guard let seconds = Double(text.dropLast()), (0...1_000_000).contains(seconds) else {
        return nil
      }
      self = .time(Int((seconds * 1000).rounded()))
    } else {
      guard let number = Int(text), number > 0 else { return nil }
      self = .number(number)
    }
  }
}

/// A recorder that shows one picture of many, as if there were no others. If the recording does not
/// have it, the result is empty.
struct StillRecorder: Recorder {
  private let recorder: any Recorder
  private let choice: StillChoice
  private var last: Canvas?
  private var count = 0
  private var markers = 0
  private var chosen: (canvas: Canvas, theme: Theme, sentences: [String])?

  init(_ recorder: any Recorder, _ choice: StillChoice) {
    self.recorder = recorder
    self.choice = choice
  }

  mutating func show(
    _ canvas: Canvas, theme: Theme, at milliseconds: Int, sentences: [String],
  ) -> String {
    if last != canvas || !sentences.isEmpty { count += 1 }
    last = canvas
    let before = markers
    markers += sentences.count
    let isChosen =
      switch choice {
      case .number(let number): count == number
      case .marker(let number): before < number && number <= markers
      case .time(let time): milliseconds <= time
      case .last: true
      }
    if isChosen { chosen = (canvas, theme, sentences) }
    return ""
  }

  func ending(at milliseconds: Int) -> String {
    guard let chosen else { return "" }
    var recorder = recorder
    let piece = recorder.show(
      chosen.canvas, theme: chosen.theme, at: 0, sentences: chosen.sentences)
    return piece + recorder.ending(at: 0)
  }
}
