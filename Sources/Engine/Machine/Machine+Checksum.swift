extension Machine {
  /// A number that equal machines share and that differs, but for chance, between others: over all
  /// that a machine keeps. Each part adds itself, where it is declared.
  ///
  /// Of the setup only the memory changes after boot. `ChecksumTests` changes every stored property
  /// there is and sees the sum change; a new one fails there until it is added here.
  public var checksum: UInt64 {
    var sum = Checksum()
    setup.memory.add(to: &sum)
    tables.add(to: &sum)
    counters.add(to: &sum)
    areas.add(to: &sum)
    ramTypes.add(to: &sum) { UInt64($0.rawValue) }
    otherTypes.add(to: &sum)
    physical.add(to: &sum)
    kept.value.add(to: &sum)
    processes.value.add(to: &sum)
    linearMap.value.add(to: &sum)
    sum.add(isRunning)
    sum.add(isKernelReadOnly)
    stopped.add(to: &sum)
    return sum.value
  }
}

extension MemoryMap {
  fileprivate func add(to sum: inout Checksum) {
    sum.add(ranges) { range, sum in
      sum.add(range.lowerBound.rawValue)
      sum.add(range.upperBound.rawValue)
    }
  }
}

extension KernelBug? {
  fileprivate func add(to sum: inout Checksum) {
    switch self {
    case nil: sum.add(0)
    case .splitCountWrong(let address, let size, let counted, let found):
      sum.add(1)
      sum.add(address.rawValue)
      sum.add(size.shift)
      sum.add(counted)
      sum.add(found)
    case .walkerMetLeaf(let address, let size):
      sum.add(2)
      sum.add(address.rawValue)
      sum.add(size.shift)
    case .clearedNotPresent(let pfn, let owner):
      sum.add(3)
      sum.add(pfn.rawValue)
      owner.add(to: &sum)
    case .movedOffList(let pfn):
      sum.add(4)
      sum.add(pfn.rawValue)
    }
  }
}
