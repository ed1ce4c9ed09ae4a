import Keys
import Screen

// The help over the screen: paging, and looking for words.

extension Model {
  /// How many lines of the help show at a time.
  private var helpRows: Int { HelpPage.rows(in: size) }

  /// A key in the help.
  mutating func receiveInHelp(_ input: Input, _ old: HelpPlace) -> [Effect] {
    var place = old
    let last = max(0, HelpPage.lines(keymap).count - helpRows)
    // A row stays in sight, so that the eye finds the way on.
    let page = max(1, helpRows - 1)
    if let first = scrolled(input, from: place.first, last: last, page: page) {
      place.first = first
      replaceTop(with: .help(place))
      return place == old ? [.bell] : []
    }
    switch meaning(inList: input) {
    case .search:
      layers.append(.line(LineEditor(.help)))
      return []
    case .nextChange where !old.search.isEmpty:
      return goOnInHelp(old, forwards: true)
    case .previousChange where !old.search.isEmpty:
      return goOnInHelp(old, forwards: false)
    case .leave: return [.quit(0)]
    default:
      close()
      return []
    }
  }

  /// Where a key scrolls lines to: the new first line; nil for a key that does not scroll.
  ///
  /// - Parameters:
  ///   - last: the last line that may be the first.
  ///   - page: how many lines a page goes on by.
  func scrolled(_ input: Input, from first: Int, last: Int, page: Int) -> Int? {
    switch input == .character(" ") ? .pageDown : meaning(inList: input) {
    case .down: min(first + 1, last)
    case .up: max(0, first - 1)
    case .pageDown: min(first + page, last)
    case .pageUp: max(0, first - page)
    case .first: 0
    case .last: last
    default: nil
    }
  }

  private mutating func goOnInHelp(_ place: HelpPlace, forwards: Bool) -> [Effect] {
    guard let found = helpLine(with: place.search, from: place.first, forwards: forwards) else {
      return [.bell]
    }
    var place = place
    place.first = found
    replaceTop(with: .help(place))
    return []
  }

  /// Shows the next line of the help that has these words; what is wrong otherwise.
  mutating func findInHelp(_ text: String) -> String? {
    let words = text.trimmed
    guard !words.isEmpty else { return nil }
    for index in layers.indices.reversed() {
      guard case .help(var place) = layers[index] else { continue }
      guard let found = helpLine(with: words, from: place.first, forwards: true) else {
        return "no line of the help has \(words)"
      }
      place.first = found
      place.search = words
      layers[index] = .help(place)
      return nil
    }
    return nil
  }

  /// The next line with these words, small letters or capitals; at the end it goes on at the beginning.
  private func helpLine(with words: String, from first: Int, forwards: Bool) -> Int? {
    let lines = HelpPage.lines(keymap)
    let count = lines.count
    return (1...max(1, count)).lazy
      .map { (first + (forwards ? $0 : count - $0)) % count }
      .first { lines[$0].has(words) }
  }
}
