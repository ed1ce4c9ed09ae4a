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

  /// A page is asked for, single, for memory whose permissions will change.
  func allocatePage<Sink: EventSink>(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout Sink,
  ) -> PageAnswer

  /// A page of such memory is given back. Returns `nil` if it is none of the policy's business.
  func freePage<Sink: EventSink>(
    _ pfn: PFN, _ flags: Area.Flags, _ machine: inout Machine, _ sink: inout Sink,
  ) -> ReturnCode?

  /// An allocated block is about to go back to the page allocator.
  func willFree<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout Sink)

  /// A block went back to the page allocator, and merging ended in `block`.
  func didFree<Sink: EventSink>(
    _ block: PageState.Block, _ machine: inout Machine, _ sink: inout Sink)

  /// Turns the policy's cache on or off. Returns whether it has such a switch.
  func enable<Sink: EventSink>(
    _ isOn: Bool, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool

  /// The policy's shrinker, if it has one.
  var shrinker: (any Shrinker)? { get }

  /// How many pages the policy's caches hold.
  func pagesHeld(_ machine: Machine) -> PageCount

  /// Whether one of the policy's caches holds a page.
  func holds(_ pfn: PFN, _ machine: Machine) -> Bool

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

  func allocatePage<Sink: EventSink>(
    _ request: PageRequest, _ machine: inout Machine, _ sink: inout Sink,
  ) -> PageAnswer { .notMine }

  func freePage<Sink: EventSink>(
    _ pfn: PFN, _ flags: Area.Flags, _ machine: inout Machine, _ sink: inout Sink,
  ) -> ReturnCode? { nil }

  func willFree<Sink: EventSink>(
    _ pfn: PFN, order: Int, _ machine: inout Machine, _ sink: inout Sink,
  ) {}

  func didFree<Sink: EventSink>(
    _ block: PageState.Block, _ machine: inout Machine, _ sink: inout Sink,
  ) {}

  func enable<Sink: EventSink>(
    _ isOn: Bool, _ machine: inout Machine, _ sink: inout Sink,
  ) -> Bool { false }

  var shrinker: (any Shrinker)? { nil }

  func pagesHeld(_ machine: Machine) -> PageCount { 0 }

  func holds(_ pfn: PFN, _ machine: Machine) -> Bool { false }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] { [] }
}

/// What reclaim asks of a cache that can give pages back. Models `struct shrinker`.
protocol Shrinker: Sendable {
  /// Whether the caches are per node; otherwise the node is ignored.
  var isNodeAware: Bool { get }

  /// How many pages could be given back.
  func count(node: Int, _ machine: Machine) -> ShrinkResult

  /// Gives up to so many pages back. Returns how many; `nrScanned` comes in as the number asked for
  /// and goes out as what the driver counts.
  func scan<Sink: EventSink>(
    node: Int, _ pages: Int, gfp: GFPFlags, nrScanned: inout Int, _ machine: inout Machine,
    _ sink: inout Sink,
  ) -> ShrinkResult
}

/// What a shrinker returns.
public enum ShrinkResult: Equatable, Sendable {
  /// So many pages.
  case pages(Int)
  /// `SHRINK_EMPTY`: there is nothing.
  case empty
  /// `SHRINK_STOP`: the request's flags do not allow it.
  case stop
}

/// The places at which a policy is called.
struct PolicyHooks: OptionSet, Sendable {
  var rawValue: UInt8
  /// `didStep` and `didSplit`.
  static let entries = PolicyHooks(rawValue: 1)
  /// `willFlush`.
  static let flushes = PolicyHooks(rawValue: 2)
  /// `allocatePage` and `freePage`.
  static let pages = PolicyHooks(rawValue: 4)
  /// `willFree` and `didFree`.
  static let blocks = PolicyHooks(rawValue: 8)
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
