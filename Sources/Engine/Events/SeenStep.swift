/// Something that a real kernel was seen doing inside a call. It changes nothing by itself: what the kernel
/// had written by then are events of their own, before it.
///
/// Events hold no text: the number is the place of the function among those that its observation lists.
public enum SeenStep: Equatable, Sendable {
  /// A function was entered.
  case entered(Int32)
  /// It returned.
  case left(Int32)
  /// It wrote an entry that is watched.
  case wrote(Int32)
  /// It came to a line of its source.
  case reached(Int32)

  /// Whether it has a place of its own in the source, besides that of the function.
  public var isAtPlace: Bool {
    switch self {
    case .entered, .left: false
    case .wrote, .reached: true
    }
  }

  /// The place of the function among those of its observation.
  public var function: Int {
    switch self {
    case .entered(let place), .left(let place), .wrote(let place), .reached(let place): Int(place)
    }
  }
}
