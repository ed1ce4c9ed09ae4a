import Screen

/// A terminal that knows the few escape sequences that recordings may use, and refuses all others.
struct MiniTerminal {
  /// A cell as a terminal keeps it.
  struct Cell: Equatable {
    var text = " "
    var style = ResolvedStyle(foreground: nil, background: nil, attributes: [])
  }

  /// An escape sequence that it does not know.
  struct Refusal: Error, Equatable {
    var order: String
  }

  private(set) var size: Size
  private(set) var rows: [[Cell]]
  private(set) var cursorIsSeen = true
  private var style = ResolvedStyle(foreground: nil, background: nil, attributes: [])
  private(set) var x = 0
  private(set) var y = 0

  init(_ size: Size) {
    self.size = size
    rows = Self.empty(size)
  }

  private static func empty(_ size: Size) -> [[Cell]] {
    Array(repeating: Array(repeating: Cell(), count: size.width), count: size.height)
  }

  mutating func resize(_ size: Size) { self = MiniTerminal(size) }

  /// Whether the attributes are those of the beginning.
  var isPlain: Bool { style == ResolvedStyle(foreground: nil, background: nil, attributes: []) }

  mutating func feed(_ text: String) throws(Refusal) {
    var rest = Array(text.unicodeScalars)[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\u{1b}" else {
        try put(scalar)
        continue
      }
      guard rest.popFirst() == "[" else { throw Refusal(order: "ESC without [") }
      var parameters = ""
      while let next = rest.first, !next.properties.isAlphabetic {
        parameters.unicodeScalars.append(next)
        rest.removeFirst()
      }
      guard let letter = rest.popFirst() else { throw Refusal(order: "ESC to the end") }
      try obey(letter, parameters)
    }
  }

  private mutating func obey(_ letter: Unicode.Scalar, _ text: String) throws(Refusal) {
    let numbers = text.split(separator: ";").compactMap { Int($0) }
    switch (letter, text) {
    case ("h", "?25"): cursorIsSeen = true
    case ("l", "?25"): cursorIsSeen = false
    case ("H", ""): (x, y) = (0, 0)
    case ("H", _) where numbers.count == 2:
      (y, x) = (numbers[0] - 1, numbers[1] - 1)
      guard rows.indices.contains(y), rows[y].indices.contains(x) else {
        throw Refusal(order: "to \(text)")
      }
    case ("J", "2"): rows = Self.empty(size)
    case ("K", ""): for column in x..<size.width { rows[y][column] = Cell() }
    case ("m", _): try dress(text.split(separator: ";").map { Int($0) ?? -1 }[...])
    default: throw Refusal(order: "\(text)\(letter)")
    }
  }

  private mutating func dress(_ codes: ArraySlice<Int>) throws(Refusal) {
    var codes = codes
    while let code = codes.popFirst() {
      switch code {
      case 0: style = Cell().style
      case 1: style.attributes.insert(.bold)
      case 2: style.attributes.insert(.dim)
      case 4: style.attributes.insert(.underline)
      case 7: style.attributes.insert(.reverse)
      case 30...37: style.foreground = UInt8(code - 30)
      case 40...47: style.background = UInt8(code - 40)
      case 90...97: style.foreground = UInt8(code - 82)
      case 100...107: style.background = UInt8(code - 92)
      case 38, 48:
        guard codes.popFirst() == 5, let index = codes.popFirst().flatMap({ UInt8(exactly: $0) })
        else { throw Refusal(order: "colour \(code)") }
        if code == 38 { style.foreground = index } else { style.background = index }
      default: throw Refusal(order: "attribute \(code)")
      }
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) throws(Refusal) {
    guard scalar.value >= 0x20, !(0x7F..<0xA0).contains(scalar.value) else {
      throw Refusal(order: "control character \(scalar.value)")
    }
    let columns = TextWidth.columns(scalar)
    if columns == 0 {
      guard x > 0 else { throw Refusal(order: "a mark on nothing") }
      let before = rows[y][x - 1].text.isEmpty ? x - 2 : x - 1
      rows[y][before].text.unicodeScalars.append(scalar)
      return
    }
    guard x + columns <= size.width else { throw Refusal(order: "beyond the edge") }
    // Overwriting half of a wide character leaves a blank.
    if rows[y][x].text.isEmpty { rows[y][x - 1].text = " " }
    let end = x + columns
    if end < size.width, rows[y][end].text.isEmpty { rows[y][end].text = " " }
    rows[y][x] = Cell(text: String(scalar), style: style)
    if columns == 2 { rows[y][x + 1] = Cell(text: "", style: style) }
    x = end
  }
}
