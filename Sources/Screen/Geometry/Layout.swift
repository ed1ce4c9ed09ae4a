/// How a length is divided among neighbours.
public enum Layout {
  /// The length that one neighbour requests.
  public enum Length: Hashable, Sendable {
    /// Exactly this number of cells.
    case fixed(Int)
    /// A share of what the fixed lengths leave, in proportion to the weight.
    case share(Int)
  }

  /// Divides `total` cells; earlier neighbours get theirs first when there is too little.
  ///
  /// The results and the spaces between them never exceed `total`. Shares are rounded so that
  /// they fill what is left to the last cell.
  public static func divide(_ total: Int, _ lengths: [Length], spacing: Int = 0) -> [Int] {
    var free = max(0, total - spacing * max(0, lengths.count - 1))
    var results = lengths.map { length -> Int in
      guard case .fixed(let cells) = length else { return 0 }
      let given = min(max(0, cells), free)
      free -= given
      return given
    }
    var weightLeft = lengths.reduce(0) { sum, length in
      if case .share(let weight) = length { sum + max(0, weight) } else { sum }
    }
    for (index, length) in lengths.enumerated() {
      guard case .share(let weight) = length, weight > 0 else { continue }
      let given = free * weight / weightLeft
      results[index] = given
      free -= given
      weightLeft -= weight
    }
    return results
  }
}

extension Rect {
  /// The rectangle divided into rows, from top to bottom.
  public func rows(_ lengths: Layout.Length..., spacing: Int = 0) -> [Rect] {
    var top = y
    return Layout.divide(height, lengths, spacing: spacing).map { length in
      defer { top += length + spacing }
      return Rect(x: x, y: top, width: width, height: length)
    }
  }

  /// The rectangle divided into columns, from left to right.
  public func columns(_ lengths: Layout.Length..., spacing: Int = 0) -> [Rect] {
    var left = x
    return Layout.divide(width, lengths, spacing: spacing).map { length in
      defer { left += length + spacing }
      return Rect(x: left, y: y, width: length, height: height)
    }
  }
}
