// Requests by hand, with nobody listening.

extension PhysicalMemory {
  /// Takes a block of 2 to the power of `order` pages; `nil` if no zone can serve.
  ///
  /// - Parameters:
  ///   - order: 0 to 10; with any other, nothing can serve.
  ///   - node: where to look first; without it, where the CPU is.
  public mutating func allocate(order: Int, type: MigrateType, node: Int? = nil) -> PFN? {
    var sink = SilentSink()
    return allocate(order: order, type: type, node: node, owner: .kernel, &sink)
  }

  /// Gives an allocated block back; returns the block in which merging ended.
  @discardableResult
  public mutating func free(_ pfn: PFN, order: Int) throws(MemoryError) -> FreedBlock {
    var sink = SilentSink()
    return try free(pfn, order: order, &sink)
  }
}
