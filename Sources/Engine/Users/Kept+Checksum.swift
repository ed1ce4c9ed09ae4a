// What users and policies keep, for the checksum of a machine.

extension Kept {
  func add(to sum: inout Checksum) {
    sum.add(packs) { $0.add(to: &$1) }
    sum.add(programs) { $0.add(to: &$1) }
    sum.add(predictorFlushes)
    sum.add(serial)
    rox.add(to: &sum)
    sum.add(secrets) { $0.add(to: &$1) }
    sum.add(guests) { guest, sum in
      guest.name.add(to: &sum)
      sum.add(guest.pages) { $0.add(to: &$1) }
    }
    sum.add(kexecs) { page, sum in
      page.name.add(to: &sum)
      sum.add(page.pfn.rawValue)
    }
    sum.add(pageTables) { tables, sum in
      tables.name.add(to: &sum)
      sum.add(tables.pages)
    }
    supply.add(to: &sum)
    // In an order of its own: that of a dictionary differs from process to process.
    let shrunk = deferred.sorted {
      ($0.key.policy.rawValue, $0.key.node) < ($1.key.policy.rawValue, $1.key.node)
    }
    sum.add(shrunk) { entry, sum in
      entry.key.policy.owner.add(to: &sum)
      sum.add(entry.key.node)
      sum.add(entry.value)
    }
    policies.add(to: &sum)
  }
}

extension SecretPage {
  fileprivate func add(to sum: inout Checksum) {
    name.add(to: &sum)
    sum.add(pfn.rawValue)
    sum.add(isUnmappedByPolicy)
  }
}

extension BPFProgram {
  fileprivate func add(to sum: inout Checksum) {
    name.add(to: &sum)
    sum.add(pack != nil)
    pack?.add(to: &sum)
    sum.add(chunks.lowerBound)
    sum.add(chunks.upperBound)
  }
}

extension ROXCache {
  fileprivate func add(to sum: inout Checksum) {
    sum.add(free) { $1.add($0) }
    sum.add(busy) { busy, sum in
      busy.name.add(to: &sum)
      sum.add(busy.range)
    }
  }
}

extension PageSupply {
  fileprivate func add(to sum: inout Checksum) {
    sum.add(answers) { answer, sum in
      switch answer {
      case .block(let order, let pfn):
        sum.add(order)
        sum.add(pfn?.rawValue ?? .max)
      case .scan(let name, let node, let pages):
        name.owner.add(to: &sum)
        sum.add(node)
        sum.add(pages)
      }
    }
    sum.add(failsBlocks)
    sum.add(failsTables)
    sum.add(singlePagesLeft ?? -1)
    sum.add(refusals != nil)
    sum.add(refusals?.after ?? 0)
    sum.add(refusals?.times ?? -1)
  }
}

extension Checksum {
  mutating func add(_ range: Range<VirtualAddress>) {
    add(range.lowerBound.rawValue)
    add(range.upperBound.rawValue)
  }

  mutating func add(_ pages: some Collection<PFN>) { add(pages) { $1.add($0.rawValue) } }
}
