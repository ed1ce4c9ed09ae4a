/// Where a rule runs: what hit it, and the slot that its words are about.
struct RuleMoment {
  /// A slot: the addresses that one entry of a table maps, and the table in its place if there is one.
  struct Slot: Equatable {
    var start: VirtualAddress
    var size: LeafSize

    /// Whether another slot is this one or a part of it.
    func contains(_ other: Slot) -> Bool {
      other.size <= size && other.start.alignedDown(to: size) == start
    }
  }

  /// Who wrote an entry.
  enum Writer { case walk, split, merge }

  /// The slot.
  var slot: Slot
  /// The address of the entry that was written or looked at.
  var address: VirtualAddress
  /// The flags of that entry before and after.
  var old: EntryFlags = []
  var new: EntryFlags = []
  var writer = Writer.walk
  /// The request that is about to be flushed.
  var request: CPARequest?
  /// The block that was freed.
  var block: PageState.Block?
  /// The request for a page.
  var asked: PageRequest?
  /// What the call returned.
  var returned = ReturnCode.success

  /// An entry that was written or looked at; `nil` for one of 1G, whose table is boot's.
  init?(
    entry address: VirtualAddress, _ size: LeafSize, old: EntryFlags, new: EntryFlags,
    _ writer: Writer,
  ) {
    guard let larger = size.larger else { return nil }
    slot = Slot(start: address.alignedDown(to: larger), size: larger)
    self.address = address
    self.old = old
    self.new = new
    self.writer = writer
  }

  /// The slot of a leaf that was split.
  init(split: LeafSplit) {
    slot = Slot(start: split.address, size: split.leaf.size)
    address = split.address
    old = split.leaf.flags
    new = .kernelTable
  }

  /// The 2M slot around a block of pages that changes hands.
  init(of pfn: PFN, order: Int, _ machine: Machine) {
    let type = machine.physical.isKnown ? machine.physical.pageblockType(of: pfn) : .unmovable
    self.init(of: PageState.Block(first: pfn, order: order, type: type), machine)
  }

  /// The 2M slot around a block of pages that changed hands.
  init(of block: PageState.Block, _ machine: Machine) {
    self.init(at: machine.directMapAddress(of: block.first))
    self.block = block
  }

  /// The 2M slot around an address.
  init(at address: VirtualAddress) {
    slot = Slot(start: address.alignedDown(to: .size2M), size: .size2M)
    self.address = address
  }
}
