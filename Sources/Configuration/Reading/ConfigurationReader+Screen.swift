import Interface
import Screen

extension ConfigurationReader {
  /// The settings of `[screen]`.
  static let screenSettings = [
    "theme", "colors", "glyphs", "mouse", "letters", "follow", "panel", "overlay",
    "caption-size", "speed",
  ]

  mutating func readScreen(_ entry: Entry) {
    guard entry.path.count == 2 else {
      let name = entry.path.dropFirst().first ?? "screen"
      tell(entry.line, "\(name) has no settings inside", "write \(name) = VALUE below [screen]")
      return
    }
    switch entry.path[1] {
    case "theme":
      guard case .string(let name) = entry.value else { return tell(entry, wants: "\"light\"") }
      result.theme = Setting(name, from: origin(entry))
    case "colors": read(entry, into: \.colors)
    case "glyphs": read(entry, into: \.glyphs)
    case "letters": read(entry, into: \.letters)
    case "panel": read(entry, into: \.panel)
    case "overlay": read(entry, into: \.overlay)
    case "mouse": readBoolean(entry, into: \.mouse)
    case "follow": readBoolean(entry, into: \.follow)
    case "speed":
      guard case .integer(let speed) = entry.value, (1...Configuration.speedMax).contains(speed)
      else { return tell(entry, wants: "a number from 1 to \(Configuration.speedMax)") }
      result.speed = Setting(speed, from: origin(entry))
    case "caption-size":
      guard case .integer(let number) = entry.value, let size = CaptionSize(rawValue: number)
      else { return tell(entry, wants: "a number from 1 to \(CaptionSize.allCases.count)") }
      result.captionSize = Setting(size, from: origin(entry))
    case let name:
      tell(
        entry.line, "[screen] has no setting '\(name)'", Self.hint(name, Self.screenSettings))
    }
  }

  /// One of a few words; true, false and numbers count as the words they look like.
  private mutating func read<Value>(
    _ entry: Entry, into target: WritableKeyPath<Configuration, Setting<Value>>,
  ) where Value: CaseIterable & RawRepresentable<String> {
    let names = Value.allCases.map(\.rawValue)
    let word: String
    switch entry.value {
    case .string(let text): word = text
    case .boolean(let value) where names.contains("true"): word = "\(value)"
    case .integer(let value) where names.contains("8"): word = "\(value)"
    default:
      return tell(entry, wants: "one of \(names.joined(separator: ", "))")
    }
    guard let value = Value(rawValue: word) else {
      tell(entry.line, "\(entry.path[1]) cannot be '\(word)'", Self.hint(word, names))
      return
    }
    result[keyPath: target] = Setting(value, from: origin(entry))
  }

  private mutating func readBoolean(
    _ entry: Entry, into target: WritableKeyPath<Configuration, Setting<Bool>>,
  ) {
    guard case .boolean(let value) = entry.value else { return tell(entry, wants: "true or false") }
    result[keyPath: target] = Setting(value, from: origin(entry))
  }
}
