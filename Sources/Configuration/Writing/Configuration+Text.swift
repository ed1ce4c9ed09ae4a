import Interface
import Keys
import Lanes
import Screen

extension Configuration {
  /// The whole configuration as a file that reproduces it, with the origin of every setting.
  public var text: String {
    var lines = ["# What holds, and behind each setting where it comes from.", "", "[screen]"]
    lines += [
      line("theme", TomlValue.quoted(theme.value), theme.origin),
      line("colors", TomlValue.quoted(colors.value.rawValue), colors.origin),
      line("glyphs", TomlValue.quoted(glyphs.value.rawValue), glyphs.origin),
      line("mouse", "\(mouse.value)", mouse.origin),
      line(
        "letters",
        letters.value == .auto ? TomlValue.quoted("auto") : letters.value.rawValue, letters.origin),
      line("follow", "\(follow.value)", follow.origin),
      line("panel", TomlValue.quoted(panel.value.rawValue), panel.origin),
      line("overlay", TomlValue.quoted(overlay.value.rawValue), overlay.origin),
      line("caption-size", "\(captionSize.value.rawValue)", captionSize.origin),
      line("speed", "\(speed.value)", speed.origin),
      "", "[keys]",
    ]
    for binding in keymap.bindings {
      let keys = binding.inputs.map { TomlValue.quoted($0.name) }.joined(separator: ", ")
      lines.append(
        line(binding.action.name, "[\(keys)]", keyOrigins[binding.action.name] ?? .standard))
    }
    for theme in themes { lines += ["", ""].dropLast() + text(of: theme) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ name: String, _ value: String, _ origin: Origin) -> String {
    let setting = "\(name) = \(value)"
    // A name may contain anything; a comment ends with its line.
    let words = origin.description.unicodeScalars.map {
      $0.value < 0x20 || $0.value == 0x7f ? "?" : $0
    }
    var comment = String.UnicodeScalarView()
    comment.append(contentsOf: words)
    let gap = String(repeating: " ", count: max(2, 32 - setting.count))
    return "\(setting)\(gap)# \(String(comment))"
  }

  private func text(of theme: OwnTheme) -> [String] {
    let head = TomlDocument.text(["themes", theme.name])
    var lines = [line("base", TomlValue.quoted(theme.base.name), theme.origin)]
    for change in theme.changes {
      var settings = color("ink", change.foreground) + color("paper", change.background)
      for (name, attribute) in OwnTheme.attributes {
        if change.unwanted.contains(attribute) {
          settings.append("\(name) = false")
        } else if change.wanted.contains(attribute) {
          settings.append("\(name) = true")
        }
      }
      lines.append("\(change.ink.name) = { \(settings.joined(separator: ", ")) }")
    }
    return ["[\(head)]"] + lines
  }

  private func color(_ name: String, _ change: OwnTheme.ColorChange) -> [String] {
    var settings: [String] = []
    if change.isTerminalDefault {
      settings.append("\(name) = \"default\"")
    } else if let index = change.index256 {
      settings.append("\(name) = \(index)")
    }
    if let index = change.index16 { settings.append("\(name)16 = \(index)") }
    if let index = change.index8 { settings.append("\(name)8 = \(index)") }
    return settings
  }
}
