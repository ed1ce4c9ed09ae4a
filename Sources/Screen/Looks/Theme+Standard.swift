extension Theme {
  /// The default: the colours of Okabe and Ito, on the terminal's own, dark paper.
  public static let dark = Theme(name: "dark", style: darkStyle)

  /// No colours at any depth; attributes and letters show everything.
  public static let monochrome = Theme(name: "monochrome", assumes: .any, differing: nil) { ink in
    let attributes = darkStyle(ink).attributesMonochrome
    return Style(.terminal, on: .terminal, attributes, monochrome: attributes)
  }

  /// The themes that can be named in the configuration.
  public static let all: [Theme] = [dark, light, colorblind, terminal, monochrome]

  private static func darkStyle(_ ink: Ink) -> Style {
    switch ink {
    case .text: Style()
    case .dim: Style(Color(245, 8, 7), monochrome: .dim)
    case .title: Style(Color(231, 15, 7), .bold, monochrome: .bold)
    case .border: Style(Color(242, 8, 7), monochrome: .dim)
    case .borderActive: Style(Color(75, 14, 6), .bold, monochrome: .bold)
    case .highlight: Style(Color(16, 0, 0), on: Color(227, 11, 3), monochrome: [.bold, .underline])
    case .selection: Style(Color(16, 0, 0), on: Color(255, 15, 7), monochrome: .reverse)
    case .warning: Style(Color(214, 11, 3), .bold, monochrome: .bold)
    case .error: Style(Color(203, 9, 1), .bold, monochrome: [.bold, .reverse])
    case .good: Style(Color(36, 10, 2), monochrome: [])
    case .key: Style(Color(227, 11, 3), .bold, monochrome: .bold)
    // Bars of sizes are grey: colours mean permissions.
    case .bar4K: Style(Color(243, 8, 7), monochrome: .dim)
    case .bar2M: Style(Color(248, 7, 7), monochrome: [])
    case .bar1G: Style(Color(231, 15, 7), monochrome: .bold)
    case .rwNX, .roNX, .roX, .rwX, .notPresent, .uncached, .hole: darkClassStyle(ink)
    case .overlay1, .overlay2, .overlay3, .overlay4, .overlay5, .overlay6, .overlay7, .overlay8,
      .overlay9, .overlay10:
      darkOverlayStyle(ink)
    }
  }

  /// The ten colours of 256 that are furthest apart, for eyes that lack a kind of cones too.
  private static func darkOverlayStyle(_ ink: Ink) -> Style {
    switch ink {
    case .overlay1: Style(Color(115, 2, 2), monochrome: [])
    case .overlay2: Style(Color(148, 10, 2), addedIn8: .bold, monochrome: .bold)
    case .overlay3: Style(Color(59, 8, 7), addedIn8: .dim, monochrome: [.dim, .underline])
    case .overlay4: Style(Color(25, 4, 4), monochrome: .underline)
    case .overlay5: Style(Color(93, 5, 5), monochrome: [.bold, .underline])
    case .overlay6: Style(Color(37, 6, 6), monochrome: [.dim, .reverse])
    case .overlay7: Style(Color(213, 13, 5), addedIn8: .bold, monochrome: [.underline, .reverse])
    case .overlay8: Style(Color(179, 11, 3), addedIn8: .bold, monochrome: .reverse)
    case .overlay9: Style(Color(160, 1, 1), monochrome: [.bold, .underline, .reverse])
    default: Style(Color(101, 3, 3), monochrome: [.bold, .reverse])
    }
  }

  /// The table of permission classes in the product guide.
  private static func darkClassStyle(_ ink: Ink) -> Style {
    switch ink {
    case .rwNX: Style(Color(32, 12, 4))
    case .roNX: Style(Color(36, 2, 2), monochrome: .underline)
    case .roX: Style(Color(214, 11, 3), monochrome: .bold)
    case .rwX: Style(Color(196, 9, 1), [.bold, .reverse], monochrome: [.bold, .reverse])
    case .notPresent:
      Style(Color(243, 8, 5), monochrome: [.dim, .underline])
    case .uncached: Style(Color(81, 14, 6), monochrome: [.bold, .underline])
    default: Style(Color(241, 7, 7), monochrome: .dim)
    }
  }
}
