/// The source of the bytes of a text, piece by piece: a file, a pipe, a text in memory.
public protocol ByteSource: AnyObject {
  /// Reads the next bytes.
  ///
  /// - Parameters:
  ///   - buffer: takes the bytes, as many as there is room for.
  ///   - offset: the place of the first one in the buffer; bytes before it are kept.
  /// - Returns: the number of bytes; 0 at the end.
  func read(into buffer: inout [UInt8], from offset: Int) throws -> Int
}

/// The bytes of a text in memory, in pieces.
public final class BytesInMemory: ByteSource {
  private let bytes: [UInt8]
  private var position = 0
  private let pieceSize: () -> Int

  /// Creates a source.
  ///
  /// - Parameter pieceSize: the maximum number of bytes of the next piece; at least 1.
  public init(_ bytes: some Sequence<UInt8>, inPiecesOf pieceSize: @escaping () -> Int = { .max }) {
    self.bytes = Array(bytes)
    self.pieceSize = pieceSize
  }

  /// Reads the next bytes.
  public func read(into buffer: inout [UInt8], from offset: Int) -> Int {
    let count = min(bytes.count - position, buffer.count - offset, pieceSize())
    for index in 0..<count { buffer[offset + index] = bytes[position + index] }
    position += count
    return count
  }
}

/// A line longer than the limit.
public struct LineTooLong: Error, Equatable, Sendable, CustomStringConvertible {
  /// The line, from 1.
  public var line: Int

  /// What is wrong with the line, without its place.
  public var reason: String {
    "the line is longer than \(LineStream.lineLimit >> 20) MiB; give a text with shorter lines"
  }

  /// The place and the reason, without the file's name.
  public var description: String { "line \(line): \(reason)" }
}
