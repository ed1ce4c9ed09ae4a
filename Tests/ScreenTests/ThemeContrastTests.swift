import Screen
import Testing

/// That everybody can read every theme.
struct ThemeContrastTests {
  /// Ink and paper of a style where 256 colours exist, on the paper that the theme assumes.
  private func colors(_ theme: Theme, _ ink: Ink, _ modifiers: Modifiers = []) -> (
    ink: RGB, paper: RGB
  ) {
    let own =
      theme.paper == .light
      ? (ink: RGB(0, 0, 0), paper: RGB(255, 255, 255))
      : (ink: RGB(255, 255, 255), paper: RGB(0, 0, 0))
    let look = theme.style(ink, modifiers).resolved(for: .colors256)
    let pair = (
      ink: look.foreground.map(Palette.rgb) ?? own.ink,
      paper: look.background.map(Palette.rgb) ?? own.paper
    )
    return look.attributes.contains(.reverse) ? (pair.paper, pair.ink) : pair
  }

  private static let textInks: Set<Ink> = [
    .text, .dim, .title, .highlight, .selection, .warning, .error, .good, .key,
  ]

  private static let tested = Theme.all.filter { $0.paper != .any }

  @Test(arguments: tested)
  func `every ink stands out from the paper that is assumed`(_ theme: Theme) {
    for ink in Ink.allCases {
      let colors = colors(theme, ink)
      let ratio = ColorVision.contrast(colors.ink, colors.paper)
      #expect(ratio >= (Self.textInks.contains(ink) ? 4.5 : 3), "\(theme), \(ink)")
    }
  }

  @Test(arguments: tested)
  func `a cell of the map can be seen under the cursor and where two maps differ`(_ theme: Theme) {
    for ink in Ink.permissionClasses + Ink.overlayClasses {
      for modifiers in [Modifiers.selected, .differs] {
        let colors = colors(theme, ink, modifiers)
        let ratio = ColorVision.contrast(colors.ink, colors.paper)
        #expect(ratio >= 1.4, "\(theme), \(ink), \(modifiers.letter)")
      }
    }
  }

  @Test(arguments: ColorVision.allCases, [Theme.dark, .light, .colorblind])
  func `permission classes are far apart`(_ vision: ColorVision, _ theme: Theme) {
    // Those that show as the same glyph; RW X is a letter always, a hole a dot.
    let classes: [Ink] = [.rwNX, .roNX, .roX, .notPresent, .uncached]
    for (index, first) in classes.enumerated() {
      for second in classes.dropFirst(index + 1) {
        let distance = vision.distance(colors(theme, first).ink, colors(theme, second).ink)
        let least: Double = theme == .colorblind || vision == .ordinary ? 20 : 0
        #expect(distance >= least, "\(theme), \(vision): \(first), \(second)")
      }
    }
  }

  @Test(arguments: ColorVision.allCases, [Theme.dark, .light, .colorblind])
  func `classes of overlays are far apart`(_ vision: ColorVision, _ theme: Theme) {
    for (index, first) in Ink.overlayClasses.enumerated() {
      for second in Ink.overlayClasses.dropFirst(index + 1) {
        let distance = vision.distance(colors(theme, first).ink, colors(theme, second).ink)
        let least: Double = theme != .light || vision == .ordinary ? 20 : 0
        #expect(distance >= least, "\(theme), \(vision): \(first), \(second)")
      }
    }
  }

  @Test(arguments: ColorVision.allCases)
  func `in the colour-blind theme bars and verdicts are apart too`(_ vision: ColorVision) {
    let theme = Theme.colorblind
    for group in [[Ink.bar4K, .bar2M, .bar1G], [.good, .warning, .error], [.text, .key, .good]] {
      for (index, first) in group.enumerated() {
        for second in group.dropFirst(index + 1) {
          let distance = vision.distance(colors(theme, first).ink, colors(theme, second).ink)
          #expect(distance >= 20, "\(vision): \(first), \(second)")
        }
      }
    }
  }

  @Test func `the theme of the terminal uses its own colours only, and never black or white`() {
    for ink in Ink.allCases {
      for bits in 0..<Modifiers.combinationCount {
        let look = Theme.terminal.style(ink, Modifiers(rawValue: UInt8(bits)))
          .resolved(for: .colors256)
        #expect(look.background == nil)
        if let index = look.foreground { #expect((1...6).contains(index), "\(ink)") }
      }
    }
  }

  @Test(arguments: tested, [ColorDepth.colors8, .colors16])
  func `with few colours no ink is the paper's own colour`(_ theme: Theme, _ depth: ColorDepth) {
    let own: Set<UInt8> = theme.paper == .light ? [7, 15] : [0]
    for ink in Ink.allCases {
      let look = theme.style(ink).resolved(for: depth)
      guard look.background == nil, let index = look.foreground else { continue }
      #expect(!own.contains(index), "\(ink)")
    }
  }

  @Test(arguments: Theme.all, [ColorDepth.monochrome, .colors8, .colors16])
  func `with few colours the selection is seen`(_ theme: Theme, _ depth: ColorDepth) {
    for ink in Ink.allCases where ink != .selection {
      let plain = theme.style(ink).resolved(for: depth)
      let selected = theme.style(ink, .selected).resolved(for: depth)
      let turns =
        plain.attributes.contains(.reverse) != selected.attributes.contains(.reverse)
      #expect(turns || selected.background != plain.background, "\(theme), \(ink)")
      // Paper of the screen itself would hide it.
      if let ink = selected.foreground, let paper = selected.background { #expect(ink != paper) }
    }
  }
}
