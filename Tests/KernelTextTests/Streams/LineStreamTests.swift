import TestSupport
import Testing

@testable import KernelText

@Suite struct LineStreamTests {
  private static func lines(_ stream: LineStream) throws -> [String] {
    var stream = stream
    var lines: [String] = []
    while try stream.advance() {
      lines.append(stream.text)
      #expect(stream.number == lines.count)
    }
    return lines
  }

  @Test(arguments: [
    ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\n\nb", ["a", "", "b"]),
    ("a\r\nb\r", ["a", "b"]), ("\u{FEFF}a\nb\n", ["a", "b"]), ("\u{FEFF}", []),
    ("\n\n", ["", ""]),
    ("12345678\n1234567\n\n123456789", ["12345678", "1234567", "", "123456789"]),
  ])
  func `cuts a text at its line feeds, wherever its pieces end`(
    text: String, lines: [String],
  ) throws {
    // A text in memory has no mark.
    let unmarked = String(String.UnicodeScalarView(text.unicodeScalars.drop { $0 == "\u{FEFF}" }))
    #expect(try Self.lines(LineStream(of: unmarked.utf8)) == lines)
    for size in 1...max(text.utf8.count, 1) {
      let source = BytesInMemory(text.utf8, inPiecesOf: { size })
      #expect(try Self.lines(LineStream(source)) == lines)
    }
  }

  @Test(arguments: 1...20)
  func `pieces of any length give the same lines`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let lengths = (0..<400).map { _ in
      Int.random(in: 0...(1 << Int.random(in: 1...16, using: &random)), using: &random)
    }
    let text = lengths.map { String(repeating: "x", count: $0) }
    var pieces = SeededGenerator(seed: seed + 100)
    let source = BytesInMemory(text.joined(separator: "\n").utf8) {
      Int.random(in: 1...100_000, using: &pieces)
    }
    #expect(try Self.lines(LineStream(source)) == text)
  }

  /// Endless bytes.
  private final class Endless: ByteSource {
    var count = 0
    let piece: [UInt8]
    let limit: Int
    init(_ piece: String, limit: Int) {
      self.piece = Array(piece.utf8)
      self.limit = limit
    }

    func read(into buffer: inout [UInt8], from offset: Int) -> Int {
      guard count < limit else { return 0 }
      let room = min(piece.count, buffer.count - offset)
      for index in 0..<room { buffer[offset + index] = piece[index] }
      count += room
      return room
    }
  }

  @Test func `holds one piece of a long text`() throws {
    let source = Endless(String(repeating: "0123456789abcde\n", count: 64), limit: 50_000_000)
    var stream = LineStream(source)
    var most = 0
    while try stream.advance() { most = max(most, stream.bytes.count) }
    #expect(stream.number == (source.count + 15) / 16)
    #expect(most <= 1 << 16)
  }

  @Test func `refuses a line without an end`() {
    var stream = LineStream(Endless("\n" + String(repeating: "x", count: 100), limit: .max))
    #expect(throws: Never.self) { try stream.advance() }
    let endless = Endless(String(repeating: "x", count: 4096), limit: .max)
    stream = LineStream(endless)
    let error = #expect(throws: LineTooLong.self) { try stream.advance() }
    #expect(error?.description.hasPrefix("line 1: the line is longer than 16 MiB") == true)
    #expect(endless.count <= LineStream.lineLimit)
  }

  @Test func `shows the beginning before any line is read`() throws {
    var pieces = 0
    let source = BytesInMemory("abc\ndef\n".utf8) {
      pieces += 1
      return 2
    }
    var stream = LineStream(source)
    #expect(try Array(stream.beginning(5)) == Array("abc\nd".utf8))
    #expect(pieces == 3)
    #expect(try Self.lines(stream) == ["abc", "def"])
  }
}
