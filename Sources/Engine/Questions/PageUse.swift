/// What a page is used for, as the page allocator and the caches before it know it.
public enum PageUse: Hashable, Sendable {
  /// The frame is no RAM.
  case hole
  /// Nothing is known of the memory, as in most recordings.
  case unknown
  /// Boot keeps the page.
  case boot
  /// Off the lists and between two owners: inside a call.
  case unowned
  /// The page is part of a free block of this order, 0 to 10.
  case free(order: Int)
  /// Kernel memory of no particular kind.
  case kernel
  /// A page table.
  case pageTable
  /// Memory of processes, which can be moved.
  case user
  /// Free, on a list of the CPU: the page allocator does not see it.
  case cpuList
  /// A page of an area or of `memfd_secret`: its permissions may change.
  case area
  /// A page in the cache of a policy, or in that of read-only executable memory (7.0).
  case cached
}

/// Tells for any page of a machine what it is used for. Made once for each machine that is read, as the
/// names of owners are looked up then.
public struct PageUses: Sendable {
  private let memory: PhysicalMemory
  /// What an owner's pages are, by its number; `nil` where the type of the block tells.
  private let owners: [PageUse?]
  /// The pages that caches hold and that no owner tells: all where the memory is not known, else those
  /// of the cache of read-only executable memory.
  private let held: Set<PFN>
  /// Their pageblocks.
  private let heldBlocks: Set<UInt64>

  /// What is known of a machine's memory.
  public init(_ machine: Machine) {
    memory = machine.physical
    let caches = Set(machine.policies.map(\.owner))
    let areas = Set(machine.areas.live.map(\.name)).union(machine.kept.value.secrets.map(\.name))
      .union(machine.kept.value.guests.map(\.name)).union(machine.kept.value.kexecs.map(\.name))
    let ranges = Set(machine.userRanges.map(\.range.name))
    let memory = memory
    owners = memory.owners.map { owner in
      if owner == .pageTables { return .pageTable }
      if owner == memory.cpuLists.owner { return .cpuList }
      guard let name = memory.name(of: owner) else { return nil }
      if caches.contains(name) { return .cached }
      if areas.contains(name) { return .area }
      return ranges.contains(name) ? .user : nil
    }
    var held: Set<PFN> = []
    if !memory.isKnown {
      for policy in machine.setup.policies { held.formUnion(policy.heldPages(machine)) }
    }
    for range in machine.kept.value.rox.free {
      var address = range.lowerBound
      while address < range.upperBound {
        if let pfn = machine.tables.frame(at: address) { held.insert(pfn) }
        address = address + 1
      }
    }
    self.held = held
    heldBlocks = Set(held.map { $0.rawValue >> 9 })
  }

  /// What a page is used for.
  public func use(of pfn: PFN) -> PageUse {
    held.contains(pfn) ? .cached : use(memory.owner(of: pfn))
  }

  /// Visits the pages of a pageblock by rising frame, those in a row with the same use together.
  ///
  /// - Parameters:
  ///   - index: the pageblock's first frame divided by 512.
  ///   - visit: is given places in the pageblock, from 0 to 512, and the use of the pages there.
  public func forEachUse(
    inPageblock index: UInt64, _ visit: (_ places: Range<Int>, PageUse) -> Void,
  ) {
    guard heldBlocks.contains(index) else {
      guard memory.isKnown else { return visit(0..<512, .unknown) }
      return memory.forEachState(inPageblock: index) { visit($0, use($1)) }
    }
    for place in 0..<512 { visit(place..<place + 1, use(of: PFN(index << 9 + UInt64(place)))) }
  }

  /// The pageblocks with pages whose use another machine sees in another way though their records are
  /// the same: those of owners that are not of the same kind. `nil` where these are not known.
  public func pageblocksApart(from other: PageUses) -> [UInt64]? {
    guard held.isEmpty, other.held.isEmpty else { return nil }
    var indices: Set<UInt64> = []
    for index in 0..<min(owners.count, other.owners.count)
    where owners[index] != other.owners[index] {
      let owner = Owner(rawValue: UInt32(index))
      for block in memory.blocks(of: owner) + other.memory.blocks(of: owner) {
        let last = block.first.rawValue + block.pages.rawValue - 1
        indices.formUnion(block.first.rawValue >> 9...last >> 9)
      }
    }
    return indices.sorted()
  }

  private func use(_ state: PageState) -> PageUse {
    switch state {
    case .hole: return memory.isKnown ? .hole : .unknown
    case .reserved: return .boot
    case .unowned: return .unowned
    case .free(let block): return .free(order: block.order)
    case .allocated(let block, let owner):
      let index = Int(owner.rawValue)
      if owners.indices.contains(index), let use = owners[index] { return use }
      return block.type == .movable ? .user : .kernel
    }
  }
}

extension Machine {
  /// The pages that the caches of policies hand out next: of a cache with a list for each node, one of
  /// each.
  public var nextCachedPages: [PFN] { setup.policies.flatMap { $0.nextPages(self) } }

  /// The pages of a slot of 2M that keep a merge on free from making it one leaf: those of its pageblock
  /// that are not free. Empty where no policy merges on free, or the pageblock is not Unmapped.
  ///
  /// - Returns: places in the slot, from 0 to 511.
  public func pagesAgainstMergeOnFree(at pfn: PFN) -> [Int] {
    guard policies.contains(where: \.mergesOnFree), physical.isKnown,
      physical.pageblockType(of: pfn) == .unmapped
    else { return [] }
    var places: [Int] = []
    physical.forEachState(inPageblock: pfn.rawValue >> 9) { range, state in
      switch state {
      case .free, .hole: break
      case .reserved, .allocated, .unowned: places += range
      }
    }
    return places
  }
}

extension PolicyName {
  /// Whether the policy restores a 2M leaf when a pageblock becomes free.
  public var mergesOnFree: Bool {
    switch self {
    case .mergeOnFree, .mergeOnFreeLiteral, .mergeOnFreeChecked, .mergeOnFreeLiteralChecked: true
    default: false
    }
  }
}
