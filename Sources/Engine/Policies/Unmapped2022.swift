/// "Prototype for direct map awareness in page allocator", Mike Rapoport, RFC of January 2022, based on
/// 5.17-rc1: `__GFP_UNMAPPED` and MIGRATE_UNMAPPED.
///
/// The page allocator gets a type of pageblocks whose pages 4K entries map. A page of such a request
/// leaves the direct map as the last step of its allocation and comes back as the first of its free.
/// No cache stands before the page allocator: what is free is on its lists, and on those of the CPU
/// first. Users: secretmem, and module memory as an experiment; both restore their pages themselves,
/// others leave it to the page allocator. No bulk requests, not for slabs.
///
/// As posted it has three faults, which stop this kernel as they stopped a real one: a split that fails,
/// and pages whose pageblock another type took meanwhile. An atomic request that splits, and a free in
/// a softirq, are told as what they are.
public struct Unmapped2022: PublishedPolicy {
  var name: PolicyName { .unmapped2022 }
  var hooks: PolicyHooks { [.pages, .blocks] }

  /// `fallbacks[]` with the new type, and its row of `/proc/pagetypeinfo`.
  func adjust(_ kernel: inout KernelProfile) {
    kernel.buddy.victims = [
      .init(.unmovable, [.reclaimable, .movable, .unmapped]),
      .init(.movable, [.reclaimable, .unmovable, .unmapped]),
      .init(.reclaimable, [.unmovable, .movable, .unmapped]),
      .init(.unmapped, [.unmovable, .reclaimable, .movable], takesSingleBlock: true),
    ]
    let shown = kernel.buddy.shownTypes
    // The recorded kernels had them; nothing else could tell when a block merges.
    if kernel.buddy.cpuLists == nil { kernel.buddy.cpuLists = CPUListRules() }
    let index = shown.firstIndex(of: .reclaimable).map { $0 + 1 } ?? shown.count
    kernel.buddy.shownTypes.insert(.unmapped, at: index)
  }

  /// What is counted, and which pages went astray; the rest is in the page allocator's books.
  struct State: Equatable, Sendable {
    /// How many pageblocks were marked.
    var marked = 0
    /// Pages that were freed not present, by rising frame.
    var strays: [Stray] = []

    func add(to sum: inout Checksum) {
      sum.add(marked)
      sum.add(strays) { $0.add(to: &$1) }
    }

    mutating func apply(_ change: Change) {
      switch change {
      case .marked: marked += 1
      case .strayed(let stray):
        strays.removeAll { $0.pfn == stray.pfn }
        strays.append(stray)
      }
    }
  }

  /// A page that was given back while it was not in the direct map.
  public struct Stray: Equatable, Sendable {
    /// The page.
    public var pfn: PFN
    /// Who gave it back.
    public var owner: Name

    func add(to sum: inout Checksum) {
      sum.add(pfn.rawValue)
      owner.add(to: &sum)
    }
  }

  /// A change of what is counted.
  public enum Change: Equatable, Sendable {
    /// The pageblock that begins at the frame is mapped by 4K entries, and Unmapped from here on.
    case marked(PFN)
    /// A page went back to the page allocator and is not in the direct map.
    case strayed(Stray)
  }

  func allocatePage(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PageAnswer {
    guard request.isGrouped, machine.physical.isKnown else { return .notMine }
    var own = request
    own.type = .unmapped
    var attempts = 0
    var served: PFN?
    while served == nil {
      guard let pfn = machine.allocPages(own, &sink) else {
        machine.note(.nothingLeft(name), &sink)
        return .failed
      }
      if mark(pfn, request, &machine, &sink) {
        served = pfn
      } else {
        attempts += 1
        guard machine.stopped == nil, attempts < Self.attempts else { return .failed }
      }
    }
    guard let pfn = served else { return .failed }
    let pages = PageCount(1 << UInt64(request.order))
    machine.enter(.migrateUnmappedUnmapPages, .page(pfn, order: request.order), &sink)
    _ = machine.setDirectMap(.invalid, pfn, pages, &sink)
    machine.emit(.flushed(.kernelRange(pages)), &sink)
    machine.leave(.migrateUnmappedUnmapPages, &sink)
    // Those who ask do with the page what they always do: it changes nothing.
    return .page(pfn)
  }

  /// Makes the pageblock of a block's first page Unmapped, if it is not; the second pageblock of a block
  /// of order 10 is forgotten. Models `set_pageblock_unmapped()`.
  ///
  /// A failure is to "put the block back", with a function that moves free blocks from list to list. The
  /// block is on no list.
  private func mark(
    _ pfn: PFN, _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    machine.enter(.setPageblockUnmapped, .page(pfn, order: request.order), &sink)
    let result = split(pfn, request, &machine, &sink)
    machine.leave(.setPageblockUnmapped, .code(result), &sink)
    guard result != .success else { return true }
    guard machine.setup.kernel.buddy.debugsLists else {
      machine.emit(.stopped(.movedOffList(pfn)), &sink)
      return false
    }
    // Warned of, and on no list that anybody takes from.
    machine.note(.lost(name, pfn), &sink)
    machine.hand(pfn, into: name, &sink)
    return false
  }

  /// How often the slow path of the page allocator tries.
  private static let attempts = 3

  /// The split is the only step that can fail, so it comes first. It allocates with GFP_KERNEL, whatever
  /// the request may do.
  private func split(
    _ pfn: PFN, _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard machine.physical.pageblockType(of: pfn) != .unmapped else { return .success }
    let address = machine.directMapAddress(of: pfn)
    if !request.gfp.contains(.directReclaim),
      machine.tables.lookup(address).map({ $0.size > .size4K }) ?? false
    {
      machine.note(.sleepsInAtomic(name, pfn), &sink)
    }
    let result = machine.setDirectMap(.invalid, pfn, 1, &sink)
    guard result == .success else { return result }
    _ = machine.setDirectMap(.default, pfn, 1, &sink)
    let start = pfn.alignedDown(to: .size2M)
    machine.note(.pageblockMarked(name, start), &sink)
    try? machine.physical.setPageblockType(of: pfn, to: .unmapped, &sink)
    machine.emit(.policy(.unmapped2022(.marked(start))), &sink)
    return .success
  }

  /// Models `migrate_unmapped_map_pages()`: the pageblock decides, not the page.
  func willFree(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    let pages = PageCount(1 << UInt64(order))
    if machine.physical.pageblockType(of: pfn) == .unmapped {
      machine.enter(.migrateUnmappedMapPages, .page(pfn, order: order), &sink)
      _ = machine.setDirectMap(.default, pfn, pages, &sink)
      machine.leave(.migrateUnmappedMapPages, &sink)
      return false
    }
    guard case .allocated(_, let owner) = machine.physical.owner(of: pfn),
      let user = machine.physical.name(of: owner)
    else { return false }
    for page in pfn.rawValue..<(pfn + pages).rawValue where !machine.isInDirectMap(PFN(page)) {
      machine.note(.freedNotPresent(name, PFN(page)), &sink)
      let stray = Stray(pfn: PFN(page), owner: user)
      machine.emit(.policy(.unmapped2022(.strayed(stray))), &sink)
    }
    return false
  }

  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? {
    guard size == .size2M, let pfn = AddressLayout.directMapFrame(of: start),
      machine.physical.isKnown, machine.physical.pageblockType(of: pfn) == .unmapped
    else { return nil }
    return .keptSplit
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let physical = machine.physical
    var free: UInt64 = 0
    for zone in physical.zones.indices {
      for order in 0..<ListBook.orders {
        free += physical.freeBlocks(inZone: zone, .unmapped, order: order) << UInt64(order)
      }
    }
    var lines: [PanelLine] = [
      .count("pageblocks marked so far", Int64(machine.kept.value.policies.unmapped2022.marked)),
      .count("free pages of type Unmapped", Int64(free)),
    ]
    if let pfn = AddressLayout.directMapFrame(of: address), machine.memory.contains(pfn) {
      lines += PageblockCensus(of: pfn, physical).lines
    }
    let waiting = physical.zones.indices.reduce(0) { $0 + physical.cpuListPages(inZone: $1) }
    lines.append(.count("pages on CPU 0's lists", Int64(waiting)))
    let strays = machine.kept.value.policies.unmapped2022.strays
    if !strays.isEmpty { lines.append(.count("pages freed not present", Int64(strays.count))) }
    lines.append(
      .note("What is free is on the page allocator's lists: there is nothing to shrink."))
    lines.append(.note("Other types borrow from Unmapped pageblocks when they have nothing else."))
    return lines
  }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] {
    guard machine.physical.isKnown, machine.physical.pageblockType(of: pfn) == .unmapped else {
      return []
    }
    let waits: [PanelLine] =
      machine.physical.isOnCPUList(pfn) ? [.note("Free, it waits on CPU 0's list.")] : []
    return waits + [.note("Its pageblock is Unmapped: mapped by 4K entries.")]
      + PageblockCensus(of: pfn, machine.physical).lines
  }
}

/// Who holds the pages of a pageblock.
struct PageblockCensus: Equatable {
  /// The type of the pageblock.
  var type: MigrateType
  /// Free pages.
  var free = 0
  /// Pages of Unmapped requests.
  var own = 0
  /// Pages of other requests.
  var borrowed = 0
  /// Pages that boot keeps.
  var boot = 0
  /// Free pages on the CPU's lists: the page allocator does not see that they are free.
  var waiting = 0

  init(of pfn: PFN, _ physical: PhysicalMemory) {
    type = physical.pageblockType(of: pfn)
    let start = pfn.alignedDown(to: .size2M)
    var index: UInt64 = 0
    while index < 512 {
      var pages = 1
      switch physical.owner(of: start + PageCount(index)) {
      case .free(let block):
        pages = Int(min(block.pages.rawValue, 512))
        free += pages
      case .allocated(let block, let owner):
        pages = Int(min(block.pages.rawValue, 512))
        if owner == physical.cpuLists.owner {
          waiting += pages
        } else if block.type == .unmapped {
          own += pages
        } else {
          borrowed += pages
        }
      case .reserved: boot += 1
      // On its way, or no RAM: in nobody's use.
      case .unowned, .hole: break
      }
      index += UInt64(pages)
    }
  }

  /// What is not on the free lists.
  var use: PageblockUse {
    PageblockUse(own: own, borrowed: borrowed, boot: boot, waiting: waiting)
  }

  var lines: [PanelLine] {
    [
      .note("this pageblock is \(type.name)"),
      .count("its free pages", Int64(free)),
      .count("its pages on CPU 0's lists", Int64(waiting)),
      .count("its pages of Unmapped requests", Int64(own)),
      .count("its pages borrowed by other types", Int64(borrowed)),
      .count("its pages kept by boot", Int64(boot)),
    ]
  }
}
