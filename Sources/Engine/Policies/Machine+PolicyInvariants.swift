extension Machine {
  /// Checks the caches of the policies: they hold each page once, and only pages that the page
  /// allocator gave them.
  func checkPolicies() throws(BrokenInvariant) {
    var held: Set<PFN> = []
    for policy in setup.policies {
      guard let name = policy.published else { continue }
      let pages = policy.heldPages(self)
      guard policy.pagesHeld(self) == PageCount(UInt64(pages.count)) else {
        throw .wrongPagesHeld(name)
      }
      for pfn in pages {
        guard held.insert(pfn).inserted else { throw .pageHeldTwice(pfn) }
        guard !physical.isKnown || isHeld(pfn, by: name.owner) else {
          throw .heldPageNotAllocated(pfn)
        }
      }
    }
  }

  private func isHeld(_ pfn: PFN, by name: Name) -> Bool {
    guard case .allocated(let block, let owner) = physical.owner(of: pfn) else { return false }
    return block.order == 0 && physical.name(of: owner) == name
  }
}
