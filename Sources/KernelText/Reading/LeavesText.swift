public import Engine

/// All leaves of a direct map as text, one run for each line.
///
///     L START COUNT LEVEL ATTRIBUTES
///     L 200 e00 2 80000000000001e3
///
/// All hexadecimal: first frame, number of 4K pages, level (1 is 4K, 2 is 2M, 3 is 1G, 0 nothing
/// mapped), entry without its frame number.
public struct LeavesText: Equatable, Sendable {
  /// The runs, by rising address.
  public let runs: [LeafRun]

  /// Takes runs by rising address.
  public init(runs: [LeafRun]) { self.runs = runs }

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    var reader = LeavesReader()
    var runs: [LeafRun] = []
    for line in TextLine.lines(of: text) where !line.isBlank {
      runs.append(try reader.run(ArraySlice(line.text.utf8), line: line.number))
    }
    if runs.isEmpty { throw .missing("lines such as `L 200 e00 2 80000000000001e3`") }
    self.runs = runs
  }
}

/// Goes over a list of leaves line by line.
public struct LeavesReader {
  private var end: PFN = 0

  /// Begins at the beginning of a list.
  public init() {}

  /// Reads a line, whose run begins behind those before.
  public mutating func run(_ bytes: ArraySlice<UInt8>, line: Int) throws(KernelTextError) -> LeafRun
  {
    var words = ByteWords(bytes)
    guard let mark = words.next(), mark.elementsEqual("L".utf8),
      let start = words.next().flatMap({ UInt64(hex: $0) }),
      let count = words.next().flatMap({ UInt64(hex: $0) }),
      let level = words.next().flatMap({ UInt64(decimal: $0) }),
      let flags = words.next().flatMap({ UInt64(hex: $0) }), words.next() == nil
    else { throw Self.unexpected(bytes, line, "`L START COUNT LEVEL ATTRIBUTES` in hexadecimal") }
    let limit = AddressLayout.pfnLimit.rawValue
    guard start < limit, count > 0, count <= limit - start else {
      throw Self.unexpected(bytes, line, "one page or more below 64 TiB")
    }
    let size = UInt8(exactly: level).flatMap { LeafSize(rawValue: $0) }
    guard level == 0 || size != nil else {
      throw Self.unexpected(bytes, line, "a level from 0 to 3")
    }
    let pages = (size ?? .size4K).pages.rawValue
    guard start % pages == 0, count % pages == 0 else {
      throw Self.unexpected(bytes, line, "whole leaves of \((size ?? .size4K).name)")
    }
    // Bit 12 is PAT in a large leaf, and part of the frame number in a 4K one.
    let frameBits: UInt64 = size == .size4K ? 0x0007_ffff_ffff_f000 : 0x0007_ffff_ffff_e000
    guard size == nil || flags & frameBits == 0 else {
      throw Self.unexpected(bytes, line, "attributes without a frame number")
    }
    guard start >= end.rawValue else {
      throw Self.unexpected(bytes, line, "a run that begins at pfn \(end.hex) or above")
    }
    end = PFN(start + count)
    return LeafRun(
      start: AddressLayout.directMapAddress(of: PFN(start)), pages: PageCount(count),
      size: size, flags: size == nil ? [] : EntryFlags(rawValue: flags))
  }

  private static func unexpected(
    _ bytes: ArraySlice<UInt8>, _ line: Int, _ expected: String,
  ) -> KernelTextError {
    let text = Substring(String(decoding: bytes, as: UTF8.self))
    return .unexpected(TextLine(number: line, text: text), expected)
  }
}
