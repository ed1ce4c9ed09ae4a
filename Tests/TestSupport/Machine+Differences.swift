// Only debug builds let others see inside the engine.
#if DEBUG
  @testable public import Engine

  extension PhysicalMemory {
    /// Who holds a page; `nil` for one that is free, on a CPU's list too.
    public func holder(_ pfn: UInt64) -> Owner? {
      guard !isOnCPUList(PFN(pfn)), case .allocated(_, let owner) = owner(of: PFN(pfn)) else {
        return nil
      }
      return owner
    }

    /// The first page outside of some frames that another holds than in another memory. Pageblocks whose
    /// records the two share are passed over.
    public func firstMoved(from other: PhysicalMemory, outside frames: Range<UInt64>) -> UInt64? {
      for start in pageblocksApart(from: other) {
        for pfn in start..<(start + 512) where !frames.contains(pfn) {
          if holder(pfn) != other.holder(pfn) { return pfn }
        }
      }
      return nil
    }

    /// The first frames of the pageblocks whose records two memories do not share.
    private func pageblocksApart(from other: PhysicalMemory) -> [UInt64] {
      var records: [UInt64: UInt] = [:]
      unsafe other.store.forEachChunk { index, _, words in
        records[index] = UInt(bitPattern: words)
      }
      var apart: [UInt64] = []
      unsafe store.forEachChunk { index, _, words in
        if records[index] != UInt(bitPattern: words) { apart.append(index << 9) }
      }
      return apart
    }
  }

  extension PageTables {
    /// Whether two trees map a range of addresses alike, leaf by leaf.
    public func sameEntries(
      as other: PageTables, from start: VirtualAddress, to end: VirtualAddress,
    ) -> Bool {
      guard start < end else { return true }
      return runs(from: start, pages: end - start) == other.runs(from: start, pages: end - start)
    }
  }
#endif
