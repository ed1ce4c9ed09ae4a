/// The extent of a canvas or a terminal, in cells.
public struct Size: Hashable, Sendable {
  /// Columns; never negative.
  public var width: Int
  /// Rows; never negative.
  public var height: Int

  /// Makes a size; negative lengths count as none.
  public init(width: Int, height: Int) {
    self.width = max(0, width)
    self.height = max(0, height)
  }
}

extension Size: CustomStringConvertible {
  /// The size in its usual form, such as `80x24`.
  public var description: String { "\(width)x\(height)" }

  /// Reads what ``description`` writes.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]),
      width >= 0, height >= 0
    else { return nil }
    self.init(width: width, height: height)
  }
}

/// A place on a canvas, counted from 0, 0 in the upper left corner.
public struct Point: Hashable, Sendable {
  /// The column.
  public var x: Int
  /// The row.
  public var y: Int

  /// Makes a place from its column and row.
  public init(x: Int, y: Int) {
    self.x = x
    self.y = y
  }
}
