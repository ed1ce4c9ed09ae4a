/// A difference between what a policy keeps with a table and what the table holds.
///
/// It comes about where something changes entries behind CPA's back (KFENCE, the CPU itself), or where
/// the policy's own rule is wrong.
public struct Drift: Equatable, Sendable {
  /// The policy; `nil` for a rule of one's own.
  public var policy: PolicyName?
  /// What the policy or the rule is called.
  public var title: String
  /// The first address of the slot that the table maps.
  public var slot: VirtualAddress
  /// The size of the slot.
  public var size: LeafSize
  /// What the policy keeps.
  public var tracked: TableTrack
  /// What it would keep if it looked at all entries again.
  public var found: TableTrack
}

extension Machine {
  /// Whether a policy keeps anything with tables, so that there can be drift.
  public var tracksTables: Bool { setup.hooks.contains(.entries) }

  /// The tables whose entries a policy has lost count of, by rising address. Reads every tracked table
  /// of the range.
  ///
  /// Inside a call a count follows its entry one event later: ask after a `tableTracked` event for its
  /// table, or between calls.
  public func drift(in range: Range<VirtualAddress>) -> [Drift] {
    guard setup.hooks.contains(.entries) else { return [] }
    var drifts: [Drift] = []
    tables.forEachTable(in: range) { slot, size, track in
      guard track.isTracked, let smaller = size.smaller,
        let drift = drift(ofTable: track, of: smaller, at: slot)
      else { return }
      drifts.append(drift)
    }
    return drifts
  }

  /// The drift of the one table whose entries have this size, if it has any. Costs one pass over it.
  public func drift(ofEntries size: LeafSize, at address: VirtualAddress) -> Drift? {
    guard setup.hooks.contains(.entries), let larger = size.larger,
      let track = tables.track(ofEntries: size, at: address), track.isTracked
    else { return nil }
    return drift(ofTable: track, of: size, at: address.alignedDown(to: larger))
  }

  private func drift(
    ofTable track: TableTrack, of size: LeafSize, at start: VirtualAddress,
  ) -> Drift? {
    guard let larger = size.larger else { return nil }
    for policy in setup.policies where policy.hooks.contains(.entries) {
      guard let found = policy.recount(track, ofEntries: size, at: start, self), found != track
      else { continue }
      return Drift(
        policy: policy.published, title: policy.title, slot: start, size: larger, tracked: track,
        found: found)
    }
    return nil
  }
}

extension PageTables {
  /// Visits the tables of leaves that map any of a range, by rising address, a table before those
  /// below it: the address and the size of the slot it maps, and what is kept with it.
  func forEachTable(
    in range: Range<VirtualAddress>, _ visit: (VirtualAddress, LeafSize, TableTrack) -> Void,
  ) {
    guard !range.isEmpty else { return }
    forEachTable(root, shift: rootShift, base: rootStart, range, visit)
  }

  private func forEachTable(
    _ node: TableNode, shift: UInt64, base: UInt64, _ range: Range<VirtualAddress>,
    _ visit: (VirtualAddress, LeafSize, TableTrack) -> Void,
  ) {
    guard let children = unsafe node.children else { return }
    let bytes: UInt64 = 1 << shift
    let last = range.upperBound.rawValue - 1
    guard last >= base else { return }
    let low = range.lowerBound.rawValue > base ? (range.lowerBound.rawValue - base) >> shift : 0
    let high = min((last - base) >> shift, UInt64(TableNode.entryCount - 1))
    guard low <= high else { return }
    for index in low...high {
      guard let child = unsafe children[Int(index)] else { continue }
      let start = base &+ index &* bytes
      if let size = LeafSize(shift: shift) {
        visit(VirtualAddress(start), size, child.header.track)
      }
      forEachTable(child, shift: shift - 9, base: start, range, visit)
    }
  }
}
