extension PhysicalMemory {
  mutating func performAging(seed: UInt64, operations: Int) {}
  mutating func performScattering(
    _ owner: Owner, _ pages: PageCount, percentFreed: Int, seed: UInt64,
  ) {}
}
