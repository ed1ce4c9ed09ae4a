// What the policies that keep pages have in common.

extension PublishedPolicy {
  /// The name under which the page allocator knows the pages of the policy's caches.
  var owner: Name { name.owner }
}

extension PolicyName {
  /// The name under which the page allocator knows what the policy's caches hold.
  public var owner: Name {
    guard let name = Name(rawValue) else {
      preconditionFailure("The name of every policy is a name.")
    }
    return name
  }
}

extension Machine {
  /// Whether a page is present in the direct map; false outside it.
  func isInDirectMap(_ pfn: PFN) -> Bool {
    tables.lookup(directMapAddress(of: pfn))?.entry.isPresent ?? false
  }

  /// Notes a decision of a policy.
  mutating func note<Sink: EventSink>(_ decision: PolicyDecision, _ sink: inout Sink) {
    emit(.decided(.policy(decision)), &sink)
  }
}
