/// The firmware's memory map after the kernel put it in order: ranges that do not overlap, by
/// rising address.
struct E820Table: Equatable {
  typealias Entry = MachineDescription.E820Entry

  private(set) var entries: [Entry]

  /// Puts entries in order. Where several overlap, the highest type wins, so RAM never trumps
  /// anything. Models `e820__update_table()`, arch/x86/kernel/e820.c, 6.12.
  init(_ raw: [Entry]) throws(BootError) {
    let limit = PhysicalAddress(1 << PhysicalAddress.bits)
    for entry in raw where entry.range.isEmpty || entry.range.upperBound > limit {
      throw .badEntry(entry.range)
    }
    // Where an entry begins or ends: the change in how many entries of each type cover the place.
    var changes: [(at: PhysicalAddress, kind: Entry.Kind, by: Int)] = []
    changes.reserveCapacity(raw.count * 2)
    for entry in raw {
      changes.append((entry.range.lowerBound, entry.kind, 1))
      changes.append((entry.range.upperBound, entry.kind, -1))
    }
    changes.sort { $0.at < $1.at }
    var depth = [0, 0, 0]
    var start = PhysicalAddress(0)
    entries = []
    for change in changes {
      if let kind = Self.highestKind(depth) { append(start..<change.at, kind) }
      depth[change.kind.precedence] += change.by
      start = change.at
    }
  }

  private static func highestKind(_ depth: [Int]) -> Entry.Kind? {
    if depth[2] > 0 { return .acpi }
    if depth[1] > 0 { return .reserved }
    return depth[0] > 0 ? .usable : nil
  }

  private mutating func append(_ range: Range<PhysicalAddress>, _ kind: Entry.Kind) {
    guard !range.isEmpty else { return }
    if let last = entries.last, last.kind == kind, last.range.upperBound == range.lowerBound {
      entries[entries.count - 1].range = last.range.lowerBound..<range.upperBound
    } else {
      entries.append(Entry(range, kind))
    }
  }
}

extension E820Table {
  /// The ranges of RAM: usable entries, without page 0 and the BIOS area, trimmed inwards to whole
  /// pages. Models `trim_bios_range()`, arch/x86/kernel/setup.c, and `e820__memblock_setup()`.
  func ramRanges() throws(BootError) -> MemoryMap {
    let limit = PhysicalAddress(AddressLayout.pfnLimit.rawValue << 12)
    var ranges: [Range<PFN>] = []
    for entry in entries where entry.kind == .usable {
      guard entry.range.upperBound <= limit else { throw .tooMuchRAM(end: entry.range.upperBound) }
      let first = PFN((entry.range.lowerBound.rawValue + 4095) >> 12)
      let end = entry.range.upperBound.pfn
      for (low, high) in [(1, 0xa0), (0x100, AddressLayout.pfnLimit)] as [(PFN, PFN)] {
        let start = max(first, low)
        if start < min(end, high) { ranges.append(start..<min(end, high)) }
      }
    }
    return MemoryMap(ranges)
  }
}

extension MachineDescription.E820Entry.Kind {
  /// The order of the kernel's type numbers: RAM is 1, reserved 2, ACPI 3 and 4.
  fileprivate var precedence: Int {
    switch self {
    case .usable: 0
    case .reserved: 1
    case .acpi: 2
    }
  }
}
