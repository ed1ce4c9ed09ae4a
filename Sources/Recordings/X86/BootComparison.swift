public import Engine

/// A machine at the end of a simulated boot beside one that was recorded later, when programs and modules
/// had left their traces: each has a rule, and nothing else may differ.
public struct BootComparison {
  private let booted: Machine
  private let recorded: Machine

  /// Compares a machine at the end of boot with a recorded one.
  public init(_ booted: Machine, recorded: Machine) {
    self.booted = booted
    self.recorded = recorded
  }

  // MARK: - Counters

  /// What the lines of meminfo show once the later splits are counted back, in kilobytes: slots that are
  /// one leaf after our boot and a table in the recording were split since.
  public var kilobytes: [LeafSize: Int64] {
    let (of1G, of2M) = (split(.size1G), split(.size2M))
    return [
      .size4K: booted.directMapKilobytes(.size4K) + of2M << 11,
      .size2M: booted.directMapKilobytes(.size2M) + (512 * of1G - of2M) << 11,
      .size1G: booted.directMapKilobytes(.size1G) - of1G << 20,
    ]
  }

  private func split(_ size: LeafSize) -> Int64 {
    var count: Int64 = 0
    var pfn: PFN = 0
    while pfn < booted.memory.end {
      let address = booted.directMapAddress(of: pfn)
      // What lies in a 1G leaf is a 2M leaf too, once that is split.
      if let ours = booted.tables.lookup(address)?.size, ours >= size,
        let theirs = recorded.tables.lookup(address)?.size, theirs < size
      {
        count += 1
      }
      pfn = pfn + size.pages
    }
    return count
  }

  // MARK: - Slots

  /// Why a page differs from its state after boot.
  public enum Mark: String, Sendable {
    /// Executable memory is read-only: BPF programs, module text and read-only data (`set_memory_ro`,
    /// `set_memory_rox` through a vmalloc alias).
    case readOnly = "read-only"
    /// Freed executable memory or init sections of a module: invalid, then default
    /// (`set_direct_map_*_noflush`), so G is gone, and D until the next write.
    case restored
    /// A KFENCE page that must not be touched: a guard page or a free object.
    case guarded = "not present (KFENCE)"
    /// The first page of the KFENCE pool, where `set_memory_4k` split the leaf (7.2).
    case splitOnRequest = "split on request"
  }

  /// A slot of 2M that differs from its state after boot.
  public struct Slot: Sendable {
    /// Its first frame.
    public var pfn: PFN
    /// The pages that differ, by their places in the slot.
    public var marks: [UInt64: Mark] = [:]
    /// The first page that differs and has no rule, in words.
    public var unmarked: String?

    /// How many pages have a mark.
    public func count(_ mark: Mark) -> UInt64 { UInt64(marks.values.count { $0 == mark }) }
  }

  /// All slots that differ. A slot that is equal is equal in size and in every bit.
  public var slots: [Slot] {
    var slots: [Slot] = []
    var pfn: PFN = 0
    while pfn < booted.memory.end {
      let start = booted.directMapAddress(of: pfn)
      let ours = booted.tables.runs(from: start, pages: 512)
      let theirs = recorded.tables.runs(from: start, pages: 512)
      if ours != theirs, !Self.isPartOf1G(ours, theirs) { slots.append(slot(at: pfn)) }
      pfn = pfn + 512
    }
    return slots
  }

  /// Whether a slot is an untouched 2M leaf of a 1G leaf that was split for another slot's sake.
  private static func isPartOf1G(_ ours: [LeafRun], _ theirs: [LeafRun]) -> Bool {
    ours.count == 1 && theirs.count == 1 && ours[0].size == .size1G
      && theirs[0].size == .size2M && ours[0].flags == theirs[0].flags
  }

  private func slot(at pfn: PFN) -> Slot {
    var slot = Slot(pfn: pfn)
    let ordinary = booted.cpu.pageKernel
    for index in 0..<UInt64(512) {
      let frame = pfn + PageCount(index)
      let address = booted.directMapAddress(of: frame)
      let (ours, theirs) = (booted.tables.lookup(address), recorded.tables.lookup(address))
      if ours == nil, theirs == nil { continue }
      guard let ours, let theirs else {
        slot.unmarked = "pfn \(frame.hex) is mapped on one side only"
        return slot
      }
      let before = ours.flags4K
      if theirs.size == .size4K, theirs.flags == before { continue }
      guard theirs.size == .size4K, before == ordinary, let mark = mark(theirs.flags) else {
        slot.unmarked =
          "pfn \(frame.hex): \(ours.size.name) \(String(ours.flags.rawValue, radix: 16)), the kernel "
          + "\(theirs.size.name) \(String(theirs.flags.rawValue, radix: 16))"
        return slot
      }
      slot.marks[index] = mark
    }
    return slot
  }

  private func mark(_ flags: EntryFlags) -> Mark? {
    let ordinary = booted.cpu.pageKernel
    let cleared: EntryFlags = booted.kernel.roClearsDirty ? [.writable, .dirty] : .writable
    return switch flags {
    case ordinary.subtracting(cleared): .readOnly
    case ordinary.subtracting([.global, .dirty]), ordinary.subtracting(.global): .restored
    case ordinary.subtracting(.present): .guarded
    case ordinary.subtracting(.present).union(.kernel4K): .splitOnRequest
    default: nil
    }
  }
}
