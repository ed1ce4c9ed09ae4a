extension Expression {
  /// A property of an area; raw values are the names.
  public enum AreaProperty: String, CaseIterable, Sendable {
    /// The bytes that nobody asked for.
    case wasted
    /// How many 4K entries map it.
    case leaves4K = "leaves_4K"
    /// How many 2M leaves map it.
    case leaves2M = "leaves_2M"
    /// How many 1G leaves map it.
    case leaves1G = "leaves_1G"
    /// How many bytes more the fullest node has of it than the emptiest.
    case imbalance
    /// The address of its first page.
    case start

    /// What the property is, in one line.
    var help: String {
      switch self {
      case .wasted: "Bytes of an area that nobody asked for."
      case .leaves4K: "4K entries that map an area."
      case .leaves2M: "2M leaves that map an area."
      case .leaves1G: "1G leaves that map an area."
      case .imbalance: "Bytes of an area that the fullest node has more than the emptiest."
      case .start: "The address of an area's first page."
      }
    }
  }
}
