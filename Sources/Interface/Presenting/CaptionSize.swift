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
  var scale: LargeText.Scale? {
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

/// The lines of a caption in a band, in letters of the largest size that fits.
struct CaptionBand: Equatable {
  /// The size of the letters.
  let size: CaptionSize
  /// The lines from the top.
  let lines: [String]
  /// The rows of a line.
  let rowsOfLine: Int
  /// The rows of the whole band.
  let height: Int

  /// Lays a caption out.
  ///
  /// Large letters may take two thirds of the rows of the screen. A caption that needs more, or has a
  /// character without a large letter, takes the next smaller size; ordinary letters fit always.
  ///
  /// - Parameter chosen: the size that is wanted.
  init(_ text: CaptionText, _ chosen: CaptionSize, on screen: Size, _ glyphs: Glyphs) {
    let paragraphs = text.allText.filter { !$0.isEmpty }
    for size in CaptionSize.allCases.reversed() where size <= chosen {
      guard let scale = size.scale else { continue }
      let pieces = paragraphs.map {
        LargeText.evenLines($0, width: screen.width - 2, scale, glyphs)
      }
      guard !pieces.contains(nil) else { continue }
      let lines = pieces.compactMap(\.self).flatMap(\.self)
      let rows = LargeText.rows(scale, glyphs)
      let most = screen.height * 2 / 3
      guard lines.count * rows <= most else { continue }
      (self.size, self.lines, rowsOfLine) = (size, lines, rows)
      height = min(most, lines.count * rows + 2)
      return
    }
    size = .text
    lines = paragraphs.flatMap { TextWrap.lines($0, width: max(1, screen.width - 6)) }
    rowsOfLine = 1
    height = min(lines.count + 2, screen.height / 2)
  }
}

/// A caption in a band of the full width: the words in the middle, on the paper that stands out most.
struct BandView: View {
  let band: CaptionBand
  /// The ink of band and words.
  let ink: Ink

  func draw(on canvas: inout Canvas, in area: Rect) {
    canvas.fill(area, with: Cell(" ", ink: ink))
    let top = max(0, (area.height - band.lines.count * band.rowsOfLine) / 2)
    for (index, line) in band.lines.enumerated() {
      let row = top + index * band.rowsOfLine
      guard let scale = band.size.scale else {
        canvas.put(line, in: area, row: row, alignment: .center, ink: ink)
        continue
      }
      let columns = LargeText.columns(line, scale, canvas.glyphs) ?? 0
      canvas.put(
        large: line, x: area.x + max(0, (area.width - columns) / 2), y: area.y + row, scale,
        ink: ink)
    }
  }
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
