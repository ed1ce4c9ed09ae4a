// What users and policies keep, for the checksum of a machine.

extension Checksum {
  mutating func add(_ name: Name) {
    for byte in name.description.utf8 { add(UInt64(byte)) }
    add(~0)
  }

  mutating func add(_ count: Int) { add(UInt64(bitPattern: Int64(count))) }

  fileprivate mutating func add(_ range: Range<VirtualAddress>) {
    add(range.lowerBound.rawValue, range.upperBound.rawValue)
  }

  fileprivate mutating func add(_ pages: some Collection<PFN>) {
    add(pages.count)
    for pfn in pages { add(pfn.rawValue) }
  }
}

extension Kept {
  func add(to sum: inout Checksum) {
    for pack in packs {
      sum.add(pack.name)
      sum.add(pack.chunks)
      for chunk in 0..<pack.chunks where pack.isUsed(chunk) { sum.add(chunk) }
    }
    for program in programs {
      sum.add(program.name)
      if let pack = program.pack { sum.add(pack) }
      sum.add(program.chunks.lowerBound)
      sum.add(program.chunks.upperBound)
    }
    sum.add(serial)
    for range in rox.free { sum.add(range) }
    for busy in rox.busy {
      sum.add(busy.name)
      sum.add(busy.range)
    }
    for page in secrets {
      sum.add(page.name)
      sum.add(page.pfn.rawValue, page.isUnmappedByPolicy ? 1 : 0)
    }
    supply.add(to: &sum)
    // In an order of its own: that of a dictionary differs from process to process.
    let shrunk = deferred.sorted {
      ($0.key.policy.rawValue, $0.key.node) < ($1.key.policy.rawValue, $1.key.node)
    }
    for (key, count) in shrunk {
      sum.add(key.policy.owner)
      sum.add(key.node)
      sum.add(count)
    }
    policies.add(to: &sum)
  }
}

extension PageSupply {
  fileprivate func add(to sum: inout Checksum) {
    for answer in answers {
      switch answer {
      case .block(let order, let pfn):
        sum.add(order)
        sum.add(pfn?.rawValue ?? ~0)
      case .scan(let name, let node, let pages):
        sum.add(name.owner)
        sum.add(node)
        sum.add(pages)
      }
    }
    sum.add(failsBlocks ? 1 : 0)
    sum.add(singlePagesLeft ?? -1)
  }
}

extension PolicyStates {
  fileprivate func add(to sum: inout Checksum) {
    for list in edgecombe2021.lists.lists { sum.add(list.pages) }
    sum.add(edgecombe2021.roundRobin)
    sum.add(edgecombe2021.isEnabled ? 1 : 0)
    sum.add(permAlloc2020.list.pages)
    sum.add(permAlloc2020.unprotected)
    sum.add(permAlloc2020.unflushed?.lowerBound.rawValue ?? ~0)
    sum.add(permAlloc2020.unflushed?.upperBound.rawValue ?? ~0)
    for list in pteCache2021.lists.lists { sum.add(list.pages) }
    sum.add(pteCache2021.roundRobin)
    sum.add(pteCache2021.marks.blocks)
    sum.add(unmapped2022.marked)
    sum.add(mergeOnFree.merged)
    sum.add(mergeOnFree.missed)
    for order in unmappedAlloc2023.lists.indices {
      sum.add(unmappedAlloc2023.lists[order])
      sum.add(unmappedAlloc2023.cached[order])
      sum.add(unmappedAlloc2023.released[order])
    }
    sum.add(unmappedAlloc2023.marks.blocks)
  }
}
