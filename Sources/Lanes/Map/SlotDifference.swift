import Engine

/// How a slot of one variant differs from the same slot of another.
public enum SlotDifference: Equatable, Sendable {
  /// It has smaller leaves, or more 4K leaves inside.
  case smaller
  /// It has larger leaves, or fewer 4K leaves inside.
  case larger
  /// The sizes are the same; the class of permissions, or whether anything is mapped, is not.
  case permissions
  /// Leaves and permissions are the same; what the colours mean besides is not.
  case color

  /// The character that marks it, with colours and without, in every locale: none of the map's own
  /// letters and glyphs.
  package var sign: Unicode.Scalar {
    switch self {
    case .smaller: "#"
    case .larger: "+"
    case .permissions: "!"
    case .color: "%"
    }
  }

  /// What the sign says of the side that shows it.
  package var words: String {
    switch self {
    case .smaller: "smaller leaves on this side"
    case .larger: "larger leaves on this side"
    case .permissions: "other permissions"
    case .color: "same leaves, another colour"
    }
  }

  /// The same where there is little room.
  package var brief: String {
    switch self {
    case .smaller: "smaller here"
    case .larger: "larger here"
    case .permissions: "other rights"
    case .color: "other colour"
    }
  }

  /// Those that leaves show, in the order of the legend.
  package static let all: [SlotDifference] = [.smaller, .larger, .permissions]
}

extension PanelPicture {
  /// How a slot differs from that of another variant; `nil` where size and permission class are the
  /// same. Of split slots that hold equally many 4K leaves of the same worst class, only a smaller
  /// panel tells more.
  public func difference(from other: PanelPicture, at index: Int) -> SlotDifference? {
    let (slot, another) = (slots[index], other.slots[index])
    let (mine, theirs) = (enclosing?.size, other.enclosing?.size)
    if slot.kind == another.kind, slot.worst == another.worst, mine == theirs,
      slot.leaves4K == another.leaves4K
    {
      return nil
    }
    if slot.isMapped != another.isMapped { return .permissions }
    let ranks = (Self.rank(slot, mine), Self.rank(another, theirs))
    if ranks.0 == ranks.1 { return .permissions }
    return ranks.0 < ranks.1 ? .smaller : .larger
  }

  /// How well a slot is mapped: the larger the leaves, the higher.
  private static func rank(_ slot: Slot, _ enclosing: LeafSize?) -> Int {
    switch slot.kind {
    case .hole, .unmapped, .reserved: 0
    case .splitTo4K: -Int(slot.leaves4K)
    case .split: 1
    case .leaf: 2 + (enclosing.map { Int($0.rawValue) } ?? 0)
    }
  }

  /// How many slots differ from those of another variant.
  public func differences(from other: PanelPicture) -> Int {
    slots.indices.count { difference(from: other, at: $0) != nil }
  }
}
