/// A screen as a value: rows of cells, and the functions that draw on them.
///
/// All drawing is clipped to ``clip``, so a view may draw beyond its rectangle without harm. No
/// text from outside can control a terminal: control characters become `?`.
///
/// ```swift
/// var canvas = Canvas(Size(width: 80, height: 24))
/// let inside = canvas.box(Rect(x: 0, y: 0, width: 34, height: 18), title: "1G")
/// canvas.put("hello", x: inside.x, y: inside.y, ink: .highlight)
/// ```
public struct Canvas: Hashable, Sendable {
  /// Columns and rows.
  public let size: Size
  /// The drawing characters in use.
  public let glyphs: Glyphs
  /// All cells, row by row.
  public internal(set) var cells: ContiguousArray<Cell>
  /// The part that can be drawn on; always inside ``bounds``.
  public internal(set) var clip: Rect
  /// The position of the terminal's own cursor; nil hides it.
  public var cursor: Point?

  /// Makes an empty canvas.
  public init(_ size: Size, glyphs: Glyphs = .unicode) {
    self.size = size
    self.glyphs = glyphs
    cells = ContiguousArray(repeating: .blank, count: size.width * size.height)
    clip = Rect(size)
  }

  /// The whole canvas.
  public var bounds: Rect { Rect(size) }

  /// The cell at a place; blank outside.
  public subscript(x: Int, y: Int) -> Cell {
    guard x >= 0, x < size.width, y >= 0, y < size.height else { return .blank }
    return cells[y * size.width + x]
  }

  /// Draws with everything outside `area` protected, also from areas named inside `body`.
  public mutating func clipped<Result, Failure: Error>(
    to area: Rect, _ body: (inout Canvas) throws(Failure) -> Result,
  ) throws(Failure) -> Result {
    let whole = clip
    clip = clip.intersection(area)
    defer { clip = whole }
    return try body(&self)
  }

  /// Whether a row holds the same cells as that of a canvas of the same width.
  public func rowEquals(_ other: Canvas, _ y: Int) -> Bool {
    precondition(size.width == other.size.width, "Rows of different width are never compared.")
    let words = MemoryLayout<Cell>.stride / MemoryLayout<UInt32>.stride * size.width
    let row = (y * words)..<((y + 1) * words)
    return unsafe cells.withUnsafeBytes { mine in
      unsafe other.cells.withUnsafeBytes { theirs in
        let (mine, theirs) = unsafe (
          mine.assumingMemoryBound(to: UInt32.self), theirs.assumingMemoryBound(to: UInt32.self)
        )
        // Without a branch in the loop, several words are compared at once.
        var difference: UInt32 = 0
        for index in row { unsafe difference |= mine[index] ^ theirs[index] }
        return difference == 0
      }
    }
  }
}
