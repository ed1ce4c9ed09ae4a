import Screen

/// A user's own theme while its settings are read.
struct ThemeDraft {
  var name: String
  var line: Int
  var base = Theme.dark
  var changes: [OwnTheme.Change] = []
}

extension ConfigurationReader {
  /// The settings of an ink.
  static let inkSettings =
    ["ink", "ink16", "ink8", "paper", "paper16", "paper8"] + OwnTheme.attributes.map(\.name)

  /// The maximum number of a user's own themes.
  private static let themeLimit = 64

  /// Begins a theme, if it has not begun yet; nil if there are too many.
  @discardableResult
  mutating func draft(_ name: String, _ line: Int) -> Int? {
    if let index = drafts.firstIndex(where: { $0.name == name }) { return index }
    guard drafts.count < Self.themeLimit else {
      tell(line, "there are more than \(Self.themeLimit) themes", "leave some out")
      return nil
    }
    drafts.append(ThemeDraft(name: name, line: line))
    return drafts.count - 1
  }

  mutating func readTheme(_ entry: Entry) {
    guard entry.path.count >= 3 else {
      tell(entry.line, "a theme needs a name", "write its settings below [themes.NAME]")
      return
    }
    guard let index = draft(entry.path[1], entry.line) else { return }
    if entry.path.count == 3, entry.path[2] == "base" { return readBase(entry, index) }
    guard let ink = Ink.allCases.first(where: { $0.name == entry.path[2] }) else {
      let names = Ink.allCases.map(\.name) + ["base"]
      tell(entry.line, "no ink is called '\(entry.path[2])'", Self.hint(entry.path[2], names))
      return
    }
    guard entry.path.count <= 4 else {
      tell(
        entry.line, "\(TomlDocument.text(entry.path)) has no meaning",
        "write \(ink.name) = { ink = 208 }")
      return
    }
    let place = drafts[index].changes.firstIndex { $0.ink == ink }
    var change = place.map { drafts[index].changes[$0] } ?? OwnTheme.Change(ink)
    // A single colour means the ink.
    let setting = entry.path.count == 3 ? "ink" : entry.path[3]
    guard read(setting, entry, into: &change) else { return }
    if let place {
      drafts[index].changes[place] = change
    } else {
      drafts[index].changes.append(change)
    }
  }

  private mutating func readBase(_ entry: Entry, _ index: Int) {
    guard case .string(let name) = entry.value else { return tell(entry, wants: "\"dark\"") }
    guard let base = Theme.all.first(where: { $0.name == name }) else {
      tell(
        entry.line, "no theme that a theme can begin with is called '\(name)'",
        Self.hint(name, Theme.all.map(\.name)))
      return
    }
    drafts[index].base = base
  }

  /// One setting of an ink; false, and a problem, for what cannot be used.
  private mutating func read(
    _ setting: String, _ entry: Entry, into change: inout OwnTheme.Change,
  ) -> Bool {
    if let attribute = OwnTheme.attributes.first(where: { $0.name == setting })?.attribute {
      guard case .boolean(let isWanted) = entry.value else {
        tell(entry, wants: "true or false")
        return false
      }
      if isWanted { change.wanted.insert(attribute) } else { change.unwanted.insert(attribute) }
      return true
    }
    switch setting {
    case "ink": return readColor(entry, into: &change.foreground)
    case "paper": return readColor(entry, into: &change.background)
    case "ink16": return readIndex(entry, below: 16, into: &change.foreground.index16)
    case "ink8": return readIndex(entry, below: 8, into: &change.foreground.index8)
    case "paper16": return readIndex(entry, below: 16, into: &change.background.index16)
    case "paper8": return readIndex(entry, below: 8, into: &change.background.index8)
    default:
      tell(entry.line, "an ink has no setting '\(setting)'", Self.hint(setting, Self.inkSettings))
      return false
    }
  }

  private mutating func readColor(_ entry: Entry, into change: inout OwnTheme.ColorChange) -> Bool {
    switch entry.value {
    case .integer(let index) where (0...255).contains(index): change.index256 = index
    case .string("default"): change.isTerminalDefault = true
    case .string(let text):
      guard let color = RGB(hexadecimal: text) else { fallthrough }
      change.index256 = Int(Palette.nearest256(color))
    default:
      tell(
        entry.line, "\(TomlDocument.text(entry.path)) is no colour",
        "write a number from 0 to 255, \"#rrggbb\" or \"default\"")
      return false
    }
    return true
  }

  private mutating func readIndex(_ entry: Entry, below count: Int, into index: inout Int?) -> Bool
  {
    guard case .integer(let value) = entry.value, (0..<count).contains(value) else {
      tell(
        entry.line, "\(TomlDocument.text(entry.path)) is no colour of \(count)",
        "write a number from 0 to \(count - 1)")
      return false
    }
    index = value
    return true
  }

  /// Makes the themes, and finds the requested one.
  mutating func finishThemes() {
    for draft in drafts {
      if Theme.all.contains(where: { $0.name == draft.name }) {
        tell(draft.line, "the theme \(draft.name) is built in", "choose another name for your own")
        continue
      }
      result.themes.append(
        OwnTheme(
          name: draft.name, base: draft.base, changes: draft.changes,
          from: .line(draft.line, file: file)))
    }
    let names = result.availableThemes.map(\.name)
    guard case .line(let line, _) = result.theme.origin, !names.contains(result.theme.value) else {
      return
    }
    tell(line, "no theme is called '\(result.theme.value)'", Self.hint(result.theme.value, names))
    result.theme = Configuration().theme
  }
}
