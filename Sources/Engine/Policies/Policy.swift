/// A remedy for the fragmentation of the direct map, as it was proposed or merged.
///
/// One file a policy: its rule, its state, and what its panel shows. A policy is a rule without
/// state; what it keeps lies in the machine, where its events put it. The engine calls the hooks at
/// the places the patches changed, and does not know which policies answer.
protocol Policy: Sendable {
  /// The name by which it is chosen.
  var name: PolicyName { get }

  /// Where it wants to be called.
  var hooks: PolicyHooks { get }

  /// Changes the rules that the patch changed in place.
  func adjust(_ kernel: inout KernelProfile)

  /// An entry was looked at, and written or kept, in a walk of CPA.
  func didStep<Sink: EventSink>(
    _ step: EntryStep, _ machine: inout Machine, _ sink: inout Sink,
  ) -> ReturnCode

  /// A large leaf was replaced by a table.
  func didSplit<Sink: EventSink>(
    _ split: LeafSplit, _ machine: inout Machine, _ sink: inout Sink,
  ) -> ReturnCode

  /// A request that wrote an entry is about to be flushed. Returns whether tables went, which makes
  /// the flush a full one.
  func willFlush<Sink: EventSink>(
    _ request: CPARequest, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool

  /// What the policy keeps, for the panel: of the machine, and of the slot that is looked at.
  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine]
}

extension Policy {
  func adjust(_ kernel: inout KernelProfile) {}

  func didStep<Sink: EventSink>(
    _ step: EntryStep, _ machine: inout Machine, _ sink: inout Sink,
  ) -> ReturnCode { .success }

  func didSplit<Sink: EventSink>(
    _ split: LeafSplit, _ machine: inout Machine, _ sink: inout Sink,
  ) -> ReturnCode { .success }

  func willFlush<Sink: EventSink>(
    _ request: CPARequest, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool { false }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] { [] }
}

/// The places at which a policy is called.
struct PolicyHooks: OptionSet, Sendable {
  var rawValue: UInt8
  /// `didStep` and `didSplit`.
  static let entries = PolicyHooks(rawValue: 1)
  /// `willFlush`.
  static let flushes = PolicyHooks(rawValue: 2)
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

/// A line of a policy's panel, as data; the screen lays it out.
public enum PanelLine: Equatable, Sendable {
  /// A name and a number.
  case count(String, Int64)
  /// A name and a word of 64 bits, one a cell.
  case bits(String, UInt64)
  /// A name and the flags of an entry of this size.
  case flags(String, EntryFlags, LeafSize)
  /// A name and frames in order.
  case pages(String, [PFN])
  /// A sentence.
  case note(String)
}
