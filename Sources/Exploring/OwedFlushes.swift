import Engine

/// Entries that lost a right and are not flushed yet, while a call is under way.
///
/// The processor may hold any present entry in a TLB, so what counts is what the entry allowed, not
/// whether somebody used it.
struct OwedFlushes {
  /// Entries at the addresses of the request, which a flush by page reaches.
  private var asked: [(AddressRegion, VirtualAddress)] = []
  /// Entries that show the same frames elsewhere, which only a full flush reaches.
  private var aliases: [(AddressRegion, VirtualAddress)] = []
  private var isAtAlias = false
  private let cpus: Int

  init(cpus: Int) { self.cpus = cpus }

  /// One entry of each region that is still owed a flush.
  var rest: [(AddressRegion, VirtualAddress)] {
    var rest: [(AddressRegion, VirtualAddress)] = []
    for owed in asked + aliases where !rest.contains(where: { $0.0 == owed.0 }) {
      rest.append(owed)
    }
    return rest
  }

  mutating func follow(_ event: Event) {
    switch event {
    case .entered(.cpaProcessAlias, _, _): isAtAlias = true
    case .left(.cpaProcessAlias, _): isAtAlias = false
    case .entryWritten(let address, let size, let old, let new)
    where Self.loses(old.flags(size), new.flags(size)):
      let owed = (AddressRegion(of: address), address)
      if isAtAlias { aliases.append(owed) } else { asked.append(owed) }
    case .flushed(let flush):
      flushed(flush.isOfAll, isOnOneCPU: flush == .ownPage || flush == .ownTLB)
    case .linearMap, .process: if let fact = event.facts.flush { flushed(fact.isFullOfTLB) }
    case .entryWritten, .entered, .left, .asked, .remedy, .seen, .decided, .mapped, .unmapped,
      .tableInstalled, .tableBacked, .tableFreed, .tableTracked, .kept, .policy, .supply, .counted,
      .memoryTypeSet, .vmalloc, .systemRunning, .stopped, .kernelSetReadOnly, .memory:
      break
    }
  }

  private mutating func flushed(_ isOfAll: Bool?, isOnOneCPU: Bool = false) {
    guard let isOfAll, !isOnOneCPU || cpus == 1 else { return }
    asked = []
    if isOfAll { aliases = [] }
  }

  /// Whether an entry allows something that its successor does not.
  private static func loses(_ old: EntryFlags, _ new: EntryFlags) -> Bool {
    guard old.contains(.present) else { return false }
    return !new.contains(.present)
      || old.contains(.writable) && !new.contains(.writable)
      || !old.contains(.nx) && new.contains(.nx)
  }
}

extension Flush {
  /// Whether it takes all entries of the TLBs; `nil` for one of caches.
  fileprivate var isOfAll: Bool? {
    switch self {
    case .all, .allAfterFailure, .kernelRangeToEnd, .ownTLB: true
    case .kernelRange(let pages): pages > Machine.singlePageFlushCeiling
    case .pages, .ownPage: false
    case .cacheLines, .allCaches: nil
    }
  }
}

extension Event {
  /// The address at which it makes an entry writable and executable that was not so. Splits and merges
  /// hand on what was there.
  var writableAndExecutable: VirtualAddress? {
    switch self {
    case .entryWritten(let address, let size, let old, let new):
      new.flags(size).isWX && !old.flags(size).isWX ? address : nil
    case .mapped(let fill): fill.flags.isWX ? fill.start : nil
    case .entered, .asked, .left, .remedy, .seen, .decided, .unmapped, .tableInstalled,
      .tableBacked,
      .tableFreed, .tableTracked, .kept, .policy, .supply, .counted, .flushed, .memoryTypeSet,
      .vmalloc, .systemRunning, .stopped, .kernelSetReadOnly, .memory, .process, .linearMap:
      nil
    }
  }

  /// Whether it puts a leaf in the place of a table.
  var freesTable: Bool { if case .tableFreed = self { true } else { false } }

  /// The addresses at which it makes leaves or takes them away. The events of arm64's linear map are
  /// not read: they may do so anywhere.
  var resizedRange: Range<VirtualAddress>? {
    switch self {
    case .tableInstalled(let address, inPlaceOf: let size, old: _, first: _),
      .tableFreed(let address, let size, leaf: _):
      address..<address + size.pages
    case .mapped(let fill):
      fill.start..<fill.start + PageCount(fill.count * fill.size.pages.rawValue)
    case .unmapped(let address, let pages): address..<address + pages
    case .entered, .asked, .left, .remedy, .seen, .decided, .entryWritten, .tableBacked,
      .tableTracked, .kept, .policy, .supply, .counted, .flushed, .memoryTypeSet, .vmalloc,
      .systemRunning, .stopped, .kernelSetReadOnly, .memory, .process, .linearMap:
      nil
    }
  }

  /// Whether it makes or takes away leaves, or counts them.
  var movesLeaves: Bool {
    if case .counted(let counter, _) = self {
      return counter == .directMap4K || counter == .directMap2M || counter == .directMap1G
    }
    return resizedRange != nil
  }
}

extension EntryFlags {
  fileprivate var isWX: Bool { isSuperset(of: [.present, .writable]) && !contains(.nx) }
}
