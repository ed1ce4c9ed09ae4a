import Engine

/// What the tables say of an address, as one entry of a TLB would hold it.
struct TranslationReader {
  let tables: PageTables
  let basePage: Translation
  let joinsContiguous: Bool

  /// The stretch that one entry could stand for; `nil` where nothing is present.
  func translation(at address: VirtualAddress) -> Translation? {
    guard let leaf = tables.lookup(address), leaf.entry.isPresent else { return nil }
    switch leaf.size {
    case .size4K:
      if basePage == .size64K, isWholeBasePage(at: address) { return .size64K }
      return joinsContiguous && leaf.flags.isContiguous ? .size64K : .size4K
    case .size2M:
      return joinsContiguous && leaf.flags.isContiguous ? .size32M : .size2M
    case .size1G:
      return .size1G
    }
  }

  /// The tables that are read before it turns out that nothing is present: as many as to the leaf
  /// that is not, or all four where there is none at all.
  func tableReads(at address: VirtualAddress) -> Int {
    tables.lookup(address).map { Translation($0.size).tableReads } ?? 4
  }

  /// Whether the sixteen pages around an address are all present and all 4K.
  private func isWholeBasePage(at address: VirtualAddress) -> Bool {
    let first = VirtualAddress(address.rawValue & ~0xffff)
    for page in 0..<16 {
      guard let leaf = tables.lookup(first + PageCount(UInt64(page))), leaf.entry.isPresent,
        leaf.size == .size4K
      else { return false }
    }
    return true
  }
}

extension EntryFlags {
  /// Whether the entry is marked as one of sixteen that a TLB may join. The kernels here that are not
  /// arm64 mark none.
  var isContiguous: Bool { false }
}
