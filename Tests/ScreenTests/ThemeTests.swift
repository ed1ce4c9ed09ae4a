import Screen
import Testing

extension Ink {
  /// The classes of overlays.
  static let overlayClasses = allCases.filter { $0.name.hasPrefix("overlay-") }
}

struct ThemeTests {
  private func looks(
    _ theme: Theme, _ inks: [Ink], _ depth: ColorDepth, _ modifiers: Modifiers = [],
  ) -> [ResolvedStyle] {
    inks.map { theme.style($0, modifiers).resolved(for: depth) }
  }

  @Test(arguments: Theme.all, ColorDepth.allCases)
  func `each permission class looks different`(_ theme: Theme, _ depth: ColorDepth) {
    let looks = looks(theme, Ink.permissionClasses, depth)
    #expect(Set(looks).count == Ink.permissionClasses.count)
  }

  @Test(arguments: Theme.all, ColorDepth.allCases)
  func `each class of an overlay looks different, and not as a hole`(
    _ theme: Theme, _ depth: ColorDepth,
  ) {
    let inks = Ink.overlayClasses + [.hole]
    #expect(inks.count == 11)
    #expect(Set(looks(theme, inks, depth)).count == inks.count)
  }

  @Test(arguments: ColorDepth.allCases.dropFirst())
  func `each permission class looks different under the cursor`(_ depth: ColorDepth) {
    let looks = looks(.dark, Ink.permissionClasses, depth, .selected)
    #expect(Set(looks).count == Ink.permissionClasses.count)
  }

  @Test(arguments: Theme.all, ColorDepth.allCases)
  func `every modifier changes the look of every ink`(_ theme: Theme, _ depth: ColorDepth) {
    for ink in Ink.allCases {
      let plain = theme.style(ink).resolved(for: depth)
      for modifiers in [Modifiers.changed, .flash, .selected, .differs, .next]
      where ink != .selection {
        #expect(theme.style(ink, modifiers).resolved(for: depth) != plain, "\(ink)")
      }
    }
  }

  @Test(arguments: Theme.all, ColorDepth.allCases)
  func `ink never falls together with its paper`(_ theme: Theme, _ depth: ColorDepth) {
    for ink in Ink.allCases {
      for bits in 0..<Modifiers.combinationCount {
        let look = theme.style(ink, Modifiers(rawValue: UInt8(bits))).resolved(for: depth)
        #expect(look.foreground == nil || look.foreground != look.background)
      }
    }
  }

  @Test(arguments: ColorDepth.allCases)
  func `colours stay within their depth`(_ depth: ColorDepth) {
    for ink in Ink.allCases {
      let look = Theme.dark.style(ink, .selected).resolved(for: depth)
      for index in [look.foreground, look.background].compactMap(\.self) {
        #expect(Int(index) < depth.rawValue)
      }
    }
  }

  @Test func `the classes have the colours of the product guide`() {
    let looks256 = looks(.dark, Ink.permissionClasses, .colors256)
    #expect(looks256.map(\.foreground) == [32, 36, 214, 196, 243, 81, 241])
    let looks8 = looks(.dark, Ink.permissionClasses, .colors8)
    #expect(looks8.map(\.foreground) == [4, 2, 3, 1, 5, 6, 7])
    for depth in ColorDepth.allCases {
      #expect(Theme.dark.style(.rwX).resolved(for: depth).attributes.contains(.reverse))
    }
  }

  @Test func `without colours a style is its attributes`() {
    let style = Style(
      Color(32, 12, 4), on: Color(0, 0, 0), .dim, addedIn8: .underline, monochrome: .bold)
    #expect(
      style.resolved(for: .monochrome)
        == ResolvedStyle(foreground: nil, background: nil, attributes: .bold))
    #expect(
      style.resolved(for: .colors8)
        == ResolvedStyle(foreground: 4, background: 0, attributes: [.dim, .underline]))
    #expect(
      style.resolved(for: .colors16)
        == ResolvedStyle(foreground: 12, background: 0, attributes: .dim))
    #expect(
      style.resolved(for: .colors256)
        == ResolvedStyle(foreground: 32, background: 0, attributes: .dim))
  }

  @Test func `a terminal has the largest depth its colours fill`() {
    let depths = [-1, 0, 7, 8, 15, 16, 88, 255, 256, 1 << 24].map(ColorDepth.init(colorCount:))
    #expect(
      depths == [
        .monochrome, .monochrome, .monochrome, .colors8, .colors8, .colors16, .colors16, .colors16,
        .colors256, .colors256,
      ])
  }

  @Test func `inks and modifiers have letters of their own`() {
    #expect(Set(Ink.allCases.map(\.letter)).count == Ink.allCases.count)
    let letters = (0..<Modifiers.combinationCount).map { Modifiers(rawValue: UInt8($0)).letter }
    #expect(Set(letters).count == Modifiers.combinationCount)
    let classLetters = Ink.permissionClasses.map { String($0.letter) }.joined()
    #expect(classLetters == "wrxW-u.")
  }
}
