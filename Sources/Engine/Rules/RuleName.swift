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
}
