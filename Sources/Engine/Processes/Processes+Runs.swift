/// Page-table entries in a row that are cleared in batches of equal size.
struct FoundRuns {
  /// How many batches.
  var count: Int
  /// How many pages each has.
  var pages: Int
  /// What ends each.
  var end: RunEnd
  /// Whether they show a file and any of them is dirty.
  var isDirtyFile: Bool
}

extension Processes {
  /// How many entries in a row map nothing; `nil` if the first maps a page.
  func hole(at address: VirtualAddress, limit: PageCount) -> PageCount? {
    var pages: PageCount = 0
    while pages < limit, let hole = tables.pagesToEndOfHole(at: address + pages) { pages += hole }
    return pages == 0 ? nil : min(pages, limit)
  }

  /// The batches from an address on that are alike and that the active batch has room for.
  ///
  /// - Parameter limit: the pages to the end of the page table or of what is unmapped.
  func runs(at address: VirtualAddress, limit: PageCount, of range: UserRange) -> FoundRuns {
    let batches = gather?.rules.batches ?? true
    var found = run(at: address, limit: limit, of: range, batches: batches)
    let room = gather?.room(pagesEach: found.pages) ?? 0
    var done = PageCount(UInt64(found.pages))
    while found.count < room, done < limit, tables.lookup(address + done) != nil {
      let next = run(at: address + done, limit: limit - done, of: range, batches: batches)
      guard next.pages == found.pages, next.end == found.end,
        next.isDirtyFile == found.isDirtyFile
      else { break }
      found.count += 1
      done += PageCount(UInt64(next.pages))
    }
    return found
  }

  /// One batch: entries that show the pages of one folio in order, with flags that differ in no more
  /// than D, A and RW. Models `folio_pte_batch()` as `zap_present_ptes()` calls it, mm/memory.c, 6.12.
  private func run(
    at address: VirtualAddress, limit: PageCount, of range: UserRange, batches: Bool,
  ) -> FoundRuns {
    guard let first = tables.lookup(address) else {
      preconditionFailure("An entry was to be cleared that maps nothing.")
    }
    var found = FoundRuns(count: 1, pages: 1, end: .oneByOne, isDirtyFile: false)
    var flags = first.flags
    if batches {
      let folioPages = range.folioPages.rawValue
      let inFolio = folioPages - (first.pfn.rawValue & (folioPages - 1))
      let most = Int(min(inFolio, limit.rawValue))
      found.end = folioPages == 1 ? .smallFolio : inFolio <= limit.rawValue ? .folioEnd : .rangeEnd
      while found.pages < most {
        let offset = PageCount(UInt64(found.pages))
        guard let next = tables.lookup(address + offset), next.pfn == first.pfn + offset else {
          found.end = .otherPage
          break
        }
        guard next.flags.subtracting(Self.ignored) == first.flags.subtracting(Self.ignored) else {
          found.end = .otherFlags
          break
        }
        flags.formUnion(next.flags)
        found.pages += 1
      }
    }
    found.isDirtyFile = range.isFile && flags.contains(.dirty)
    return found
  }

  /// The flags that entries of one batch may differ in.
  private static var ignored: EntryFlags { [.dirty, .accessed, .writable] }
}
