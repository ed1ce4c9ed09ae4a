import Engine

// What the Mermap and the keys of page tables keep, in plain English.

extension Mermap2026.Change {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .got(let slot): "\(slot.name): pfn \(slot.pfn.hex) at page \(slot.first) of the window"
    case .put(let slot): "\(slot.name): page \(slot.first) of the window is unmapped, not flushed"
    case .flushed(isEverywhere: false): "the window can be used again"
    case .flushed(isEverywhere: true): "the window is flushed everywhere"
    case .refused: "no room in the window, or four mappings in use"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .got(let slot):
      "\(PageCount(UInt64(slot.pages)).words) from pfn \(slot.pfn.hex) on are mapped for \(slot.name), from "
        + "page \(slot.first) of this CPU's window on."
    case .put(let slot):
      "What \(slot.name) had from page \(slot.first) of the window on is unmapped; the TLB may still hold it."
    case .flushed(isEverywhere: false):
      "The addresses behind the highest mapping in use can be used again on this CPU."
    case .flushed(isEverywhere: true):
      "No TLB holds pages of the window any more: they can go to somebody else."
    case .refused:
      "The window has no room behind its highest mapping, or all four mappings are in use: mermap_get fails."
    }
  }
}

extension KpkeysChange {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .owed(let pfn): "pfn \(pfn.hex) is a table, and has no key yet"
    case .keyed(let pfn): "pfn \(pfn.hex) waits for its key no more"
    case .locked(let locks): locks ? "the cache is being filled" : "the cache is filled"
    case .refilled(let pfn, let order): "cached with the key: pfn \(pfn.hex) (order \(order))"
    case .taken(let pfn): "pfn \(pfn.hex) leaves the cache"
    case .freed(let pfn): "pfn \(pfn.hex) returns to the cache, with its key"
    case .shrunk(let pfn): "the block at pfn \(pfn.hex) is given up"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .owed(let pfn):
      "The table of the split, pfn \(pfn.hex), has no protection key yet: setting it may split another block."
    case .keyed(let pfn): "The table in pfn \(pfn.hex) waits for its key no more."
    case .locked(true): "The cache is being filled: splits for that use its reserve."
    case .locked(false): "The cache is filled."
    case .refilled(let pfn, let order):
      "The pages of the block of order \(order) at pfn \(pfn.hex) have the key, and join the cache."
    case .taken(let pfn): "pfn \(pfn.hex) leaves the cache of pages with the key."
    case .freed(let pfn):
      "pfn \(pfn.hex) returns to the cache; it keeps its key, and nothing is flushed."
    case .shrunk(let pfn):
      "The block at pfn \(pfn.hex) is no block to the cache any more: its free pages are given back."
    }
  }
}
