public import Engine

/// What a direct map holds, counted from its runs of leaves.
public struct MapCensus: Equatable, Sendable {
  /// Leaves of each size.
  public private(set) var leaves: [LeafSize: UInt64] = [:]
  /// Pages of each permission class, 4K pages that large leaves map included.
  public private(set) var pages: [PermissionClass: UInt64] = [:]
  /// The first pages that are writable and executable, at most ``limit`` ranges.
  public private(set) var unsafe: [Range<PFN>] = []
  /// Blocks of 2M whose RAM is mapped by 4K leaves: by what is seen in them.
  public private(set) var splitBlocks: [Sign: UInt64] = [:]
  /// The pages in such blocks that are not like ordinary memory, by the same.
  public private(set) var specialPages: [Sign: UInt64] = [:]
  /// Slots of 1G, mapped whole, that have smaller leaves.
  public private(set) var split1G: UInt64 = 0

  /// The most ranges that are listed.
  public static let limit = 20

  /// What is seen in a block that is mapped by 4K leaves: the first of these that holds.
  public enum Sign: String, CaseIterable, Codable, Sendable {
    /// The block is not all RAM, or the first one: no kernel maps it otherwise.
    case edge
    /// The model of boot maps the block by 4K leaves too.
    case boot
    /// Pages that are writable and executable.
    case unsafe
    /// Pages of another cache type.
    case uncached
    /// Pages without the encryption bit that the others have.
    case shared
    /// Pages that are not present.
    case absent
    /// Pages that are executable.
    case executable
    /// Read-only pages.
    case readOnly
    /// Pages without G, or other bits, that ordinary memory has.
    case reset
    /// All entries are alike: nothing is seen that would need 4K leaves.
    case alike
  }

  /// Where boot has 4K leaves, by the model.
  private let boot: MemoryMap

  /// Counts the runs of a map, by rising address. Leaves that the CPU marked differently count as alike.
  ///
  /// - Parameter boot: the runs at the end of boot, if a model of it is known.
  public init(_ runs: [LeafRun], boot: [LeafRun] = []) {
    self.boot = MemoryMap(
      boot.filter { $0.size == .size4K }.compactMap { run in
        guard let pfn = AddressLayout.directMapFrame(of: run.start) else { return nil }
        return pfn.alignedDown(to: .size2M)..<(pfn + run.pages).alignedUp(to: .size2M)
      })
    var block = Slot(.size2M)
    var gibibyte = Slot(.size1G)
    for run in runs {
      guard let size = run.size else { continue }
      count(run, size)
      block.take(run) { self.close($0) }
      gibibyte.take(run) { self.close($0) }
    }
    close(block)
    close(gibibyte)
  }

  private mutating func count(_ run: LeafRun, _ size: LeafSize) {
    leaves[size, default: 0] += run.leafCount
    let kind = PermissionClass(run)
    pages[kind, default: 0] += run.pages.rawValue
    guard kind == .rwX, let pfn = AddressLayout.directMapFrame(of: run.start) else { return }
    if let last = unsafe.last, last.upperBound == pfn {
      unsafe[unsafe.count - 1] = last.lowerBound..<pfn + run.pages
    } else if unsafe.count < Self.limit {
      unsafe.append(pfn..<pfn + run.pages)
    }
  }

  private mutating func close(_ slot: Slot) {
    guard slot.hasSmaller else { return }
    if slot.size == .size1G {
      if slot.isWhole { split1G += slot.repeated }
      return
    }
    var sign = slot.sign
    if sign != .edge, boot.contains(slot.first) { sign = .boot }
    splitBlocks[sign, default: 0] += slot.repeated
    specialPages[sign, default: 0] += slot.special * slot.repeated
  }

  /// The blocks that a kernel could map by one leaf, and maps by 4K leaves.
  public var brokenBlocks: UInt64 {
    splitBlocks.reduce(0) { $0 + ($1.key == .edge || $1.key == .boot ? 0 : $1.value) }
  }

  /// The kilobytes that leaves of a size map.
  public func kilobytes(_ size: LeafSize) -> UInt64 { (leaves[size] ?? 0) * size.pages.kilobytes }
}

/// A slot of 2M or 1G while the runs in it are read; equal slots in a row of one run are taken together.
private struct Slot {
  let size: LeafSize
  /// The number of the slot; `nil` before the first.
  private var index: UInt64?
  private var pages: UInt64 = 0
  private(set) var hasSmaller = false
  /// The pages that are not like ordinary memory.
  private(set) var special: UInt64 = 0
  private(set) var repeated: UInt64 = 1
  private var signs: Set<MapCensus.Sign> = []
  private var flags: EntryFlags?
  private var isAlike = true
  private var hasEncrypted = false
  private var hasPlain = false

  init(_ size: LeafSize) { self.size = size }

  /// Takes a run, and hands out each slot that ends with it.
  mutating func take(_ run: LeafRun, _ close: (Slot) -> Void) {
    guard let own = run.size else { return }
    let span = size.pages.rawValue
    guard let first = AddressLayout.directMapFrame(of: run.start)?.rawValue else { return }
    var page = first
    let end = first + run.pages.rawValue
    while page < end {
      let number = page / span
      if number != index {
        if index != nil { close(self) }
        self = Slot(size)
        index = number
      }
      // Whole slots of one run are alike.
      if page % span == 0, end - page >= span {
        let count = number == 0 ? 1 : (end - page) / span
        add(run, own, span)
        repeated = count
        close(self)
        self = Slot(size)
        page += count * span
        continue
      }
      let next = min(end, (number + 1) * span)
      add(run, own, next - page)
      page = next
    }
  }

  private mutating func add(_ run: LeafRun, _ own: LeafSize, _ count: UInt64) {
    pages += count
    guard own < size else { return }
    hasSmaller = true
    guard size == .size2M else { return }
    let seen = run.flags.subtracting([.accessed, .dirty, .contiguous, .kernel4K])
    if let flags, flags != seen { isAlike = false }
    flags = seen
    if seen.contains(.encryption) { hasEncrypted = true } else { hasPlain = true }
    let kind = PermissionClass(run.flags, own)
    if kind != .rwNX { special += count }
    switch kind {
    case .rwX: signs.insert(.unsafe)
    case .uncached: signs.insert(.uncached)
    case .notPresent: signs.insert(.absent)
    case .roX: signs.insert(.executable)
    case .roNX: signs.insert(.readOnly)
    case .rwNX, .hole: break
    }
  }

  /// The first frame.
  var first: PFN { PFN((index ?? 0) * size.pages.rawValue) }

  /// Whether all of the slot is mapped.
  var isWhole: Bool { pages == size.pages.rawValue }

  /// What is seen in the slot.
  var sign: MapCensus.Sign {
    if !isWhole || index == 0 { return .edge }
    if hasEncrypted, hasPlain, !signs.contains(.unsafe) { return .shared }
    if let seen = MapCensus.Sign.allCases.first(where: signs.contains) { return seen }
    return isAlike ? .alike : .reset
  }
}
