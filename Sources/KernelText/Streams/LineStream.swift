/// The lines of a text that arrives in pieces and may have any length: one piece of it is held at a
/// time, and lines are parsed in place.
public struct LineStream {
  /// The maximum bytes of a line: a line must be held completely to be read.
  public static let lineLimit = 16 << 20

  private static let pieceSize = 1 << 16
  private static let lineFeed = UInt8(ascii: "\n")

  /// The number of the line, from 1; 0 before the first.
  public private(set) var number = 0
  /// The piece that is held; a line feed follows each line in it.
  public private(set) var bytes: [UInt8]
  /// The position of the line in the piece, without its line feed.
  public private(set) var line = 0..<0

  /// Where the next line begins.
  private var next = 0
  /// The position up to which the piece has been searched for line feeds.
  private var searched = 0
  /// The position up to which the piece has bytes of the text.
  private var filled: Int
  private let source: (any ByteSource)?
  private var isAtEnd: Bool

  /// Creates a stream of the lines that come from a source, without the mark that some editors put
  /// before UTF-8.
  public init(_ source: any ByteSource) {
    bytes = [UInt8](repeating: 0, count: Self.pieceSize)
    filled = 0
    self.source = source
    isAtEnd = false
  }

  /// Creates a stream of the lines of a text in memory, which is used unchanged.
  public init(of text: some Sequence<UInt8>) {
    bytes = Array(text)
    filled = bytes.count
    source = nil
    isAtEnd = true
  }

  /// Goes to the next line.
  ///
  /// - Returns: whether there is one. A line feed at the end of the text starts no further line.
  /// - Throws: ``LineTooLong``, and what the source throws.
  public mutating func advance() throws -> Bool {
    while true {
      if let end = lineFeed(in: max(searched, next)..<filled) {
        line = next..<end
        next = end + 1
        searched = next
        number += 1
        return true
      }
      searched = filled
      if isAtEnd { return advanceToRest() }
      try fill()
    }
  }

  /// The first bytes of the text, as many as there are up to a count, before any line is read.
  ///
  /// - Throws: what the source throws.
  public mutating func beginning(_ count: Int) throws -> ArraySlice<UInt8> {
    precondition(number == 0, "The beginning is looked at first.")
    while !isAtEnd, filled - next < min(count, Self.pieceSize / 2) { try fill() }
    return bytes[next..<min(filled, next + count)]
  }

  /// What follows the last line feed is a line too, unless it is empty.
  private mutating func advanceToRest() -> Bool {
    line = next..<filled
    guard next < filled else { return false }
    if filled < bytes.count { bytes[filled] = Self.lineFeed } else { bytes.append(Self.lineFeed) }
    next = filled
    number += 1
    return true
  }

  /// Moves the start of a line to the front of the piece and reads on after it.
  private mutating func fill() throws {
    let isFirst = filled == 0
    let kept = filled - next
    if next > 0 {
      for index in 0..<kept { bytes[index] = bytes[next + index] }
      searched -= next
      next = 0
      filled = kept
    }
    if filled == bytes.count {
      guard filled < Self.lineLimit else { throw LineTooLong(line: number + 1) }
      bytes.append(contentsOf: repeatElement(0, count: bytes.count))
    }
    repeat {
      let count = try source?.read(into: &bytes, from: filled) ?? 0
      filled += count
      isAtEnd = count == 0
      // The mark before UTF-8 may come in pieces too.
    } while isFirst && filled < 3 && !isAtEnd
    if isFirst { skipByteOrderMark() }
  }

  /// Leaves out the mark that some editors put before UTF-8.
  private mutating func skipByteOrderMark() {
    if bytes[..<filled].starts(with: [0xef, 0xbb, 0xbf]) { next = 3 }
  }

  /// The position of the first line feed.
  private func lineFeed(in range: Range<Int>) -> Int? {
    unsafe bytes.withUnsafeBytes { bytes in
      var index = range.lowerBound
      // Eight at a time: a byte that is a line feed becomes zero, and only below a zero does taking 1
      // from each byte set a high bit that was clear.
      while index + 8 <= range.upperBound {
        let word = unsafe bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        let differences = word ^ 0x0a0a_0a0a_0a0a_0a0a
        if (differences &- 0x0101_0101_0101_0101) & ~differences & 0x8080_8080_8080_8080 != 0 {
          break
        }
        index += 8
      }
      while index < range.upperBound {
        if unsafe bytes[index] == Self.lineFeed { return index }
        index += 1
      }
      return nil
    }
  }
}

extension LineStream {
  /// The bytes of the line, without a carriage return at its end.
  @inlinable public var content: ArraySlice<UInt8> {
    let slice = bytes[line]
    return slice.last == UInt8(ascii: "\r") ? slice.dropLast() : slice
  }

  /// The text of the line, without a carriage return at its end. Bytes that are not UTF-8 become
  /// replacement characters.
  public var text: String { String(decoding: content, as: UTF8.self) }

  /// The text of the line, without a carriage return at its end; nil if it is not UTF-8.
  public var validText: String? { String(validating: content, as: UTF8.self) }
}
