public import Engine
import KernelText

/// How two direct maps differ: what was split and merged, and which bits pages lost and gained. A and D,
/// which the CPU sets, count only where both maps show them.
public struct MapDifference: JSONReport, Codable, Equatable, Sendable {
  /// The name of the first map.
  public var a: String
  /// The name of the second.
  public var b: String
  /// Leaves of 1G of the first of which the second has smaller ones.
  public var split1G: UInt64 = 0
  /// Blocks of 2M that the first maps by one leaf or a larger one, the second by 4K leaves.
  public var split2M: UInt64 = 0
  /// Slots of 1G that are one leaf in the second only.
  public var merged1G: UInt64 = 0
  /// Blocks of 2M that only the first maps by 4K leaves.
  public var merged2M: UInt64 = 0
  /// Pages that the first maps and the second does not.
  public var unmapped: UInt64 = 0
  /// Pages that only the second maps.
  public var mapped: UInt64 = 0
  /// Pages that lost a bit, by the bit's name.
  public var lost: [String: UInt64] = [:]
  /// Pages that gained one.
  public var gained: [String: UInt64] = [:]
  /// Pages that became writable and executable.
  public var unsafeGained: UInt64 = 0
  /// Pages that are so no more.
  public var unsafeLost: UInt64 = 0
  /// Pages that became read-only.
  public var readOnlyGained: UInt64 = 0
  /// Pages that became writable.
  public var readOnlyLost: UInt64 = 0
  /// The blocks of 2M that differ.
  public var blocks: UInt64 = 0
  /// The first stretches that differ, at most ``stretchesMax``.
  public var stretches: [Stretch] = []
  /// How many there are.
  public var stretchCount = 0

  /// Frames in which the maps differ in one way.
  public struct Stretch: Codable, Equatable, Sendable {
    /// The first frame.
    public var pfn: UInt64
    /// The number of pages.
    public var pages: UInt64
    /// What the first map has.
    public var a: String
    /// What the second has.
    public var b: String
  }

  /// The most stretches that are listed.
  public static let stretchesMax = 1000

  /// Whether nothing differs.
  public var isEmpty: Bool { stretchCount == 0 }

  /// Compares two maps.
  public init(
    _ a: [LeafRun], named nameA: String, _ b: [LeafRun], named nameB: String,
    comparesAccess: Bool,
  ) {
    self.a = nameA
    self.b = nameB
    var counts = Counts()
    let unseen: EntryFlags = comparesAccess ? [] : [.accessed, .dirty]
    for pair in RunPairs(a, b) {
      let (sizeA, sizeB) = (pair.a?.size, pair.b?.size)
      let pages = (pair.frames.upperBound - pair.frames.lowerBound).rawValue
      let flags = (Self.flags(pair.a, unseen), Self.flags(pair.b, unseen))
      guard sizeA != sizeB || flags.0 != flags.1 else { continue }
      counts.add(pair.frames, sizeA, sizeB)
      add(pair, pages, flags)
      guard let old = flags.0, let new = flags.1 else {
        if sizeA == nil { mapped += pages } else { unmapped += pages }
        continue
      }
      count(old, new, pages)
    }
    (split1G, split2M) = (counts.split1G.count, counts.split2M.count)
    (merged1G, merged2M) = (counts.merged1G.count, counts.merged2M.count)
    blocks = counts.blocks.count
  }

  /// Slots that are counted once however many stretches they have.
  private struct Counts {
    var split1G = SlotCount(.size1G)
    var split2M = SlotCount(.size2M)
    var merged1G = SlotCount(.size1G)
    var merged2M = SlotCount(.size2M)
    var blocks = SlotCount(.size2M)

    mutating func add(_ frames: Range<PFN>, _ a: LeafSize?, _ b: LeafSize?) {
      blocks.add(frames)
      guard let a, let b, a != b else { return }
      if a == .size1G { split1G.add(frames) }
      if b == .size1G { merged1G.add(frames) }
      if b == .size4K { split2M.add(frames) }
      if a == .size4K { merged2M.add(frames) }
    }
  }

  /// The flags in 4K layout, in which leaves of all sizes can be compared.
  private static func flags(_ run: LeafRun?, _ unseen: EntryFlags) -> EntryFlags? {
    guard let run, let size = run.size else { return nil }
    let isArm = run.flags.contains(.normalMemory)
    let plain = size == .size4K || isArm ? run.flags : run.flags.largeTo4K
    return plain.subtracting(unseen).subtracting(.contiguous)
  }

  private static let names: [(flag: EntryFlags, name: String)] = [
    (.present, "P"), (.writable, "RW"), (.user, "US"), (.pwt, "PWT"), (.pcd, "PCD"),
    (.accessed, "A"), (.dirty, "D"), (.pat, "PAT"), (.global, "G"), (.kernel4K, "KERNEL_4K"),
    (.encryption, "C"), (.nx, "NX"),
  ]

  private mutating func count(_ old: EntryFlags, _ new: EntryFlags, _ pages: UInt64) {
    guard old != new else { return }
    for (flag, name) in Self.names {
      if old.contains(flag), !new.contains(flag) { lost[name, default: 0] += pages }
      if new.contains(flag), !old.contains(flag) { gained[name, default: 0] += pages }
    }
    let (before, after) = (PermissionClass(old, .size4K), PermissionClass(new, .size4K))
    if before != .rwX, after == .rwX { unsafeGained += pages }
    if before == .rwX, after != .rwX { unsafeLost += pages }
    let wasReadOnly = before == .roNX || before == .roX
    let isReadOnly = after == .roNX || after == .roX
    if isReadOnly, !wasReadOnly { readOnlyGained += pages }
    if wasReadOnly, !isReadOnly { readOnlyLost += pages }
  }

  private mutating func add(
    _ pair: RunPairs.Pair, _ pages: UInt64, _ flags: (EntryFlags?, EntryFlags?),
  ) {
    let texts = (
      Self.text(pair.a?.size, flags.0), Self.text(pair.b?.size, flags.1)
    )
    if let last = stretches.last, stretchCount == stretches.count,
      last.pfn + last.pages == pair.frames.lowerBound.rawValue, last.a == texts.0,
      last.b == texts.1
    {
      stretches[stretches.count - 1].pages += pages
      return
    }
    stretchCount += 1
    guard stretches.count < Self.stretchesMax else { return }
    stretches.append(
      Stretch(pfn: pair.frames.lowerBound.rawValue, pages: pages, a: texts.0, b: texts.1))
  }

  private static func text(_ size: LeafSize?, _ flags: EntryFlags?) -> String {
    guard let size, let flags else { return "nothing" }
    guard flags.contains(.present) else { return "\(size.name) not present" }
    let isArm = flags.contains(.normalMemory)
    var words = [
      size.name, flags.contains(.writable) ? "RW" : "ro", flags.contains(.nx) ? "NX" : "x",
    ]
    for (flag, name) in names
    where ![.present, .writable, .nx].contains(flag) && flags.contains(flag) {
      if isArm, flag == .pat { continue }
      words.append(name)
    }
    return words.joined(separator: " ")
  }
}

extension MapDifference {
  /// The differences in lines.
  ///
  /// - Parameter limit: how many stretches are listed.
  public func lines(listing limit: Int = 20) -> [String] {
    guard !isEmpty else { return ["\(a) and \(b) are equal"] }
    var lines = [
      "\(counted(blocks, "block")) of 2M \(blocks == 1 ? "differs" : "differ") between \(a) and \(b)"
    ]
    lines.append("split: \(counted(split1G, "leaf", "leaves")) of 1G, \(split2M) of 2M")
    lines.append("merged: \(merged1G) to 1G, \(merged2M) to 2M")
    for (title, counts) in [("lost", lost), ("gained", gained)] where !counts.isEmpty {
      let parts = Self.names.compactMap { entry in
        counts[entry.name].map { "\(entry.name) \($0)" }
      }
      lines.append("bits \(title), in pages: " + parts.joined(separator: ", "))
    }
    if readOnlyGained + readOnlyLost > 0 {
      lines.append("read-only: \(counted(readOnlyGained, "page")) more, \(readOnlyLost) no more")
    }
    lines.append("W+X: \(counted(unsafeGained, "page")) more, \(unsafeLost) no more")
    if mapped + unmapped > 0 {
      lines.append("mapped: \(counted(mapped, "page")) more, \(unmapped) no more")
    }
    for stretch in stretches.prefix(limit) {
      let end = PFN(stretch.pfn + stretch.pages)
      lines.append("  pfn \(PFN(stretch.pfn).hex)-\(end.hex): \(stretch.a) -> \(stretch.b)")
    }
    let more = stretchCount - min(limit, stretches.count)
    if more > 0 { lines.append("  and \(more) stretches more") }
    return lines
  }
}
