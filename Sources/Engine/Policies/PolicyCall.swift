/// What is asked of the page supply, and of policies.
public enum PolicyCall: Equatable, Sendable {
  /// Turns a policy's cache on or off while the machine runs.
  case enable(PolicyName, Bool)
  /// One scan of a policy's shrinker. The node is -1 where the policy has none.
  case shrink(PolicyName, node: Int, pages: UInt32, gfp: GFPFlags)
  /// The kernel's generic loop for the policy's shrinker, priority 12 (light) to 0 (desperate).
  case reclaim(PolicyName, node: Int, priority: Int)
  /// All shrinkers, until they have nothing left to give (`echo 2 > /proc/sys/vm/drop_caches`).
  case dropSlab
  /// The next request of this order gets this block, or fails, whatever the page allocator says.
  case supply(PageSupply.Answer)
  /// Every request of a 2M block fails from here on, or does not any more.
  case failBlocks(Bool)
  /// No split of CPA gets a page for its table from here on, or all do again.
  case failTables(Bool)
  /// After how many single pages the next one fails; `nil`: none fails any more.
  case failPages(after: Int?)
  /// Which of the next requests for pages fail, of whatever order; `nil`: none any more.
  case failRequests(PageSupply.Refusals?)
}
