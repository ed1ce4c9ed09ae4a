import Engine

/// What the tables say about an address, as one entry of a TLB would hold it.
///
/// The answer for a uniform 2M slot is kept, so that most accesses walk no tree here.
///
/// Safe: the indices of slots are below their count, and nobody else holds them.
@safe struct TranslationReader: ~Copyable {
  private let tables: PageTables
  private let basePage: Translation
  private let joinsContiguous: Bool
  /// The tables above those of 512G entries, which a walk reads first: with five levels the root.
  let topTables: Int
  /// Known slots: the number of the slot shifted left by three, and an answer; 0 for none.
  private let slots: UnsafeMutablePointer<UInt64>

  /// The number of slots in 64 GiB.
  private static var slotCount: UInt64 { 1 << 15 }
  /// The answer for a slot that is not uniform, above those for stretches.
  private static var mixed: UInt64 { 7 }

  init(_ tables: PageTables, basePage: Translation, joinsContiguous: Bool) {
    self.tables = tables
    topTables = tables.hasFiveLevels ? 1 : 0
    self.basePage = basePage
    self.joinsContiguous = joinsContiguous
    unsafe slots = .allocate(capacity: Int(Self.slotCount))
    unsafe slots.initialize(repeating: 0, count: Int(Self.slotCount))
  }

  deinit { unsafe slots.deallocate() }

  /// The stretch that one entry could cover; `nil` where nothing is present.
  @inline(__always)
  func translation(at address: VirtualAddress) -> Translation? {
    let number = address.rawValue &>> 21
    let known = unsafe slots[Int(number & (Self.slotCount &- 1))]
    if known &>> 3 == number, known & 7 != Self.mixed {
      return Translation(rawValue: UInt8(truncatingIfNeeded: known & 7) &- 1)
    }
    return known &>> 3 == number ? read(address) : learn(address)
  }

  /// Reads what maps an address, and keeps the answer if it holds for the whole slot.
  @inline(never)
  private func learn(_ address: VirtualAddress) -> Translation? {
    let number = address.rawValue &>> 21
    let found = read(address)
    var answer = Self.mixed
    if let found, found.leaf != .size4K || isUniform(address, found) {
      answer = UInt64(found.rawValue) + 1
    }
    unsafe slots[Int(number & (Self.slotCount &- 1))] = number &<< 3 | answer
    return found
  }

  /// Whether all 4K leaves around an address are present and form stretches of the same size.
  private func isUniform(_ address: VirtualAddress, _ found: Translation) -> Bool {
    let runs = tables.runs(from: address.alignedDown(to: .size2M), pages: LeafSize.size2M.pages)
    let isJoined = found == .size64K && basePage == .size4K
    return runs.allSatisfy { run in
      run.size == .size4K && run.flags.contains(.present)
        && (!joinsContiguous || run.flags.contains(.contiguous) == isJoined)
    }
  }

  private func read(_ address: VirtualAddress) -> Translation? {
    guard let leaf = tables.lookup(address), leaf.entry.isPresent else { return nil }
    switch leaf.size {
    case .size4K:
      if basePage == .size64K, isWholeBasePage(at: address) { return .size64K }
      return joinsContiguous && leaf.flags.contains(.contiguous) ? .size64K : .size4K
    case .size2M:
      return joinsContiguous && leaf.flags.contains(.contiguous) ? .size32M : .size2M
    case .size1G:
      return .size1G
    }
  }

  /// The tables that are read before it turns out that nothing is present: as many as to the leaf
  /// that is not present, or those of all levels if there is no leaf.
  func tableReads(at address: VirtualAddress) -> Int {
    topTables + (tables.lookup(address).map { Translation($0.size).tableReads } ?? 4)
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
