/// What a merging policy answers about a table, without changing anything.
protocol QuestionHooks: Sendable {
  /// What the policy would keep with a tracked table if it looked at all of its entries again, by its
  /// own definition; `nil` if it keeps nothing with tables.
  func recount(
    _ track: TableTrack, ofEntries size: LeafSize, at start: VirtualAddress, _ machine: Machine,
  ) -> TableTrack?

  /// The flags that an entry needs for a merge on a machine with such CPUs; `nil` where any will do
  /// that all entries share.
  func mergeTarget(_ cpu: CPUFeatures) -> MergeTarget?

  /// What the policy has to say to a slot of this size that begins at an address; `nil` if it is none
  /// of its business.
  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule?
}

extension QuestionHooks {
  func recount(
    _ track: TableTrack, ofEntries size: LeafSize, at start: VirtualAddress, _ machine: Machine,
  ) -> TableTrack? { nil }

  func mergeTarget(_ cpu: CPUFeatures) -> MergeTarget? { nil }

  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? { nil }
}

/// The flags that the entries of a table must have so that a policy merges it, in 4K layout.
public struct MergeTarget: Equatable, Sendable {
  /// The flags.
  public var flags: EntryFlags
  /// Bits that may be either way.
  public var ignored: EntryFlags

  /// Creates a target.
  @inlinable public init(_ flags: EntryFlags, ignoring ignored: EntryFlags = []) {
    self.flags = flags
    self.ignored = ignored
  }

  /// The bits in which flags in 4K layout miss the target.
  @inlinable public func difference(from flags: EntryFlags) -> EntryFlags {
    flags.symmetricDifference(self.flags).subtracting(ignored)
  }
}
