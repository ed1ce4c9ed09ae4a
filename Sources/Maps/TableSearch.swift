import Engine
import KernelText

/// Looks for the page tables of a kernel in memory that does not say where they are: the RAM of a virtual
/// machine.
///
/// The kernel keeps the lines of VMCOREINFO at the start of a page, for tools that dump it. Where it was
/// built without them, a top table of x86-64 is known by its kernel half: it leads to a direct map that begins
/// with frame 0. Every process has one, and all lead to the same tables below.
///
/// Source: kernel/vmcore_info.c, `crash_save_vmcoreinfo_init()`, 6.12.
struct TableSearch {
  private let bytes: any BytesAtOffsets
  /// The memory, in each way in which its pieces may lie.
  private let files: [CoreFile]
  private let choosesProcessor: Bool
  private let progress: WorkProgress?
  /// The map with the fewest tables that cannot be right.
  private var best: (map: ReadMap, doubts: Int)?
  /// Where top tables may be.
  private var tops: [UInt64] = []
  private var texts = 0

  private static let textsMax = 64
  private static let topsMax = 256
  private static let piece = 1 << 20

  init(
    _ bytes: any BytesAtOffsets, _ files: [CoreFile], choosesProcessor: Bool,
    _ progress: WorkProgress?,
  ) {
    self.bytes = bytes
    self.files = files
    self.choosesProcessor = choosesProcessor
    self.progress = progress
  }

  /// The direct map of the kernel whose tables are found.
  mutating func map() throws -> ReadMap {
    try scan()
    if best == nil { try tryTops() }
    guard let best else {
      throw KernelTextError.tooLarge(
        "no page tables are found in this memory: neither a kernel's VMCOREINFO nor a top table of x86-64; "
          + "give the memory of a guest that runs Linux, and is not encrypted")
    }
    return best.map
  }

  /// Goes over the memory until a text of VMCOREINFO leads to tables without a doubt.
  private mutating func scan() throws {
    let pieces = files.first?.segments ?? []
    let total = pieces.reduce(0) { $0 &+ $1.size }
    var done: UInt64 = 0
    for segment in pieces {
      var place: UInt64 = 0
      while place < segment.size {
        guard progress?.isStopped != true else { return }
        progress?.report(done, of: total)
        let count = Int(min(UInt64(Self.piece), segment.size - place))
        let start = segment.offset + place
        if try look(at: bytes.read(count, at: start), start) { return }
        place += UInt64(count)
        done += UInt64(count)
      }
    }
  }

  private enum Page { case text, top, other }

  /// Looks at some pages; true when the tables are found.
  private mutating func look(at pages: [UInt8], _ start: UInt64) throws -> Bool {
    for page in stride(from: 0, to: pages.count & ~4095, by: 4096) {
      switch Self.kind(of: pages, page) {
      case .text:
        guard texts < Self.textsMax else { continue }
        texts += 1
        let text = pages[page..<page + 4096].prefix { $0 != 0 }
        if try follow(String(decoding: text, as: UTF8.self)) { return true }
      case .top: if tops.count < Self.topsMax { tops.append(start + UInt64(page)) }
      case .other: break
      }
    }
    return false
  }

  private static func kind(of pages: [UInt8], _ place: Int) -> Page {
    unsafe pages.withUnsafeBytes { pages in
      func word(_ index: Int) -> UInt64 {
        UInt64(
          littleEndian: unsafe pages.loadUnaligned(
            fromByteOffset: place + index * 8, as: UInt64.self))
      }
      // "OSRELEAS", and "E=" behind it.
      if word(0) == 0x5341_454c_4552_534f, word(1) & 0xffff == 0x3d45 { return .text }
      guard isTable(word(511)) else { return .other }
      var count = 0
      for index in 256..<511 {
        let entry = word(index)
        if entry & 1 == 0 { continue }
        guard isTable(entry) else { return .other }
        count += 1
      }
      return count >= 2 && count <= 160 ? .top : .other
    }
  }

  /// Whether an entry can be a kernel's that leads to a table: P, RW, A and D, or US besides.
  private static func isTable(_ entry: UInt64) -> Bool {
    let flags = entry & ~CoreLayout.addressMask & ~0x24
    return flags == 0x43 && entry & CoreLayout.addressMask != 0
  }

  /// Follows a text of VMCOREINFO to the tables, in each way in which the memory may lie.
  private mutating func follow(_ text: String) throws -> Bool {
    for var file in files {
      file.take(info: text, choosesProcessor: choosesProcessor)
      guard file.tellsTables, let layout = try? CoreLayout(file) else { continue }
      if try walk(file, layout) { return true }
    }
    return false
  }

  private mutating func tryTops() throws {
    for top in tops {
      for file in files {
        guard let root = file.physical(ofOffset: top),
          let layout = try CoreLayout(file, topTable: root)
        else { continue }
        if try walk(file, layout) { return }
      }
    }
  }

  /// Reads the tables; true if nothing speaks against them.
  private mutating func walk(_ file: CoreFile, _ layout: CoreLayout) throws -> Bool {
    var walk = TableWalk(file, layout, progress)
    do {
      try walk.read()
      let doubts = walk.unread + walk.foreign
      let map = try ReadMap(walk, layout, release: file.info["OSRELEASE"])
      if doubts < best?.doubts ?? .max { best = (map, doubts) }
      return doubts == 0
    } catch is KernelTextError {
      // Tables of a kernel that is gone, or no tables.
      return false
    }
  }
}
