/// What a rule can ask for by a name; raw values are the names.
public enum RuleName: String, CaseIterable, Sendable {
  /// The flags of the entry before and after it was written.
  case old, new
  /// The place of the entry in its table, 0 to 511.
  case index
  /// The bit of the entry's line of 8 in a word that `marks` keeps.
  case line
  /// Who wrote the entry.
  case bySplit = "by_split"
  case byMerge = "by_merge"
  /// The flags of the entry that a count looks at.
  case entry
  /// The flags of the first entry of the slot's table.
  case first
  /// The size of the entries of the slot's table, and of the slot, in bytes.
  case size
  case slotSize = "slot_size"
  /// Whether a table stands in the slot.
  case hasTable = "has_table"
  /// The flags of the leaf that maps the slot; 0 for none.
  case leaf
  /// Whether the slot's table is tracked.
  case tracked
  /// Whether the counters of the direct map count the slot.
  case counted
  /// PAGE_KERNEL of the machine, in 4K layout, and as an entry of `size`.
  case pageKernel = "PAGE_KERNEL"
  case usual
  /// Whether the CPU has leaves of 2M.
  case allows2M = "allows_2M"
  /// How many tables this run has replaced.
  case merged
  /// The pages of the request, and whether its flush is a full one anyway.
  case pages
  case full
  /// The order of the freed block or of the request for pages, and the type of the block's list.
  case order
  case blockType = "block_type"
  /// The type of the slot's pageblock.
  case pageblock
  /// What the call returned.
  case returned = "ret"
  /// How many calls were made since boot.
  case calls

  /// What it is, in a few words.
  public var help: String {
    switch self {
    case .old: "the flags of the entry before"
    case .new: "and after"
    case .index: "the entry's place in its table, 0 to 511"
    case .line: "a word with the bit of the entry's line of 8 entries"
    case .bySplit: "whether the entry points to the table of a split"
    case .byMerge: "whether the entry is a leaf that a merge made"
    case .entry: "in `count` and definitions: the flags of the entry that is looked at"
    case .first: "the flags of the first entry of the slot's table"
    case .size: "the size of the entries of the slot's table"
    case .slotSize: "the size of the slot"
    case .hasTable: "whether a table is in the place of the slot's leaf"
    case .leaf: "the flags of the leaf that maps the slot; 0 for none"
    case .tracked: "whether numbers are kept with the slot's table"
    case .counted: "whether DirectMap4k and the like count the slot"
    case .pageKernel: "PAGE_KERNEL of the machine, as a 4K entry"
    case .usual: "the same as an entry of `size`"
    case .allows2M: "whether the CPU and the kernel use leaves of 2M"
    case .merged: "how many tables the handler has replaced so far"
    case .pages: "the pages of the request"
    case .full: "whether the request's flush is a full one anyway"
    case .order: "the order of the freed block, or of the page that is asked for"
    case .blockType: "the free list of the block"
    case .pageblock: "the type of the slot's pageblock"
    case .returned: "what the call returned"
    case .calls: "how many calls this machine has made"
    }
  }
}
