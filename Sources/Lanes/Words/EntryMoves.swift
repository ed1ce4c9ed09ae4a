import Engine
import Narration
import Screen

/// How an entry gets from one state to another, bit by bit: `RW 1→0, D 1→0`.
package struct EntryMoves {
  /// The size that maps the page before and after; equal where only bits move.
  let sizes: (before: LeafSize, after: LeafSize)
  /// The bits, each by name with both its values.
  package let bits: [String]

  /// The moves between two leaves that map the same page.
  package init(from before: (EntryFlags, LeafSize), to after: (EntryFlags, LeafSize)) {
    sizes = (before.1, after.1)
    let (old, new) = (Self.named(before.0, before.1), Self.named(after.0, after.1))
    var bits: [String] = []
    let words = new.contains("NORMAL") ? EntryFlags.arm64Words : EntryFlags.words
    for (name, _) in words where name != "PAT_LARGE" {
      let (was, will) = (old.contains(name), new.contains(name))
      if was != will { bits.append("\(name) \(was ? 1 : 0)→\(will ? 1 : 0)") }
    }
    // The same bit of the cache index has another place in a large leaf.
    if old.contains("PAT"), new.contains("PAT"), (before.1 == .size4K) != (after.1 == .size4K) {
      bits.append(before.1 == .size4K ? "PAT bit 7→12" : "PAT bit 12→7")
    }
    self.bits = bits
  }

  /// What an event does to the entry that maps an address; `nil` if it writes another one.
  ///
  /// - Parameter leaf: what maps the address before it.
  package init?(_ event: Event, at address: VirtualAddress, from leaf: PageTables.Leaf) {
    if case .entryWritten(let start, let size, let old, let new) = event,
      start == address.alignedDown(to: size)
    {
      self.init(from: (old.flags(size), size), to: (new.flags(size), size))
    } else if case .tableInstalled(let start, let size, let old, let first) = event,
      start == address.alignedDown(to: size), let smaller = size.smaller
    {
      self.init(from: (old.flags(size), size), to: (first.flags(smaller), smaller))
    } else if case .tableFreed(let start, let size, let large) = event,
      start == address.alignedDown(to: size)
    {
      self.init(from: (leaf.flags, leaf.size), to: (large.flags(size), size))
    } else {
      return nil
    }
  }

  /// The names of the bits that are set, PAT by one name in both layouts.
  private static func named(_ flags: EntryFlags, _ size: LeafSize) -> Set<String> {
    let names = flags.text(size).split(separator: " ").map(String.init)
    return Set(names.map { $0 == "PAT_LARGE" ? "PAT" : $0 })
  }

  /// The split or the merge, in words; `nil` where the size stays.
  package var sizeWords: String? {
    let (before, after) = sizes
    guard before != after else { return nil }
    let isWhole = before.smaller == after || after.smaller == before
    if !isWhole {
      return before > after
        ? "\(before.name) → 512 x 2M → 512 x 4K" : "512 x 4K → 2M → one \(after.name) leaf"
    }
    return before > after
      ? "one \(before.name) leaf → 512 x \(after.name)"
      : "512 x \(before.name) → one \(after.name) leaf"
  }

  /// The bits in a row; `no bit` where none moves.
  package var bitWords: String { bits.isEmpty ? "no bit moves" : bits.joined(separator: ", ") }
}
