extension Theme {
  /// For terminals with light paper.
  public static let light = Theme(
    name: "light", assumes: .light, differing: Style(Color(16, 0, 0), on: Color(225, 13, 5))
  ) { ink in
    switch ink {
    case .text: Style()
    case .dim: Style(Color(240, 8, 0), monochrome: .dim)
    case .title: Style(Color(16, 0, 0), .bold, monochrome: .bold)
    case .border: Style(Color(244, 8, 0), monochrome: .dim)
    case .borderActive: Style(Color(25, 4, 4), .bold, monochrome: .bold)
    case .highlight: Style(Color(16, 0, 0), on: Color(220, 11, 3), monochrome: [.bold, .underline])
    case .selection: Style(Color(16, 0, 0), on: Color(153, 14, 6), monochrome: .reverse)
    case .warning: Style(Color(130, 3, 1), .bold, monochrome: .bold)
    case .error: Style(Color(160, 1, 1), [.bold, .underline], monochrome: [.bold, .reverse])
    case .good: Style(Color(28, 2, 2), monochrome: [])
    case .key: Style(Color(90, 5, 5), .bold, monochrome: .bold)
    case .bar4K: Style(Color(245, 8, 0), monochrome: .dim)
    case .bar2M: Style(Color(240, 8, 0), monochrome: [])
    case .bar1G: Style(Color(16, 0, 0), monochrome: .bold)
    case .rwNX: Style(Color(26, 4, 4))
    case .roNX: Style(Color(28, 2, 2), monochrome: .underline)
    case .roX: Style(Color(166, 3, 3), monochrome: .bold)
    case .rwX: Style(Color(160, 1, 1), [.bold, .reverse], monochrome: [.bold, .reverse])
    case .notPresent: Style(Color(241, 0, 0), addedIn8: .bold, monochrome: [.dim, .underline])
    case .uncached: Style(Color(97, 5, 5), monochrome: [.bold, .underline])
    case .hole: Style(Color(245, 8, 0), monochrome: .dim)
    case .overlay1: Style(Color(28, 2, 2), monochrome: [])
    case .overlay2: Style(Color(65, 10, 2), addedIn8: .bold, monochrome: .bold)
    case .overlay3: Style(Color(16, 0, 0), addedIn8: .bold, monochrome: [.dim, .underline])
    case .overlay4: Style(Color(20, 4, 4), monochrome: .underline)
    case .overlay5: Style(Color(201, 5, 5), monochrome: [.bold, .underline])
    case .overlay6: Style(Color(32, 6, 6), monochrome: [.dim, .reverse])
    case .overlay7: Style(Color(198, 13, 5), addedIn8: .bold, monochrome: [.underline, .reverse])
    case .overlay8: Style(Color(100, 3, 3), monochrome: .reverse)
    case .overlay9: Style(Color(131, 1, 1), monochrome: [.bold, .underline, .reverse])
    case .overlay10: Style(Color(166, 9, 1), addedIn8: .bold, monochrome: [.bold, .reverse])
    }
  }
}
