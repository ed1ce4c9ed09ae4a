extension Theme {
  /// The colours of Okabe and Ito, chosen so that people who cannot tell red from green can
  /// distinguish all classes; on dark paper.
  ///
  /// Source: M. Okabe and K. Ito, Color Universal Design, 2008. Their blue, bluish green, yellow,
  /// vermillion and sky blue are the classes, by the nearest of 256.
  public static let colorblind = Theme(
    name: "colorblind", differing: Style(Color(231, 15, 7), on: Color(53, 5, 5))
  ) { ink in
    switch ink {
    case .good: Style(Color(74, 14, 6), monochrome: [])
    case .warning: Style(Color(220, 11, 3), .bold, monochrome: .bold)
    case .error: Style(Color(202, 9, 1), [.bold, .underline], monochrome: [.bold, .reverse])
    case .bar4K: Style(Color(242, 8, 7), monochrome: .dim)
    case .rwNX: Style(Color(26, 12, 4))
    case .roNX: Style(Color(35, 2, 2), monochrome: .underline)
    case .roX: Style(Color(178, 11, 3), monochrome: .bold)
    case .rwX: Style(Color(202, 9, 1), [.bold, .reverse], monochrome: [.bold, .reverse])
    case .notPresent: Style(Color(243, 8, 5), monochrome: [.dim, .underline])
    case .uncached: Style(Color(74, 14, 6), monochrome: [.bold, .underline])
    default: dark.style(ink)
    }
  }
}
