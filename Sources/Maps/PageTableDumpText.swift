import Engine
import KernelText

/// The kernel's page-table dump (`page_tables/kernel` or `kernel_page_tables` of debugfs), of which the
/// direct map is read.
///
///     ---[ Low Kernel Mapping ]---                                                      x86
///     0xffff888000200000-0xffff888001000000          14M     RW         PSE     GLB NX pmd
///     ---[ Linear Mapping start ]---                                                    arm64
///     0xffff000002600000-0xffff000004000000          26M PMD       RW NX SHD AF        BLK UXN    MEM/NORMAL
///
/// Source: arch/x86/mm/dump_pagetables.c and arch/arm64/mm/ptdump.c, 6.12.
public struct PageTableDumpText: Equatable, Sendable {
  /// A line of the direct map.
  public struct Line: Equatable, Sendable {
    /// The frames, counted from the start of the direct map: with address randomisation, and on
    /// arm64, the addresses alone do not show frames.
    public var frames: Range<PFN>
    /// The level of the entries.
    public var level: EntryRun.Level
    /// The words for the flags, in order.
    public var attributes: [String]
    /// Its number in the text.
    public var number: Int

    /// Whether two lines are equal.
    func says(_ other: Line) -> Bool {
      frames == other.frames && level == other.level && attributes == other.attributes
    }
  }

  /// The architecture of the kernel.
  public let architecture: Architecture
  /// The lines of the direct map, by rising frame.
  public let lines: [Line]

  /// Reads the text: a whole dump, or the part of the direct map with its header.
  public init(_ text: String) throws(KernelTextError) {
    var reader = DumpReader(LineTaker())
    var lines = LineStream(of: text.utf8)
    do {
      while try lines.advance() { try reader.read(lines.content, line: lines.number) }
    } catch let error as KernelTextError {
      throw error
    } catch {
      preconditionFailure("A text in memory can be read.")
    }
    architecture = try reader.finish().architecture
    self.lines = reader.taker.lines
  }

  /// Whether a line is typical of such a text.
  static func recognises(_ line: TextLine) -> Bool {
    let message = LogPrefix(line.text).message
    return message.hasPrefix("---[ ") && message.trimmingBlanks.hasSuffix(" ]---")
  }
}

/// Keeps the lines with their words.
private struct LineTaker: DumpTaker {
  var lines: [PageTableDumpText.Line] = []

  mutating func take(
    _ entries: DumpedEntries, _ frames: Range<PFN>, _ form: DumpForm, line: Int,
  ) {
    var words = ByteWords(entries.words)
    var attributes: [String] = []
    while let word = words.next() { attributes.append(String(decoding: word, as: UTF8.self)) }
    lines.append(
      PageTableDumpText.Line(
        frames: frames, level: entries.level, attributes: attributes, number: line))
  }

  mutating func takeElsewhere(
    _ entries: DumpedEntries, _ form: DumpForm, under heading: String,
  ) {}
}
