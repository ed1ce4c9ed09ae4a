/// ALLOC_UNMAPPED and freetypes, Brendan Jackman, RFC of February 2026 to v4 (`__GFP_UNMAPPED` up to v3).
///
/// The index of the free lists becomes a pair of migratetype and flags. The one flag says "not in the direct
/// map", and the pageblock carries it. A request with the flag is served from blocks that have it; if there
/// is none, a whole mapped pageblock flips: one `set_direct_map_valid_noflush()` over its 512 pages, then one
/// flush of that range. When the page allocator has nothing else, a wholly free block flips back, which
/// needs no flush. Mapped and unmapped pages never share a block, so no 2M leaf splits; a 1G leaf does, once,
/// and G and D are lost. Zeroing is not the allocator's: ALLOC_UNMAPPED excludes `__GFP_ZERO`.
///
/// What the mails leave open, and what is done here: in which order unmapped lists, flips and stealing are
/// tried (here the lists, then a flip; an ordinary request takes from other types first, and flips a block
/// back only when it would fail); which pages a block hands out first (here the lowest); direct compaction
/// for unmapped requests and the bank of per-CPU lists are left out. Users: secretmem and the page cache
/// of guest_memfd. Module memory is none: it takes its pages out of the direct map and puts them back itself.
public struct Freetype2026: PublishedPolicy {
  var name: PolicyName { .freetype2026 }
  var hooks: PolicyHooks { [.pages, .blocks] }

  // MARK: Pages out

  func allocatePage(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> PageAnswer {
    guard request.isSecret, request.order == 0, machine.physical.isKnown else { return .notMine }
    var free = Self.state(machine).firstFree
    if free == nil, flip(request, &machine, &sink) { free = Self.state(machine).firstFree }
    guard let pfn = free else {
      machine.note(.nothingLeft(name), &sink)
      return .failed
    }
    change(.taken(pfn), &machine, &sink)
    machine.hand(pfn, outOf: name, to: request.owner, &sink)
    // Who asks for such a page leaves the direct map alone.
    return .page(pfn, isUnmapped: true)
  }

  /// Takes a whole pageblock out of the direct map.
  private func flip(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    machine.note(.cacheEmpty(name, node: -1), &sink)
    let order = PhysicalMemory.pageblockOrder
    let block = PageRequest(
      order: order, gfp: request.gfp.subtracting(.zero), node: request.node, owner: owner)
    guard let first = machine.allocPages(block, &sink) else { return false }
    let pages = LeafSize.size2M.pages
    let result = machine.setWholeBlock(false, first, &sink)
    guard result == .success else {
      machine.returnPages(first, order: order, &sink)
      return false
    }
    machine.emit(.flushed(.kernelRange(pages)), &sink)
    machine.note(.blockTaken(name, first, node: machine.node(of: first)), &sink)
    machine.splitPage(first, order: order, &sink)
    for index in 0..<pages.rawValue {
      machine.hand(first + PageCount(index), into: name, &sink)
    }
    change(.unmapped(first), &machine, &sink)
    return true
  }

  // MARK: Pages in

  /// Returns a page of an unmapped block to that block's list, no matter who frees it.
  func willFree(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    guard order == 0, Self.state(machine).holds(pfn) else { return false }
    machine.hand(pfn, into: name, &sink)
    change(.freed(pfn), &machine, &sink)
    return true
  }

  /// The page allocator would fail: a block that is free as a whole is mapped again and given to it.
  func yieldBlock(_ machine: inout Machine, _ sink: inout EventListener) -> Bool {
    guard let first = Self.state(machine).wholeBlock else { return false }
    _ = machine.setWholeBlock(true, first, &sink)
    change(.mapped(first), &machine, &sink)
    machine.physical.freeTogether(first, order: PhysicalMemory.pageblockOrder, &sink)
    return true
  }

  // MARK: What it keeps

  func pagesHeld(_ machine: Machine) -> PageCount { PageCount(Self.state(machine).freePages) }

  func heldPages(_ machine: Machine) -> [PFN] {
    Self.state(machine).blocks.flatMap { block in
      (0..<512).lazy.filter { !block.isUsed($0) }.map { block.first + PageCount(UInt64($0)) }
    }
  }

  func nextPages(_ machine: Machine) -> [PFN] {
    Self.state(machine).firstFree.map { [$0] } ?? []
  }

  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? { nil }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let state = Self.state(machine)
    return [
      .count("unmapped pageblocks", Int64(state.blocks.count)),
      .count("free pages in them", Int64(state.freePages)),
      .count("blocks unmapped so far", Int64(state.unmappedEver)),
      .count("blocks mapped again so far", Int64(state.mappedEver)),
      .note("A block flips whole: no 2M leaf splits, and mapped pages never share it."),
      .note("Not merged in 7.3; the order of attempts is not in the mails that were read."),
    ]
  }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] {
    guard Self.state(machine).holds(pfn) else { return [] }
    return [.note("Its pageblock is unmapped as a whole.")]
  }

  private static func state(_ machine: Machine) -> State {
    machine.kept.value.policies.freetype2026
  }

  private func change(_ change: Change, _ machine: inout Machine, _ sink: inout EventListener) {
    machine.emit(.policy(.freetype2026(change)), &sink)
  }
}

extension Freetype2026 {
  /// The unmapped pageblocks.
  struct State: Equatable, Sendable {
    /// By rising frame.
    var blocks: [UnmappedBlock] = []
    /// How many blocks were ever unmapped, and mapped again.
    var unmappedEver = 0
    var mappedEver = 0

    /// The free pages of all of them.
    var freePages: UInt64 { blocks.reduce(0) { $0 + UInt64(512 - $1.used) } }

    /// The lowest free page of the fullest block that has one: what is in use stays together.
    var firstFree: PFN? {
      blocks.filter { $0.used < 512 }.max { $0.used < $1.used }?.firstFree
    }

    /// A block that is free as a whole.
    var wholeBlock: PFN? { blocks.first { $0.used == 0 }?.first }

    func holds(_ pfn: PFN) -> Bool { index(of: pfn) != nil }

    private func index(of pfn: PFN) -> Int? {
      let start = pfn.alignedDown(to: .size2M)
      return blocks.firstIndex { $0.first == start }
    }

    func add(to sum: inout Checksum) {
      sum.add(blocks) { block, sum in
        sum.add(block.first.rawValue)
        sum.add(block.bitmap) { $1.add($0) }
      }
      sum.add(unmappedEver)
      sum.add(mappedEver)
    }

    mutating func apply(_ change: Change) {
      switch change {
      case .unmapped(let first):
        let place = blocks.firstIndex { $0.first > first } ?? blocks.count
        blocks.insert(UnmappedBlock(first: first), at: place)
        unmappedEver += 1
      case .mapped(let first):
        blocks.removeAll { $0.first == first }
        mappedEver += 1
      case .taken(let pfn): set(pfn, used: true)
      case .freed(let pfn): set(pfn, used: false)
      }
    }

    private mutating func set(_ pfn: PFN, used: Bool) {
      guard let index = index(of: pfn) else { return }
      blocks[index].set(Int((pfn - blocks[index].first).rawValue), used: used)
    }
  }

  /// A pageblock outside the direct map.
  struct UnmappedBlock: Equatable, Sendable {
    /// Its first frame.
    var first: PFN
    /// A bit for each page in use.
    var bitmap = [UInt64](repeating: 0, count: 8)

    /// How many pages are in use.
    var used: Int { bitmap.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// The lowest free page.
    var firstFree: PFN? {
      guard let word = bitmap.firstIndex(where: { $0 != .max }) else { return nil }
      return first + PageCount(UInt64(word * 64 + (~bitmap[word]).trailingZeroBitCount))
    }

    func isUsed(_ index: Int) -> Bool { bitmap[index / 64] >> UInt64(index % 64) & 1 != 0 }

    mutating func set(_ index: Int, used: Bool) {
      let bit: UInt64 = 1 << UInt64(index % 64)
      if used { bitmap[index / 64] |= bit } else { bitmap[index / 64] &= ~bit }
    }
  }

  /// A change of the unmapped pageblocks.
  public enum Change: Equatable, Sendable {
    /// A pageblock left the direct map.
    case unmapped(PFN)
    /// It came back, and went to the page allocator.
    case mapped(PFN)
    /// A page was handed out.
    case taken(PFN)
    /// A page came back.
    case freed(PFN)
  }
}

extension Machine {
  /// A whole pageblock in one request: `set_direct_map_valid_noflush()`, or page by page where the kernel
  /// lacks it.
  fileprivate mutating func setWholeBlock(
    _ isValid: Bool, _ first: PFN, _ sink: inout EventListener,
  ) -> ReturnCode {
    let pages = LeafSize.size2M.pages
    if setup.kernel.hasDirectMapValid { return setDirectMapValid(first, pages, isValid, &sink) }
    return setPresent(isValid, first, pages, &sink)
  }
}
