public import Engine
import KernelText

/// The page tables of the direct map of a running kernel, read again and again: only tables that changed
/// are taken apart again.
///
/// Nothing is read but tables, and those only in frames that `/proc/iomem` calls System RAM. The kernel
/// changes them meanwhile: a table that was freed between the reading of its entry and its own is noticed,
/// and what leads to it is read again.
public struct LiveTables {
  private let file: CoreFile
  private let layout: CoreLayout
  /// The frames that may be read.
  private let ram: MemoryMap
  private var copies: [UInt64: Copy] = [:]
  private var pass = 0
  /// The first pass of this reading.
  private var firstPass = 0
  private var hasChanged = false
  private var isTorn = false
  /// How many tables there are.
  public private(set) var tableCount = 0
  /// How many of them differed from their copy when they were read last.
  public private(set) var changedCount = 0
  /// Tables that could not be read, as they lie outside of RAM or of the file.
  public private(set) var unreadCount = 0

  /// A table as it was read.
  private struct Copy {
    var bytes: [UInt8]
    var parts: TableParts
    /// The pass in which it was read last, and the one in which it was not as before.
    var pass: Int
    var changedAt: Int

    /// Whether a table has these bytes still: by words, as this is most of what a look costs.
    func holds(_ other: [UInt8]) -> Bool {
      guard bytes.count == other.count, bytes.count % 8 == 0 else { return bytes == other }
      return unsafe bytes.withUnsafeBytes { old in
        unsafe other.withUnsafeBytes { new in
          var differences: UInt64 = 0
          for place in stride(from: 0, to: old.count, by: 8) {
            differences |=
              unsafe old.loadUnaligned(fromByteOffset: place, as: UInt64.self)
              ^ new.loadUnaligned(fromByteOffset: place, as: UInt64.self)
          }
          return differences == 0
        }
      }
    }
  }

  private static let tries = 3

  /// Reads the headers of a kernel's memory.
  ///
  /// - Parameters:
  ///   - core: `/proc/kcore`.
  ///   - ram: the frames that iomem calls System RAM; empty if it does not tell, then those of the file.
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(_ core: any BytesAtOffsets, ram: [Range<PFN>]) throws {
    try self.init(CoreFile(core), ram: ram)
  }

  init(_ file: CoreFile, ram: [Range<PFN>]) throws {
    self.file = file
    layout = try CoreLayout(file)
    self.ram = MemoryMap(ram.isEmpty ? file.frames : ram)
  }

  /// Which architecture's tables they are.
  public var architecture: Architecture { layout.architecture }
  /// The address of frame 0.
  public var pageOffset: VirtualAddress { VirtualAddress(layout.pageOffset) }
  /// The address of the descriptor of frame 0; `nil` where the headers do not tell it.
  public var vmemmap: VirtualAddress? {
    CoreLayout.vmemmap(file, layout.pageOffset).map { VirtualAddress($0) }
  }

  /// Reads all tables, and tells whether any maps anything else than before. True the first time.
  ///
  /// - Throws: what the source of the bytes throws.
  public mutating func refresh() throws -> Bool {
    let isFirst = pass == 0
    firstPass = pass + 1
    hasChanged = false
    changedCount = 0
    for _ in 1...Self.tries {
      pass += 1
      (isTorn, tableCount, unreadCount) = (false, 0, 0)
      try refresh(layout.root, layout.topShift, at: layout.topStart)
      if !isTorn { break }
    }
    let pass = pass
    if copies.count > tableCount { copies = copies.filter { $0.value.pass == pass } }
    return hasChanged || isFirst
  }

  private mutating func refresh(
    _ table: UInt64, _ shift: UInt64, at start: UInt64,
  ) throws {
    guard ram.contains(PFN(table >> 12)), let bytes = try file.table(at: table) else {
      unreadCount += 1
      return
    }
    tableCount += 1
    guard tableCount <= Int(clamping: file.pages) else {
      throw KernelTextError.tooLarge("the tables lead in circles")
    }
    let old = copies[table]
    let copy: Copy
    if let old, old.holds(bytes) {
      copies[table]?.pass = pass
      copy = old
    } else {
      let parts = TableParts(bytes, shift, at: start, layout)
      if parts != old?.parts {
        hasChanged = true
        changedCount += 1
      }
      copy = Copy(bytes: bytes, parts: parts, pass: pass, changedAt: pass)
      copies[table] = copy
    }
    if copy.parts.isForeign, copy.changedAt >= firstPass { isTorn = true }
    for case .table(let next, let shift, let start) in copy.parts.parts {
      try refresh(next, shift, at: start)
    }
  }

  /// The leaves as they were read last, by rising address.
  public var leaves: [LeafRun] {
    var list = LeafList()
    gather(layout.root, into: &list)
    return list.leaves
  }

  private func gather(_ table: UInt64, into list: inout LeafList) {
    for part in copies[table]?.parts.parts ?? [] {
      switch part {
      case .leaves(let run): list.add(run)
      case .table(let next, _, _): gather(next, into: &list)
      }
    }
  }

  /// What was read last, as a map.
  public var map: ReadMap { ReadMap(leaves, layout) }

  // MARK: - Other mappings

  /// The frame to which a kernel address outside the direct map is mapped now; `nil` where nothing is.
  public func frame(of address: VirtualAddress) -> PFN? {
    let page = VirtualAddress(address.rawValue & ~4095)
    return mappings(in: page..<VirtualAddress(page.rawValue | 4095)).first?.frames.first
  }

  /// What is mapped in a range of kernel addresses of x86-64 outside the direct map: neighbouring pages
  /// together, with their frames.
  public func mappings(
    in range: Range<VirtualAddress>,
  ) -> [(start: VirtualAddress, frames: [PFN])] {
    guard layout.architecture == .x86_64 else { return [] }
    var found: [(start: VirtualAddress, frames: [PFN])] = []
    map(
      range.lowerBound.rawValue, range.upperBound.rawValue - 1, layout.root, layout.topShift,
      &found)
    return found
  }

  /// Goes over the entries of a table that map addresses from one to another.
  private func map(
    _ first: UInt64, _ last: UInt64, _ table: UInt64, _ shift: UInt64,
    _ found: inout [(start: VirtualAddress, frames: [PFN])],
  ) {
    guard ram.contains(PFN(table >> 12)), let bytes = try? file.table(at: table) else { return }
    let span: UInt64 = 1 << shift
    var address = first
    while true {
      let entry = CoreFile.number(bytes, Int(address >> shift & 511) * 8, 8)
      let end = min(last, address | (span - 1))
      let physical = entry & CoreLayout.addressMask & ~layout.encryption
      if entry & 1 != 0 {
        if shift == 12 || shift <= 30 && entry & 0x80 != 0 {
          let start = physical & ~(span - 1) | address & (span - 1)
          Self.add(address, start >> 12, (end - address) >> 12 + 1, &found)
        } else {
          map(address, end, physical, shift - 9, &found)
        }
      }
      if end == last { return }
      address = end + 1
    }
  }

  private static func add(
    _ address: UInt64, _ frame: UInt64, _ count: UInt64,
    _ found: inout [(start: VirtualAddress, frames: [PFN])],
  ) {
    guard frame < AddressLayout.pfnLimit.rawValue else { return }
    let frames = (0..<count).map { PFN(frame &+ $0) }
    if let last = found.last, last.start.rawValue + UInt64(last.frames.count) << 12 == address {
      found[found.count - 1].frames += frames
    } else {
      found.append((VirtualAddress(address), frames))
    }
  }
}
