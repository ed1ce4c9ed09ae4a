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

  /// The place of the function among those of its observation.
  public var function: Int {
    switch self {
    case .entered(let place), .left(let place), .wrote(let place): Int(place)
    }
  }
}
