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
    showOverlay()
    playback.index = min(max(0, paceIndex), Playback.paces.count - 1)
    if let text { say(text, .failed) }
  }

  /// Fits the screen to a terminal: without colours, permissions show as letters.
  public mutating func adapt(to depth: ColorDepth) {
    if depth == .monochrome || options.theme == .monochrome { options.showsLetters = true }
  }
}
