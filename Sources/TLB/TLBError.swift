public import Engine

/// Why accesses cannot be made. Nothing has changed.
public enum TLBError: Error, Equatable, Sendable {
  /// The target is not on this machine.
  case target(Call.Target, CallError)
  /// The target has no page.
  case nothingToTouch
  /// There is no live area.
  case noAreas
  /// A list without an address.
  case emptyList
  /// A number of accesses that is 0 or too large.
  case accesses(UInt64, limit: UInt64)
  /// A step of 0 bytes, or one longer than the accessed memory.
  case step(UInt64, limit: UInt64)
}

extension TLBError: CustomStringConvertible {
  /// The reason and the way out, in one line.
  public var description: String {
    switch self {
    case .target(_, let error): error.description
    case .nothingToTouch: "there is no page to touch; name a target with at least one"
    case .noAreas:
      "no area lives, so there is no module to touch; load one, or name another pattern"
    case .emptyList: "the list has no address; give at least one"
    case .accesses(let count, let limit):
      "\(count) accesses cannot be made; ask for 1 to \(limit)"
    case .step(let bytes, let limit):
      "a step of \(bytes) bytes does not fit; give 1 to \(limit)"
    }
  }
}
