/// "Prototype for direct map awareness in page allocator", Mike Rapoport, RFC of January 2022, based on
/// 5.17-rc1: `__GFP_UNMAPPED` and MIGRATE_UNMAPPED.
///
/// The page allocator gets a type of pageblocks whose pages 4K entries map. A page of such a request
/// leaves the direct map as the last step of its allocation and comes back as the first of its free.
/// No cache stands before the page allocator: what is free is on its lists. Users: secretmem, and
/// module memory as an experiment. No bulk requests, not for slabs.
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
    let index = shown.firstIndex(of: .reclaimable).map { $0 + 1 } ?? shown.count
    kernel.buddy.shownTypes.insert(.unmapped, at: index)
  }

  /// What is counted; the rest is in the page allocator's books.
  struct State: Equatable, Sendable {
    /// How many pageblocks were marked.
    var marked = 0

    func add(to sum: inout Checksum) {
      sum.add(marked)
    }

    mutating func apply(_ change: Change) {
      switch change {
      case .marked: marked += 1
      }
    }
  }

  /// A change of what is counted.
  public enum Change: Equatable, Sendable {
    /// The pageblock that begins at the frame is mapped by 4K entries, and Unmapped from here on.
    case marked(PFN)
  }

  func allocatePage<Sink: EventSink>(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout Sink,
  ) -> PageAnswer {
    guard request.isGrouped, machine.physical.isKnown else { return .notMine }
    var own = request
    own.type = .unmapped
    guard let pfn = machine.allocPages(own, &sink), mark(pfn, &machine, &sink) else {
      machine.note(.nothingLeft(name), &sink)
      return .failed
    }
    machine.enter(.migrateUnmappedUnmapPages, .page(pfn, order: 0), &sink)
    _ = machine.setDirectMap(.invalid, pfn, 1, &sink)
    machine.emit(.flushed(.kernelRange(1)), &sink)
    machine.leave(.migrateUnmappedUnmapPages, &sink)
    // Those who ask do with the page what they always do: it changes nothing.
    return .page(pfn)
  }

  /// Makes the pageblock of a page Unmapped, if it is not. Models `set_pageblock_unmapped()`.
  private func mark<Sink: EventSink>(
    _ pfn: PFN, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool {
    machine.enter(.setPageblockUnmapped, .page(pfn, order: 0), &sink)
    let result = split(pfn, &machine, &sink)
    machine.leave(.setPageblockUnmapped, .code(result), &sink)
    if result != .success { machine.returnPages(pfn, order: 0, &sink) }
    return result == .success
  }

  /// The split is the only step that can fail, so it comes first.
  private func split<Sink: EventSink>(
    _ pfn: PFN, _ machine: inout Machine, _ sink: inout Sink,
  ) -> ReturnCode {
    guard machine.physical.pageblockType(of: pfn) != .unmapped else { return .success }
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
  func willFree<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool {
    if machine.physical.pageblockType(of: pfn) == .unmapped {
      machine.enter(.migrateUnmappedMapPages, .page(pfn, order: order), &sink)
      _ = machine.setDirectMap(.default, pfn, PageCount(1 << UInt64(order)), &sink)
      machine.leave(.migrateUnmappedMapPages, &sink)
    } else if !machine.isInDirectMap(pfn) {
      machine.note(.freedNotPresent(name, pfn), &sink)
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
    lines.append(
      .note("What is free is on the page allocator's lists: there is nothing to shrink."))
    lines.append(.note("Other types borrow from Unmapped pageblocks when they have nothing else."))
    return lines
  }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] {
    guard machine.physical.isKnown, machine.physical.pageblockType(of: pfn) == .unmapped else {
      return []
    }
    return [.note("Its pageblock is Unmapped: mapped by 4K entries.")]
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
      case .allocated(let block, _):
        pages = Int(min(block.pages.rawValue, 512))
        if block.type == .unmapped { own += pages } else { borrowed += pages }
      case .reserved: boot += 1
      // On its way, or no RAM: in nobody's use.
      case .unowned, .hole: break
      }
      index += UInt64(pages)
    }
  }

  var lines: [PanelLine] {
    [
      .note("this pageblock is \(type.name)"),
      .count("its free pages", Int64(free)),
      .count("its pages of Unmapped requests", Int64(own)),
      .count("its pages borrowed by other types", Int64(borrowed)),
      .count("its pages kept by boot", Int64(boot)),
    ]
  }
}
