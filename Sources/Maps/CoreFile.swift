import Engine
import KernelText

/// Bytes of which parts are read, in any order: the memory of a kernel is larger than what can be held.
public protocol BytesAtOffsets: AnyObject {
  /// Reads bytes from an offset on; fewer than asked for where they end.
  func read(_ count: Int, at offset: UInt64) throws -> [UInt8]
}

/// The memory of a kernel in ELF: `/proc/kcore`, or a `vmcore`.
///
/// Source: include/uapi/linux/elf.h, fs/proc/kcore.c and kernel/vmcore_info.c, 6.12.
struct CoreFile {
  /// A piece of memory.
  struct Segment: Equatable {
    /// The kernel's address of its first byte.
    var address: UInt64
    /// The physical address; `nil` if the file does not tell it.
    var physical: UInt64?
    /// Where it begins in the file.
    var offset: UInt64
    /// The bytes of it that are in the file.
    var size: UInt64
  }

  /// The processors whose page tables are read.
  enum Processor: UInt64 { case x86 = 62, arm64 = 183 }

  private(set) var processor: Processor
  /// The pieces that have a physical address, by rising one.
  private(set) var segments: [Segment] = []
  /// The pieces without a physical address, such as vmalloc space in `/proc/kcore`.
  private(set) var others: [Segment] = []
  /// The lines `NAME=VALUE` of the note VMCOREINFO.
  private(set) var info: [String: String] = [:]

  private let bytes: any BytesAtOffsets

  private static let segmentsMax: UInt64 = 1 << 20

  /// Reads the headers and the notes.
  init(_ bytes: any BytesAtOffsets) throws {
    self.bytes = bytes
    let header = try bytes.read(64, at: 0)
    guard header.count == 64, header.starts(with: [0x7f, 0x45, 0x4c, 0x46]), header[4] == 2,
      header[5] == 1, Self.number(header, 16, 2) == 4
    else { throw Self.unlike("no memory of a kernel in 64-bit, little-endian ELF") }
    guard let processor = Processor(rawValue: Self.number(header, 18, 2)) else {
      throw Self.unlike("the memory of another processor than x86-64 or arm64")
    }
    self.processor = processor
    let offset = Self.number(header, 32, 8)
    let size = Self.number(header, 54, 2)
    var count = Self.number(header, 56, 2)
    if count == 0xffff {
      // The number stands in the first section header.
      let section = try bytes.read(64, at: Self.number(header, 40, 8))
      count = section.count == 64 ? Self.number(section, 44, 4) : 0
    }
    guard size == 56, count > 0, count <= Self.segmentsMax else {
      throw Self.unlike("a file without program headers")
    }
    var loads: [Segment] = []
    for index in 0..<count {
      let place = offset.addingReportingOverflow(index * 56)
      let entry = place.overflow ? [] : try bytes.read(56, at: place.partialValue)
      guard entry.count == 56 else { throw Self.unlike("a file that is cut off in its headers") }
      let (start, length) = (Self.number(entry, 8, 8), Self.number(entry, 32, 8))
      switch Self.number(entry, 0, 4) {
      case 1:
        let physical = Self.number(entry, 24, 8)
        loads.append(
          Segment(
            address: Self.number(entry, 16, 8), physical: physical == .max ? nil : physical,
            offset: start, size: length))
      case 4: try readNotes(at: start, length)
      default: break
      }
    }
    segments = Self.placed(loads)
    others = loads.filter { $0.physical == nil }
    guard !segments.isEmpty else { throw Self.unlike("a file that tells no physical addresses") }
  }

  private static func unlike(_ what: String) -> KernelTextError {
    .tooLarge("this is \(what); give /proc/kcore or a vmcore of x86-64 or arm64")
  }

  /// Memory that no header describes.
  ///
  /// - Parameter segments: its pieces, by rising physical address.
  init(_ bytes: any BytesAtOffsets, _ segments: [Segment]) {
    self.bytes = bytes
    self.segments = segments
    processor = .x86
  }

  /// Takes the lines of VMCOREINFO as they stand in the kernel's memory. Only arm64's have the offset of its
  /// image.
  ///
  /// - Parameter choosesProcessor: whether they say whose memory it is.
  mutating func take(info text: some StringProtocol, choosesProcessor: Bool) {
    info = [:]
    readInfo(text)
    if choosesProcessor { processor = info["NUMBER(kimage_voffset)"] == nil ? .x86 : .arm64 }
  }

  /// Whether the notes say where the tables are.
  var tellsTables: Bool { symbol("init_top_pgt") != nil || symbol("swapper_pg_dir") != nil }

  /// Whether it is the memory of a virtual machine as its monitor saves it: no address is the kernel's.
  var isOfMonitor: Bool { others.isEmpty && segments.allSatisfy { $0.address == $0.physical } }

  /// The physical address of what stands at a place of the file.
  func physical(ofOffset offset: UInt64) -> UInt64? {
    for segment in segments where offset >= segment.offset && offset - segment.offset < segment.size
    {
      return segment.physical.map { $0 + (offset - segment.offset) }
    }
    return nil
  }

  /// The pages of all pieces together.
  var pages: UInt64 {
    segments.reduce(0) { $0.addingReportingOverflow($1.size / 4096).partialValue }
  }

  /// The frames of all pieces.
  var frames: [Range<PFN>] {
    segments.map { segment in
      let first = PFN((segment.physical ?? 0) >> 12)
      return first..<first + PageCount(segment.size >> 12)
    }
  }

  /// The number in some bytes, the lowest first.
  static func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> UInt64 {
    (0..<count).reduce(0) { $0 | UInt64(bytes[start + $1]) << UInt64($1 * 8) }
  }

  /// The pieces that are RAM. Where all physical addresses are 0, the file does not tell them.
  private static func placed(_ loads: [Segment]) -> [Segment] {
    let isTold = loads.contains { $0.physical ?? 0 != 0 || $0.address == 0 && $0.size > 0 }
    guard isTold else { return [] }
    let ram = loads.filter { segment in
      guard let physical = segment.physical else { return false }
      return physical < 1 << 52 && segment.size > 0 && segment.size < 1 << 52
        && segment.offset <= .max - segment.size
    }
    let sorted = ram.sorted {
      ($0.physical ?? 0, $1.size, $0.address) < ($1.physical ?? 0, $0.size, $1.address)
    }
    return withoutCopies(sorted)
  }

  /// The pieces without those whose memory is in another one as well: the kernel's image, which stands in
  /// `/proc/kcore` twice. Parts of it are freed after boot, and with page-table isolation the kernel takes these
  /// out of the image's own mapping, so that only the direct map shows what uses them then: a page table, say.
  ///
  /// Source: arch/x86/mm/init.c, `free_kernel_image_pages()`, and fs/proc/kcore.c, 6.1.
  private static func withoutCopies(_ sorted: [Segment]) -> [Segment] {
    var kept: [Segment] = []
    var end: UInt64 = 0
    for segment in sorted {
      let own = (segment.physical ?? 0) + segment.size
      if own <= end { continue }
      end = own
      kept.append(segment)
    }
    return kept
  }

  /// Notes: three numbers of 4 bytes, the name and the contents, each filled up to 4 bytes.
  private mutating func readNotes(at offset: UInt64, _ length: UInt64) throws {
    let notes = try bytes.read(Int(min(length, 1 << 20)), at: offset)
    var place = 0
    while place + 12 <= notes.count {
      let nameSize = Int(Self.number(notes, place, 4))
      let size = Int(Self.number(notes, place + 4, 4))
      let name = place + 12
      let contents = name + (nameSize + 3) / 4 * 4
      guard contents <= notes.count, size <= notes.count - contents else { return }
      if notes[name..<min(name + nameSize, notes.count)].starts(with: "VMCOREINFO".utf8) {
        readInfo(String(decoding: notes[contents..<contents + size], as: UTF8.self))
      }
      place = contents + (size + 3) / 4 * 4
    }
  }

  private mutating func readInfo(_ text: some StringProtocol) {
    for line in text.split(separator: "\n").prefix(4096) {
      let parts = line.split(separator: "=", maxSplits: 1)
      if parts.count == 2 { info[String(parts[0])] = String(parts[1]) }
    }
  }

  /// The number of a line, decimal or hexadecimal with `0x`.
  func value(_ name: String) -> Int64? {
    guard let text = info[name] else { return nil }
    if let number = Int64(text) { return number }
    return UInt64(hex: text).map { Int64(bitPattern: $0) }
  }

  /// The address of a symbol, which is written in hexadecimal.
  func symbol(_ name: String) -> UInt64? { info["SYMBOL(\(name))"].flatMap { UInt64(hex: $0) } }

  /// The table at a physical address; `nil` if the file does not have it.
  func table(at physical: UInt64) throws -> [UInt8]? {
    var low = 0
    var high = segments.count
    while low < high {
      let middle = (low + high) / 2
      if segments[middle].physical ?? 0 <= physical { low = middle + 1 } else { high = middle }
    }
    // Pieces may overlap.
    var index = low
    while index > 0, low - index < 4 {
      index -= 1
      let segment = segments[index]
      guard let start = segment.physical, physical - start < segment.size,
        segment.size - (physical - start) >= 4096
      else { continue }
      let table = try bytes.read(4096, at: segment.offset + (physical - start))
      return table.count == 4096 ? table : nil
    }
    return nil
  }
}
