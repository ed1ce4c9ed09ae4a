/// Every ink with every set of modifiers, as one theme shows it at one depth of colour.
public struct StyleTable: Sendable {
  /// The theme the table was made from.
  public let theme: Theme
  private let styles: ContiguousArray<ResolvedStyle>

  /// Resolves a theme once, so that each cell is only a lookup.
  public init(_ theme: Theme, _ depth: ColorDepth) {
    self.theme = theme
    var styles: ContiguousArray<ResolvedStyle> = []
    styles.reserveCapacity(Ink.allCases.count * Modifiers.combinationCount)
    for ink in Ink.allCases {
      for bits in 0..<Modifiers.combinationCount {
        let modifiers = Modifiers(rawValue: UInt8(bits))
        let style = theme.style(ink, modifiers)
        styles.append(style.resolved(for: depth))
      }
    }
    self.styles = styles
  }

  /// How an ink looks with these modifiers.
  public subscript(ink: Ink, modifiers: Modifiers) -> ResolvedStyle {
    let bits = Int(modifiers.rawValue) & (Modifiers.combinationCount - 1)
    return styles[Int(ink.rawValue) * Modifiers.combinationCount + bits]
  }
}
