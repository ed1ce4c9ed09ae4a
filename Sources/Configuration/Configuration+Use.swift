import Interface
import Language
import Screen

extension Configuration {
  /// The built-in themes, then the user's own.
  public var availableThemes: [Theme] { Theme.all + themes.map(\.theme) }

  /// Chooses a theme by its name; otherwise returns what is wrong with the name.
  public mutating func choose(theme name: String, from origin: Origin) -> String? {
    do throws(ChoiceError) {
      _ = try Choice.named(name, in: availableThemes, by: \.name, what: "theme")
      theme = Setting(name, from: origin)
      return nil
    } catch {
      return error.description
    }
  }

  /// The chosen theme.
  public var chosenTheme: Theme {
    availableThemes.first { $0.name == theme.value } ?? .dark
  }

  /// The initial state of the screen.
  public var viewOptions: ViewOptions {
    var options = ViewOptions()
    options.themes = availableThemes
    options.theme = chosenTheme
    options.usesMouse = mouse.value
    options.followsChanges = follow.value
    options.sidePanel = panel.value
    options.overlay = overlay.value
    options.captionSize = captionSize.value
    options.bandsCaptions = captionSize.value > .text
    options.showsLetters = letters.value == .always
    return options
  }

  /// What the screen says about problems; nil if there are none.
  public static func notice(_ problems: [ConfigurationProblem]) -> String? {
    guard let file = problems.first?.file else { return nil }
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return "\(problems.count == 1 ? "1 problem" : "\(problems.count) problems") in \(name); "
      + "directmap config lists \(problems.count == 1 ? "it" : "them")"
  }
}
