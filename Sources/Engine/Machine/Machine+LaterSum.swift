extension Machine {
  /// A number that machines share on which later calls do the same, as far as it does not hang on leaves:
  /// areas, books of cache types, what users and policies keep. Counters that only grow are left out, and
  /// so are the frames of page tables.
  ///
  /// - Parameter includingMemory: whether the page allocator's lists count too: where calls allocate.
  public func laterSum(includingMemory: Bool) -> UInt64 {
    var sum = Checksum()
    areas.add(to: &sum)
    ramTypes.add(to: &sum) { UInt64($0.rawValue) }
    otherTypes.add(to: &sum)
    kept.value.add(to: &sum)
    processes.value.add(to: &sum)
    sum.add(stopped != nil)
    if setup.hooks.contains(.entries) { tables.addTracks(to: &sum) }
    if includingMemory { physical.add(to: &sum) }
    return sum.value
  }
}
