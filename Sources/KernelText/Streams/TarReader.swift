/// The files of a tar archive, one after the other, as ustar, GNU tar and pax write them.
///
/// Links, devices and what they name are skipped: only plain files have contents.
public struct TarReader {
  /// A file in the archive.
  public struct Member: Sendable {
    /// Its name with its folders.
    public var name: String
    /// Its size in bytes.
    public var size: Int
  }

  private let source: any ByteSource
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var filled = 0
  private var position = 0
  /// The bytes of the current file that are left, and what fills up its last block.
  private var rest = 0
  private var padding = 0

  private static let block = 512

  /// Creates a reader at the beginning of an archive.
  public init(_ source: any ByteSource) { self.source = source }

  /// Goes to the next file; `nil` at the end.
  ///
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public mutating func next() throws -> Member? {
    var longName: String?
    while true {
      try skip(rest + padding)
      rest = 0
      padding = 0
      guard let header = try take(Self.block), header.contains(where: { $0 != 0 }) else {
        return nil
      }
      guard header[257..<262].elementsEqual("ustar".utf8), Self.isSumRight(header),
        let size = Self.number(header[124..<136])
      else { throw KernelTextError.tooLarge("the archive is damaged; make it again with tar") }
      rest = size
      padding = (Self.block - size % Self.block) % Self.block
      switch header[156] {
      case UInt8(ascii: "L"), UInt8(ascii: "x"):
        guard size <= 1 << 16, let bytes = try take(size) else { continue }
        rest = 0
        longName =
          header[156] == UInt8(ascii: "L") ? Self.text(bytes[...]) : Self.path(inPax: bytes)
      case 0, UInt8(ascii: "0"), UInt8(ascii: "7"):
        let prefix = Self.text(header[345..<500])
        let name = Self.text(header[0..<100])
        let whole = prefix.isEmpty ? name : "\(prefix)/\(name)"
        return Member(name: longName ?? whole, size: size)
      default: longName = nil
      }
    }
  }

  /// The contents of the current file, up to a number of bytes.
  public mutating func contents(limit: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while rest > 0, bytes.count < limit {
      guard let piece = try take(min(rest, min(limit - bytes.count, 1 << 16))) else { break }
      bytes += piece
      rest -= piece.count
    }
    return bytes
  }

  private mutating func fill() throws -> Bool {
    guard position == filled else { return true }
    position = 0
    filled = try source.read(into: &buffer, from: 0)
    return filled > 0
  }

  /// The next bytes; `nil` where the archive ends before them.
  private mutating func take(_ count: Int) throws -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      guard try fill() else { return nil }
      let end = min(filled, position + count - bytes.count)
      bytes += buffer[position..<end]
      position = end
    }
    return bytes
  }

  private mutating func skip(_ count: Int) throws {
    var left = count
    while left > 0, try fill() {
      let part = min(left, filled - position)
      position += part
      left -= part
    }
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A number in octal digits, or for large files in binary.
  private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
    if let first = bytes.first, first & 0x80 != 0 {
      return bytes.dropFirst().reduce(0 as Int?) { sum, byte in
        guard let sum, sum < 1 << 48 else { return nil }
        return sum << 8 | Int(byte)
      }
    }
    let digits = bytes.filter { $0 != 0 && $0 != 32 }
    return digits.isEmpty
      ? 0
      : Int(String(decoding: digits, as: UTF8.self), radix: 8).flatMap {
        $0 >= 0 ? $0 : nil
      }
  }

  /// Whether the sum of the header's bytes, its own field taken as blanks, is the one that it tells.
  private static func isSumRight(_ header: [UInt8]) -> Bool {
    let field = 148..<156
    let sum = header.indices.reduce(0) { $0 + (field.contains($1) ? 32 : Int(header[$1])) }
    return number(header[field]) == sum
  }

  /// The record `path` of a pax header: `27 path=proc/iomem`.
  private static func path(inPax bytes: [UInt8]) -> String? {
    var rest = bytes[...]
    while let blank = rest.firstIndex(of: 32),
      let length = Int(String(decoding: rest[..<blank], as: UTF8.self)), length > 0,
      length <= rest.count
    {
      let record = rest.prefix(length).dropLast()
      guard blank < record.endIndex else { return nil }
      let pair = record[(blank + 1)...]
      if pair.starts(with: "path=".utf8) {
        return String(decoding: pair.dropFirst(5), as: UTF8.self)
      }
      rest = rest.dropFirst(length)
    }
    return nil
  }
}
