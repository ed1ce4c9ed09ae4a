import Screen

/// How large the letters of a caption in a band are.
public enum CaptionSize: Int, CaseIterable, Comparable, Sendable {
  /// The letters of all other text.
  case text = 1
  /// Three columns by four rows: as narrow as the letters of the terminal, four times as high.
  case narrow
  /// Six columns by four rows.
  case wide
  /// Twelve columns by eight rows, for short captions on large screens.
  case huge

  /// Whether a size is smaller.
  public static func < (a: CaptionSize, b: CaptionSize) -> Bool { a.rawValue < b.rawValue }

  /// The dots of its letters; nil for ordinary letters.
  package var scale: LargeText.Scale? {
    switch self {
    case .text: nil
    case .narrow: LargeText.Scale(halfColumns: 1, halfRows: 1)
    case .wide: LargeText.Scale(halfColumns: 2, halfRows: 1)
    case .huge: LargeText.Scale(halfColumns: 4, halfRows: 2)
    }
  }

  /// The size that a text names, from 1 to 4.
  init?(_ text: String) {
    guard let number = Int(text), let size = CaptionSize(rawValue: number) else { return nil }
    self = size
  }

  /// What all of them are called.
  static var words: String { "1 to \(allCases.count)" }
}

extension Model {
  /// Shows captions in a band with letters of a size.
  mutating func showCaptions(_ size: CaptionSize) {
    options.captionSize = size
    options.bandsCaptions = true
    say(
      size == .text
        ? "captions show in a band"
        : "captions show in a band, in letters of size \(size.rawValue) where they fit")
  }

  /// Shows captions in a band, or beside the map; with a count in a band, in letters of that size.
  mutating func toggleBand() {
    if let count {
      self.count = nil
      guard let size = CaptionSize(rawValue: Int(clamping: count)) else {
        return say("the size of captions is \(CaptionSize.words)", .failed)
      }
      return showCaptions(size)
    }
    options.bandsCaptions.toggle()
    guard options.bandsCaptions else { return say("captions show beside the map") }
    showCaptions(options.captionSize)
  }
}
