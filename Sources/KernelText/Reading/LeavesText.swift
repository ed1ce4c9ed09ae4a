import Engine

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

  /// Reads the text.
  public init(_ text: String) throws(KernelTextError) {
    var runs: [LeafRun] = []
    var end: PFN = 0
    for line in TextLine.lines(of: text) where !line.isBlank {
      let run = try Self.run(line)
      guard let pfn = AddressLayout.directMapFrame(of: run.start), pfn >= end else {
        throw .unexpected(line, "a run that begins at pfn \(end.hex) or above")
      }
      end = pfn + run.pages
      runs.append(run)
    }
    if runs.isEmpty { throw .missing("lines such as `L 200 e00 2 80000000000001e3`") }
    self.runs = runs
  }

  private static func run(_ line: TextLine) throws(KernelTextError) -> LeafRun {
    let words = line.words
    guard words.count == 5, words[0] == "L", let start = UInt64(hex: words[1]),
      let count = UInt64(hex: words[2]), let level = UInt8(words[3]),
      let flags = UInt64(hex: words[4])
    else { throw .unexpected(line, "`L START COUNT LEVEL ATTRIBUTES` in hexadecimal") }
    let limit = AddressLayout.pfnLimit.rawValue
    guard start < limit, count > 0, count <= limit - start else {
      throw .unexpected(line, "one page or more below 64 TiB")
    }
    let size = LeafSize(rawValue: level)
    guard level == 0 || size != nil else { throw .unexpected(line, "a level from 0 to 3") }
    let pages = (size ?? .size4K).pages.rawValue
    guard start % pages == 0, count % pages == 0 else {
      throw .unexpected(line, "whole leaves of \((size ?? .size4K).name)")
    }
    // Bit 12 is PAT in a large leaf, and part of the frame number in a 4K one.
    let frameBits: UInt64 = size == .size4K ? 0x0007_ffff_ffff_f000 : 0x0007_ffff_ffff_e000
    guard size == nil || flags & frameBits == 0 else {
      throw .unexpected(line, "attributes without a frame number")
    }
    return LeafRun(
      start: AddressLayout.directMapAddress(of: PFN(start)), pages: PageCount(count),
      size: size, flags: size == nil ? [] : EntryFlags(rawValue: flags))
  }
}
