/// A rectangle of cells; an empty one has no width or no height, and never a negative one.
public struct Rect: Hashable, Sendable {
  /// The leftmost column.
  public var x: Int
  /// The topmost row.
  public var y: Int
  /// Columns; never negative.
  public var width: Int
  /// Rows; never negative.
  public var height: Int

  /// Makes a rectangle; negative lengths count as none.
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }

  /// Makes the rectangle of this size in the upper left corner.
  public init(_ size: Size) {
    self.init(x: 0, y: 0, width: size.width, height: size.height)
  }

  /// The column after the last one.
  public var right: Int { x + width }
  /// The row after the last one.
  public var bottom: Int { y + height }
  /// Width and height.
  public var size: Size { Size(width: width, height: height) }
  /// Whether no cell is inside.
  public var isEmpty: Bool { width <= 0 || height <= 0 }

  /// Whether the place is inside.
  public func contains(_ point: Point) -> Bool {
    point.x >= x && point.x < right && point.y >= y && point.y < bottom
  }

  /// The intersection with another rectangle; empty when they do not meet.
  public func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: min(right, other.right) - left,
      height: min(bottom, other.bottom) - top)
  }

  /// The rectangle reduced by this number of cells on each side.
  public func inset(by margin: Int = 1) -> Rect {
    inset(horizontally: margin, vertically: margin)
  }

  /// The rectangle reduced by these numbers of columns left and right, rows above and below.
  public func inset(horizontally columns: Int, vertically rows: Int) -> Rect {
    Rect(x: x + columns, y: y + rows, width: width - 2 * columns, height: height - 2 * rows)
  }

  /// A rectangle of at most this size in the middle of this one.
  public func centered(_ size: Size) -> Rect {
    let width = min(size.width, self.width)
    let height = min(size.height, self.height)
    return Rect(
      x: x + (self.width - width) / 2, y: y + (self.height - height) / 2, width: width,
      height: height)
  }

  /// One row of the rectangle, counted from its top; empty outside.
  public func row(_ index: Int) -> Rect {
    Rect(x: x, y: y + index, width: width, height: 1).intersection(self)
  }
}

// Cutting: the layout of a screen reads as a list of pieces cut from what is left.
extension Rect {
  /// Cuts rows off the top and returns them; `self` is what is left.
  public mutating func cutTop(_ rows: Int) -> Rect {
    let taken = min(max(0, rows), height)
    defer { (y, height) = (y + taken, height - taken) }
    return Rect(x: x, y: y, width: width, height: taken)
  }

  /// Cuts rows off the bottom and returns them; `self` is what is left.
  public mutating func cutBottom(_ rows: Int) -> Rect {
    let taken = min(max(0, rows), height)
    height -= taken
    return Rect(x: x, y: bottom, width: width, height: taken)
  }

  /// Cuts columns off the left and returns them; `self` is what is left.
  public mutating func cutLeft(_ columns: Int) -> Rect {
    let taken = min(max(0, columns), width)
    defer { (x, width) = (x + taken, width - taken) }
    return Rect(x: x, y: y, width: taken, height: height)
  }

  /// Cuts columns off the right and returns them; `self` is what is left.
  public mutating func cutRight(_ columns: Int) -> Rect {
    let taken = min(max(0, columns), width)
    width -= taken
    return Rect(x: right, y: y, width: taken, height: height)
  }
}
