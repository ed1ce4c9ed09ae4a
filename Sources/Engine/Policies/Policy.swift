/// A remedy for the fragmentation of the direct map, as it was proposed or merged.
///
/// One file a policy: its rule, its state, and what its panel shows. A policy is a rule without
/// state; what it keeps lies in the machine, where its events put it. The engine calls the hooks at
/// the places the patches changed, and does not know which policies answer.
protocol Policy: MergeHooks, PageHooks, QuestionHooks, CallHooks {
  /// The name of a remedy that was published; `nil` for a rule of one's own.
  var published: PolicyName? { get }

  /// What it is called on the screen.
  var title: String { get }

  /// Where it wants to be called.
  var hooks: PolicyHooks { get }

  /// The function of the patch that looks whether a table can go, where it has a name.
  var mergeFunction: String? { get }

  /// Changes the rules that the patch changed in place.
  func adjust(_ kernel: inout KernelProfile)

  /// How many pages the policy's caches hold.
  func pagesHeld(_ machine: Machine) -> PageCount

  /// The pages that the policy's caches hold, each once.
  func heldPages(_ machine: Machine) -> [PFN]

  /// The pages that the policy's caches hand out next; one of each node where they have a list for each.
  func nextPages(_ machine: Machine) -> [PFN]

  /// What the policy knows of a page, for the inspector; nothing if the page is none of its business.
  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine]

  /// What the policy keeps, for the panel: of the machine, and of the slot that is looked at.
  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine]
}

/// A remedy that was published or merged, known by its name.
protocol PublishedPolicy: Policy {
  /// The name by which it is chosen.
  var name: PolicyName { get }
}

extension PublishedPolicy {
  var published: PolicyName? { name }

  var title: String { name.rawValue }
}

extension Policy {
  /// Whether it merges entries when all of a table are equal.
  var mergesByEntries: Bool { !hooks.isDisjoint(with: [.entries, .flushes]) }

  var mergeFunction: String? { nil }

  func adjust(_ kernel: inout KernelProfile) {}

  func pagesHeld(_ machine: Machine) -> PageCount {
    PageCount(UInt64(heldPages(machine).count))
  }

  func heldPages(_ machine: Machine) -> [PFN] { [] }

  func nextPages(_ machine: Machine) -> [PFN] { [] }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] { [] }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] { [] }
}

/// The places at which a policy is called.
struct PolicyHooks: OptionSet, Sendable {
  var rawValue: UInt8
  /// `didStep` and `didSplit`.
  static let entries = PolicyHooks(rawValue: 1)
  /// `willFlush`.
  static let flushes = PolicyHooks(rawValue: 2)
  /// `allocatePage`, `didTakePages` and `freePage`: the policy wants the pages of every request for
  /// memory whose permissions will change.
  static let pages = PolicyHooks(rawValue: 4)
  /// `willFree` and `didFree`.
  static let blocks = PolicyHooks(rawValue: 8)
  /// `didCall`.
  static let calls = PolicyHooks(rawValue: 16)
  /// `didAllocate`.
  static let allocations = PolicyHooks(rawValue: 32)
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
