extension Machine {
  /// Changes bits of the entry that maps a page, and nothing else: no split, no counter, no alias, and
  /// no policy learns of it. What KFENCE does in `kfence_protect_page()`, for any bits.
  mutating func poke<Sink: EventSink>(
    _ address: VirtualAddress, _ bits: EntryPoke, _ sink: inout Sink,
  ) throws(CallError) {
    let bad = bits.set.union(bits.clear).subtracting(EntryPoke.possible)
    guard bad.isEmpty else { throw .bitsNotPoked(bad) }
    guard let leaf = tables.lookup(address) else { throw .notMapped(address) }
    let isLarge = leaf.size > .size4K
    let flags = leaf.flags4K.subtracting(bits.clear).union(bits.set)
    // PSE goes with P in a large leaf, and G says something else without it.
    if isLarge, !flags.contains(.present) || !leaf.entry.isPresent {
      throw .presenceOfLargeLeaf(address)
    }
    let new = isLarge ? flags.fourKToLarge.union(.pse) : flags
    if new != leaf.flags {
      let start = address.alignedDown(to: leaf.size)
      emit(.entryWritten(start, leaf.size, old: leaf.entry, new: Entry(leaf.pfn, new)), &sink)
    }
    if bits.flushes { emit(.flushed(.kernelRange(leaf.size.pages)), &sink) }
  }
}
