import Keys
import Screen

extension Model {
  /// Takes over what a user has chosen: keys, looks, how fast time passes from 0 on, and what is to be
  /// said about these choices.
  public mutating func adopt(
    keymap: Keymap, options: ViewOptions, paceIndex: Int, notice text: String? = nil,
  ) {
    self.keymap = keymap
    // What stands beside the map at its beginning, and what colours mean, a lesson has chosen.
    let panel = lesson == nil ? options.sidePanel : self.options.sidePanel
    let overlay = lesson == nil ? options.overlay : self.options.overlay
    self.options = options
    self.options.sidePanel = panel
    self.options.overlay = overlay
    self.options.terminalPaper = options.theme.paper
    showOverlay()
    playback.index = min(max(0, paceIndex), Playback.paces.count - 1)
    if let text { say(text, .failed) }
  }

  /// Fits the screen to a terminal: without colours, permissions show as letters.
  public mutating func adapt(to depth: ColorDepth) {
    options.lacksColors = depth == .monochrome
  }

  /// Whether permissions show as letters: as chosen, and always where there are no colours, as the full
  /// blocks of the classes would all look alike.
  package var showsLetters: Bool { options.showsLetters || hasNoColors }

  /// Whether neither the terminal nor the theme has colours.
  package var hasNoColors: Bool { options.lacksColors || options.theme == .monochrome }

  /// Shows another theme. One that is made for another paper than the terminal has brings its own.
  mutating func show(_ theme: Theme) {
    let needsPaper = theme.paper != .any && theme.paper != options.terminalPaper
    options.theme = needsPaper ? theme.painted : theme
    say("theme \(theme.name)" + (needsPaper ? ", on its own background" : ""))
  }
}
