import Interface
import Keys
import Lanes
import Screen

/// The tables of `docs/configuration.md`, generated from the program's own data.
public enum ConfigurationTables {
  /// The tables by the names of their places in the page.
  public static var all: [(name: String, text: String)] {
    [("screen", screen), ("keys", keys), ("themes", themes), ("inks", inks)]
  }

  private static var screen: String {
    let standard = Configuration()
    func words<Value: CaseIterable & RawRepresentable<String>>(_ type: Value.Type) -> String {
      type.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
    }
    let rows: [(String, String, String, String)] = [
      (
        "theme", "the name of a theme", standard.theme.value,
        "the colours and attributes of all inks"
      ),
      (
        "colors", words(Configuration.Colors.self), standard.colors.value.rawValue,
        "the number of colours"
      ),
      (
        "glyphs", words(Configuration.GlyphChoice.self), standard.glyphs.value.rawValue,
        "blocks and lines, or ASCII; `auto` follows the locale"
      ),
      ("mouse", "`true`, `false`", "\(standard.mouse.value)", "whether the mouse is on"),
      (
        "letters", words(Configuration.Letters.self), standard.letters.value.rawValue,
        "permissions as letters; `auto`: only without colours"
      ),
      (
        "follow", "`true`, `false`", "\(standard.follow.value)",
        "whether the selection follows changes"
      ),
      ("panel", words(SidePanel.self), standard.panel.value.rawValue, "the panel beside the map"),
      (
        "overlay", words(MapOverlay.self), standard.overlay.value.rawValue,
        "what the colours of the map mean"
      ),
      (
        "caption-size", "1 to \(CaptionSize.allCases.count)",
        "\(standard.captionSize.value.rawValue)",
        "the size of the letters of captions; from 2 on they are large and in a band"
      ),
      (
        "speed", "1 to \(Configuration.speedMax)", "\(standard.speed.value)", "the speed of playing"
      ),
    ]
    return "| setting | values | default | what it sets |\n|---|---|---|---|\n"
      + rows.map { "| `\($0.0)` | \($0.1) | `\($0.2)` | \($0.3) |\n" }.joined()
  }

  private static var keys: String {
    "| action | keys | what it does |\n|---|---|---|\n"
      + Keymap.standard.bindings.map { binding in
        let keys = binding.inputs.map { "`\($0.name)`" }.joined(separator: " ")
        return "| `\(binding.action.name)` | \(keys) | \(binding.help) |\n"
      }.joined()
  }

  private static var themes: String {
    "| theme | made for |\n|---|---|\n"
      + Theme.all.map { theme in
        let paper =
          switch theme.paper {
          case .dark: "dark paper"
          case .light: "light paper"
          case .any: "any paper"
          }
        return "| `\(theme.name)` | \(paper) |\n"
      }.joined()
  }

  private static var inks: String {
    "| ink | what it is for |\n|---|---|\n"
      + Ink.allCases.map { "| `\($0.name)` | \($0.use) |\n" }.joined()
  }
}
