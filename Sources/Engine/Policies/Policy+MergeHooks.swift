/// Where policies hook into CPA.
protocol MergeHooks: Sendable {
  /// An entry was looked at, and written or kept, in a walk of CPA.
  func didStep(
    _ step: EntryStep, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode

  /// A large leaf was replaced by a table.
  func didSplit(
    _ split: LeafSplit, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode

  /// A request that wrote an entry is about to be flushed. Returns whether tables went, which makes
  /// the flush a full one.
  func willFlush(
    _ request: CPARequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool
}

extension MergeHooks {
  func didStep(
    _ step: EntryStep, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode { .success }

  func didSplit(
    _ split: LeafSplit, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode { .success }

  func willFlush(
    _ request: CPARequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool { false }
}

/// An entry that a walk has come to.
struct EntryStep {
  /// The address that the entry maps, or its first.
  var address: VirtualAddress
  /// The size of the leaf.
  var size: LeafSize
  /// The flags before, in the layout of the size.
  var old: EntryFlags
  /// The flags after. Equal: nothing was written.
  var new: EntryFlags
}

/// A leaf that was replaced by a table of 512.
struct LeafSplit {
  /// The address of the leaf.
  var address: VirtualAddress
  /// The leaf.
  var leaf: PageTables.Leaf
}
