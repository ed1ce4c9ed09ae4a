/// A block that changes hands between the cache of a policy and somebody who uses it. The page
/// allocator does not see it: to it the block is allocated all the time.
public struct Handover: Equatable, Sendable {
  /// The block, with the type that was asked for when it was allocated.
  public var block: PageState.Block
  /// The policy whose cache it is.
  public var cache: PolicyName
  /// Whether the block goes into the cache; otherwise it leaves.
  public var entersCache: Bool
  /// The number of the cache in the page allocator's books.
  var cacheOwner: Owner
  /// The number of the user.
  var userOwner: Owner
  /// Who gives the block to the cache, or gets it.
  public var user: Name

  /// Who has the block before.
  var from: Owner { entersCache ? userOwner : cacheOwner }
  /// Who has it after.
  var to: Owner { entersCache ? cacheOwner : userOwner }
}
