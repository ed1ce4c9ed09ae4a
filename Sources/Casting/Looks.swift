public import Screen

/// The colours of a theme without a terminal's own: paper and ink, and what follows from them.
public struct Looks: Equatable, Sendable {
  /// The paper for styles that name none.
  public let paper: RGB
  /// The ink for styles that name none.
  public let ink: RGB
  /// The surroundings of the screen: the bar with the title.
  public let frame: RGB

  /// The colours for the paper of a theme; dark ones if it is made for any paper.
  public init(_ theme: Theme) {
    if theme.paper == .light {
      (paper, ink, frame) = (RGB(255, 255, 255), RGB(31, 35, 40), RGB(225, 228, 232))
    } else {
      (paper, ink, frame) = (RGB(18, 19, 22), RGB(204, 204, 204), RGB(44, 47, 53))
    }
  }

  /// The ink and the paper of a cell: reversed and faint if its style says so.
  public func colors(of style: ResolvedStyle) -> (ink: RGB, paper: RGB) {
    var ink = style.foreground.map(Palette.rgb) ?? self.ink
    var paper = style.background.map(Palette.rgb) ?? self.paper
    if style.attributes.contains(.reverse) { (ink, paper) = (paper, ink) }
    if style.attributes.contains(.dim) { ink = ink.halfway(to: paper) }
    return (ink, paper)
  }
}

extension RGB {
  /// `#rrggbb`, as ``init(hexadecimal:)`` reads it.
  var hexadecimal: String {
    let digits = String(
      UInt32(red) << 16 | UInt32(green) << 8 | UInt32(blue), radix: 16)
    return "#" + String(repeating: "0", count: 6 - digits.count) + digits
  }

  fileprivate func halfway(to other: RGB) -> RGB {
    func middle(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Int(a) + Int(b)) / 2) }
    return RGB(middle(red, other.red), middle(green, other.green), middle(blue, other.blue))
  }
}
