// Tables that become leaves again: 6.15 and later, from `set_memory_rox()` alone.

extension Machine {
  /// Tries every 2M slot that the range touches; the slots at its ends are looked at whole. Scans the
  /// addressed range only, no alias. Models `cpa_collapse_large_pages()`, 7.2.
  mutating func cpaCollapseLargePages<Sink: EventSink>(
    _ request: CPARequest, _ sink: inout Sink,
  ) {
    let first = request.start
    emit(.entered(.cpaCollapseLargePages, first, request.pages), &sink)
    var freed: [PFN?] = []
    if request.isArray {
      for index in 0..<request.pages.rawValue
      where sink.goesOn(index, of: request.pages.rawValue) {
        collapseLargePages(request.address(ofPage: PageCount(index)), &freed, &sink)
      }
    } else {
      let end = first + request.pages
      var address = first.alignedDown(to: .size2M)
      while address < end,
        sink.goesOn((address - first.alignedDown(to: .size2M)).rawValue, of: request.pages.rawValue)
      {
        collapseLargePages(address, &freed, &sink)
        address = address + LeafSize.size2M.pages
      }
    }
    if !freed.isEmpty { emit(.flushed(.all), &sink) }
    for frame in freed { freeTable(frame, &sink) }
    emit(.left(.cpaCollapseLargePages, .success), &sink)
  }

  /// Tries 4K to 2M and, right after a success, 2M to 1G. The tables that go are freed after the
  /// flush. Models `collapse_large_pages()`.
  private mutating func collapseLargePages<Sink: EventSink>(
    _ address: VirtualAddress, _ freed: inout [PFN?], _ sink: inout Sink,
  ) {
    guard collapse(.size2M, .collapsePMDPage, address, &freed, &sink) else { return }
    _ = collapse(.size1G, .collapsePUDPage, address, &freed, &sink)
  }

  /// Models `collapse_pmd_page()` and `collapse_pud_page()`.
  private mutating func collapse<Sink: EventSink>(
    _ size: LeafSize, _ function: KernelFunction, _ address: VirtualAddress,
    _ freed: inout [PFN?], _ sink: inout Sink,
  ) -> Bool {
    let start = address.alignedDown(to: size)
    emit(.entered(function, start, size.pages), &sink)
    // The counters of leaves and of cost are x86's.
    let isX86 = !setup.isArm64
    let test =
      isX86 ? collapseTest(of: size, at: start) : genericCollapseTest(of: size, at: start)
    switch test {
    case .failure(let obstacle):
      emit(.decided(.collapseFailed(start, size, obstacle)), &sink)
      if isX86 { countCost(.entriesScanned, Int64(obstacle.entriesRead), &sink) }
      emit(.left(function, .success), &sink)
      return false
    case .success(let leaf):
      emit(.decided(.collapseDone(start, size)), &sink)
      if isX86 { countCost(.entriesScanned, 512, &sink) }
      freed.append(tables.tableFrame(at: start, size))
      emit(.tableFreed(start, size, leaf: leaf), &sink)
      if isX86, let smaller = size.smaller, isCounted(start) {
        emit(.counted(.directMap(size), 1), &sink)
        emit(.counted(.directMap(smaller), -512), &sink)
      }
      if isRunning, !isX86 || isCounted(start), let line = Counter.collapses(size) {
        emit(.counted(line, 1), &sink)
      }
      emit(.left(function, .success), &sink)
      return true
    }
  }

  /// The leaf that a slot would become, or the first condition that is not met, in the kernel's
  /// order. Reads only.
  public func collapseTest(
    of size: LeafSize, at address: VirtualAddress,
  ) -> Result<Entry, CollapseObstacle> {
    let start = address.alignedDown(to: size)
    guard let childSize = size.smaller else { return .failure(.sizeUnavailable) }
    if let leaf = tables.lookup(start), leaf.size >= size {
      return .failure(.alreadyLeaf(leaf.size))
    }
    guard size == .size2M ? setup.cpu[.pse] : setup.cpu.allows1G else {
      return .failure(.sizeUnavailable)
    }
    return unsafe tables.withTable(at: start, size) { words, isTable in
      unsafe Self.collapseTest(words, isTable, size, childSize)
    } ?? .failure(.nothingMapped)
  }

  private static func collapseTest(
    _ words: UnsafeMutablePointer<UInt64>, _ isTable: (Int) -> Bool, _ size: LeafSize,
    _ childSize: LeafSize,
  ) -> Result<Entry, CollapseObstacle> {
    if isTable(0) { return .failure(.table(index: 0)) }
    let first = Entry(word: unsafe words[0])
    if first.isNone { return .failure(.nothingMapped) }
    let flags = first.flags(childSize)
    if !first.pfn(childSize).isAligned(to: size) {
      return .failure(.frameMisaligned(first.pfn(childSize)))
    }
    if childSize == .size4K, flags.contains(.kernel4K) { return .failure(.kernel4K) }
    let step = childSize.pages.bytes
    for index in 1..<TableNode.entryCount {
      let word = unsafe words[index]
      if word == first.word &+ UInt64(index) &* step, word & 1 != 0 { continue }
      return .failure(obstacle(Entry(word: word), index, first, childSize, isTable(index)))
    }
    let large = childSize == .size4K ? flags.fourKToLarge.union(.pse) : flags
    return .success(Entry(first.pfn(childSize), large))
  }

  /// Why an entry does not go together with the first one of its table.
  private static func obstacle(
    _ entry: Entry, _ index: Int, _ first: Entry, _ size: LeafSize, _ isTable: Bool,
  ) -> CollapseObstacle {
    if isTable { return .table(index: index) }
    if !entry.isPresent { return .notPresent(index: index) }
    let difference = entry.flags(size).symmetricDifference(first.flags(size))
    return difference.isEmpty
      ? .frameOutOfOrder(index: index) : .flagsDiffer(index: index, difference)
  }
}

extension CollapseObstacle: Error {}

extension PageTables {
  /// Reads the table under the entry of `size` that holds an address; `nil` if there is none.
  func withTable<Result>(
    at address: VirtualAddress, _ size: LeafSize,
    _ body: (UnsafeMutablePointer<UInt64>, (Int) -> Bool) -> Result,
  ) -> Result? {
    guard let table = table(at: address, size) else { return nil }
    return withExtendedLifetime(table) {
      let children = unsafe table.children
      return unsafe body(table.words) { unsafe children?[$0] != nil }
    }
  }
}
