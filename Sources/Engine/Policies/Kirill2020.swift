/// "x86/mm/pat: Restore large pages after fragmentation", Kirill Shutemov, RFC of April 2020.
///
/// Each flush of CPA first tries every 2M slot, then the 1G slot, of each GiB that the request
/// touches: 512 equal, present entries become a leaf. No call asks for it, each pays for it. Only
/// part of the patch was available; the test is that of upstream's later collapse.
struct Kirill2020: PublishedPolicy {
  var name: PolicyName { .kirill2020 }
  var hooks: PolicyHooks { .flushes }
  var mergeFunction: String? { "restore_large_pages" }

  func willFlush(
    _ request: CPARequest, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Bool {
    var merges = 0
    var last: VirtualAddress?
    var index: PageCount = 0
    while index < request.pages {
      let address = request.address(ofPage: index)
      let region = address.alignedDown(to: .size1G)
      if region != last { merges += restoreLargePages(region, &machine, &sink) }
      last = region
      index += request.isArray ? 1 : address.pagesToEnd(of: .size1G)
    }
    // What becomes a full flush only by this is its cost.
    let isFullAnyway =
      request.findings.contains(.visitedAlias) || request.pages > Machine.singlePageFlushCeiling
    if merges > 0, !isFullAnyway { machine.countCost(.mergeFlushes, 1, &sink) }
    return merges > 0
  }

  /// Models `restore_large_pages()` of the RFC. Returns how many tables went.
  private func restoreLargePages(
    _ region: VirtualAddress, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> Int {
    guard machine.tables.table(at: region, .size1G) != nil else { return 0 }
    var merges = 0
    // Each of the 2M entries is read to see whether it points to a table.
    machine.countCost(.entriesScanned, 512, &sink)
    for slot in 0..<UInt64(512) {
      let address = region + PageCount(slot * 512)
      guard machine.tables.table(at: address, .size2M) != nil else { continue }
      if merge(.size2M, address, &machine, &sink) { merges += 1 }
    }
    return merge(.size1G, region, &machine, &sink) ? merges + 1 : merges
  }

  private func merge(
    _ size: LeafSize, _ address: VirtualAddress, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) -> Bool {
    let result = machine.collapseTest(of: size, at: address)
    switch result {
    case .failure(let obstacle):
      machine.countCost(.entriesScanned, Int64(obstacle.entriesRead), &sink)
      machine.emit(.decided(.collapseFailed(address, size, obstacle)), &sink)
      return false
    case .success(let leaf):
      machine.countCost(.entriesScanned, 512, &sink)
      machine.merge(
        to: size, at: address, leaf: leaf, isCounted: machine.isCounted(address), &sink)
      return true
    }
  }

  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? {
    .onFlush
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    [
      .count("entries scanned", machine.counters[.entriesScanned]),
      .note("cpa_flush calls cpa_restore_large_pages, that restore_large_pages for each GiB."),
    ]
  }
}

extension CollapseObstacle {
  /// How many entries were read until the obstacle was found.
  var entriesRead: Int {
    switch self {
    case .alreadyLeaf, .nothingMapped, .sizeUnavailable: 0
    case .frameMisaligned, .kernel4K: 1
    case .notPresent(let index), .table(let index), .frameOutOfOrder(let index),
      .flagsDiffer(let index, _):
      index + 1
    }
  }
}
