import Engine

/// The rules of the direct map implemented in the slow and obvious way: a size and flags for every
/// page, no tables, no walk. Written from the rules of the recordings, not from the engine.
public struct FlatMachine {
  /// The size of the leaf that maps each page, as the kernel's level: 1, 2 or 3.
  public private(set) var level: [UInt8]
  /// The flags of the leaf that maps each page.
  public private(set) var flags: [UInt64]
  /// Splits of 1G and 2M leaves of the direct map.
  public private(set) var splits = 0
  /// Entries into `flush_tlb_all()`.
  public private(set) var fullFlushes = 0
  /// Pages flushed one by one.
  public private(set) var singleFlushes = 0
  /// The collapses of `set_memory_rox`.
  public private(set) var collapses = 0
  private let hasCollapse: Bool
  private static let pages: [Int] = [0, 1, 512, 512 * 512]
  private static let present: UInt64 = 1
  private static let pse: UInt64 = 0x80
  private static let global: UInt64 = 0x100

  /// A machine with this number of 1G leaves.
  public init(gibibytes: Int, hasCollapse: Bool) {
    let count = gibibytes << 18
    level = Array(repeating: 3, count: count)
    flags = Array(repeating: 0x8000_0000_0000_01e3, count: count)
    self.hasCollapse = hasCollapse
  }

  /// The changes to bits that a call requests.
  public struct Masks {
    /// Set and cleared bits, in 4K layout.
    public var set, clear: UInt64
    /// Whether large leaves are split at once.
    public var forceSplit = false
    /// Whether leaves may re-form.
    public var collapses = false

    /// Creates masks.
    public init(set: UInt64, clear: UInt64, forceSplit: Bool = false, collapses: Bool = false) {
      self.set = set
      self.clear = clear
      self.forceSplit = forceSplit
      self.collapses = collapses
    }
  }

  /// A set_memory call on consecutive pages.
  public mutating func setMemory(_ masks: Masks, _ first: Int, _ count: Int, flushes: Bool = true) {
    guard change(masks, first, count), flushes else { return }
    if count > 33 { fullFlushes += 1 } else { singleFlushes += count }
    if masks.collapses, hasCollapse { collapse(first, count) }
  }

  /// A call on single pages.
  public mutating func setArray(_ masks: Masks, _ pages: [Int]) {
    var changed = false
    for page in pages where change(masks, page, 1) { changed = true }
    guard changed else { return }
    if pages.count > 33 { fullFlushes += 1 } else { singleFlushes += pages.count }
  }

  /// A call through 4K entries elsewhere that were themselves changed: page by page, without
  /// changing NX.
  public mutating func setAlias(_ masks: Masks, _ first: Int, _ count: Int) {
    var masks = masks
    masks.set &= ~(1 << 63)
    masks.clear &= ~(1 << 63)
    guard masks.set | masks.clear != 0 || masks.forceSplit else { return }
    for page in first..<(first + count) { _ = change(masks, page, 1) }
  }

  /// Counts a full flush that a mapping elsewhere causes.
  public mutating func countFullFlush() { fullFlushes += 1 }

  /// The CPU writes to pages.
  public mutating func touch(_ first: Int, _ count: Int) {
    var page = first
    while page < first + count {
      let size = Self.pages[Int(level[page])]
      let start = page / size * size
      for other in start..<(start + size) { flags[other] |= 0x60 }
      page = start + size
    }
  }

  private mutating func change(_ masks: Masks, _ first: Int, _ count: Int) -> Bool {
    var changed = false
    var page = first
    let end = first + count
    while page < end {
      let size = Self.pages[Int(level[page])]
      let start = page / size * size
      let stop = min(end, start + size)
      let new = result(masks, of: flags[page], isLarge: size > 1)
      if size == 1 || !masks.forceSplit {
        if new == flags[page] {
          page = stop
          continue
        }
        if page == start, stop == start + size {
          for other in start..<stop { flags[other] = new }
          changed = true
          page = stop
          continue
        }
      }
      split(start, size)
    }
    return changed
  }

  private func result(_ masks: Masks, of old: UInt64, isLarge: Bool) -> UInt64 {
    var new = (isLarge ? old & ~Self.pse : old) & ~masks.clear | masks.set
    if new & Self.present == 0 { new &= ~Self.global }
    if isLarge, new & Self.present != 0 { new |= Self.pse }
    return new
  }

  private mutating func split(_ start: Int, _ size: Int) {
    let toSmallest = size == 512
    for page in start..<(start + size) {
      level[page] -= 1
      if toSmallest { flags[page] &= ~Self.pse }
    }
    splits += 1
    fullFlushes += 1
  }

  private mutating func collapse(_ first: Int, _ count: Int) {
    var any = false
    var block = first / 512 * 512
    while block < first + count {
      if collapse(block, size: 512, from: 1) {
        any = true
        _ = collapse(block / 262_144 * 262_144, size: 262_144, from: 2)
      }
      block += 512
    }
    if any { fullFlushes += 1 }
  }

  private mutating func collapse(_ start: Int, size: Int, from smaller: UInt8) -> Bool {
    let range = start..<(start + size)
    let wanted = flags[start]
    guard wanted & Self.present != 0, smaller != 1 || wanted & 0x800 == 0,
      range.allSatisfy({ level[$0] == smaller && flags[$0] == wanted })
    else { return false }
    for page in range {
      level[page] += 1
      flags[page] = wanted | Self.pse
    }
    collapses += 1
    return true
  }
}
