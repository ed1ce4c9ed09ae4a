// Cache types: arch/x86/mm/pat/set_memory.c and arch/x86/mm/pat/memtype.c, 6.12.

extension Machine {
  /// `set_memory_uc()` and `set_memory_wc()`: the type is reserved first, for all pages or none.
  mutating func setCacheType<Sink: EventSink>(
    _ type: MemoryType, _ address: VirtualAddress, _ pages: PageCount, _ sink: inout Sink,
  ) -> ReturnCode {
    emit(.entered(.memtypeReserve, address, pages), &sink)
    let result = reserveType(type, address, pages, &sink)
    emit(.left(.memtypeReserve, result), &sink)
    guard result == .success else { return result }
    let changed = changeCacheBits(
      type, { CPARequest(address, pages, set: $0, clear: $1) }, &sink)
    if changed != .success { freeType(address, pages, &sink) }
    return changed
  }

  /// Models `memtype_reserve()`.
  private mutating func reserveType<Sink: EventSink>(
    _ type: MemoryType, _ address: VirtualAddress, _ pages: PageCount, _ sink: inout Sink,
  ) -> ReturnCode {
    let (books, range) = books(for: address, pages)
    switch books {
    case .none: return .success
    case .mixed: return .invalid
    case .one(let book):
      guard !range.isEmpty else { return .invalid }
      if let (page, other) = firstConflict(book, range, type) {
        emit(.decided(.typeConflict(page: page, other)), &sink)
        return .busy
      }
      emit(.memoryTypeSet(book, page: range.lowerBound, pages, type), &sink)
      return .success
    }
  }

  /// Models `memtype_free()`: of what is no RAM only a range that was reserved as one can be freed; its
  /// callers do not look at the result.
  private mutating func freeType<Sink: EventSink>(
    _ address: VirtualAddress, _ pages: PageCount, _ sink: inout Sink,
  ) {
    let (books, range) = books(for: address, pages)
    guard case .one(let book) = books, !range.isEmpty else { return }
    let canFree =
      book == .ram || otherTypes.canFree(range, shrinks: setup.kernel.shrinksMemoryTypes)
    emit(
      canFree
        ? .memoryTypeSet(book, page: range.lowerBound, pages, .wb)
        : .decided(.typeNotFreed(page: range.lowerBound, pages)), &sink)
  }

  /// `set_memory_wb()`: the bits first, then the type is released.
  mutating func setWriteBack<Sink: EventSink>(
    _ address: VirtualAddress, _ pages: PageCount, _ sink: inout Sink,
  ) -> ReturnCode {
    let result = changeCacheBits(
      .wb, { CPARequest(address, pages, set: $0, clear: $1) }, &sink)
    guard result == .success else { return result }
    emit(.entered(.memtypeFree, address, pages), &sink)
    freeType(address, pages, &sink)
    emit(.left(.memtypeFree, .success), &sink)
    return .success
  }

  /// `set_pages_array_uc()`, `..._wc()` and `..._wb()`: pages are reserved one after the other, and
  /// at the first conflict those reserved so far are released.
  mutating func setPagesArray<Sink: EventSink>(
    _ operation: SetPagesArray, _ frames: FrameStride, _ sink: inout Sink,
  ) -> ReturnCode {
    let layout = setup.layout
    let start = layout.directMapAddress(of: frames.first)
    let type: MemoryType
    switch operation {
    case .uc: type = .ucMinus
    case .wc: type = .wc
    case .wb:
      let result = changeCacheBits(
        .wb, { CPARequest(frames, layout, set: $0, clear: $1) }, &sink)
      if result == .success { setTypes(of: frames, frames.count, .wb, &sink) }
      return result
    }
    emit(.entered(.memtypeReserve, start, frames.count), &sink)
    for index in 0..<frames.count.rawValue {
      guard sink.goesOn(index, of: frames.count.rawValue) else { return .invalid }
      let page = frames[PageCount(index)].rawValue
      if ramTypes[page] != .wb {
        emit(.decided(.typeConflict(page: page, ramTypes[page])), &sink)
        setTypes(of: frames, PageCount(index), .wb, &sink)
        emit(.left(.memtypeReserve, .invalid), &sink)
        return .invalid
      }
      emit(.memoryTypeSet(.ram, page: page, 1, type), &sink)
    }
    emit(.left(.memtypeReserve, .success), &sink)
    let result = changeCacheBits(
      type, { CPARequest(frames, layout, set: $0, clear: $1) }, &sink)
    guard result != .success, result != .bug else { return result }
    // After any failure everything is released and the call returns -EINVAL.
    setTypes(of: frames, frames.count, .wb, &sink)
    return .invalid
  }

  private mutating func setTypes<Sink: EventSink>(
    of frames: FrameStride, _ count: PageCount, _ type: MemoryType, _ sink: inout Sink,
  ) {
    for index in 0..<count.rawValue where sink.goesOn(index, of: count.rawValue) {
      emit(.memoryTypeSet(.ram, page: frames[PageCount(index)].rawValue, 1, type), &sink)
    }
  }

  /// The requests that give entries the bits of a type. Write-combining takes two: through UC minus,
  /// so that no page ever has a mixture.
  private mutating func changeCacheBits<Sink: EventSink>(
    _ type: MemoryType, _ request: (EntryFlags, EntryFlags) -> CPARequest, _ sink: inout Sink,
  ) -> ReturnCode {
    let first: MemoryType = type == .wc ? .ucMinus : type
    var change = request(first.entryBits, type == .wb ? .cacheMask : [])
    let result = changePageAttrSetClr(&change, &sink)
    guard type == .wc, result == .success else { return result }
    change = request(type.entryBits, .cacheMask)
    return changePageAttrSetClr(&change, &sink)
  }

  /// Where the types of a range are kept.
  private enum Books {
    /// Nowhere: the old video memory and BIOS, which are always write-back (`is_untracked_pat_range()`).
    case none
    /// Nowhere, as some of the range is RAM that begins behind its start.
    case mixed
    case one(MemoryTypeBook)
  }

  /// The books that keep the types of pages, and their physical numbers. Models the head of
  /// `memtype_reserve()` and `pat_pagerange_is_ram()`: below 1 MiB nothing is RAM, and a range that
  /// begins in RAM is RAM up to its end, whatever follows.
  private func books(
    for address: VirtualAddress, _ pages: PageCount,
  ) -> (Books, Range<UInt64>) {
    let first = physicalPage(of: address)
    let range = first..<(first + pages.rawValue)
    let isaEnd = BootPlan.isaEnd.rawValue
    if range.lowerBound >= 0xa0, range.upperBound < isaEnd { return (.none, range) }
    let start = PFN(max(range.lowerBound, isaEnd))
    guard start.rawValue < range.upperBound, start < AddressLayout.pfnLimit else {
      return (.one(.other), range)
    }
    let ram = setup.memory.ranges(overlapping: start..<PFN(range.upperBound))
    guard let lowest = ram.first else { return (.one(.other), range) }
    let hasGap = lowest.lowerBound > start || ram.count > 1
    return (hasGap ? .mixed : .one(.ram), range)
  }

  /// What `__pa()` makes of an address, as a page: of one of vmalloc space something above all memory.
  private func physicalPage(of address: VirtualAddress) -> UInt64 {
    if let image, address >= AddressLayout.kernelMap {
      return image.frame(ofHighMap: address).rawValue
    }
    let base =
      address >= AddressLayout.kernelMap ? AddressLayout.kernelMap : layout.pageOffset
    return ((address.rawValue &- base.rawValue) & ((1 << 52) - 1)) >> 12
  }

  /// The cache type of the page at an address in the kernel's books.
  public func memoryType(at address: VirtualAddress) -> MemoryType {
    let (books, range) = books(for: address, 1)
    switch books {
    case .none, .mixed: return .wb
    case .one(.ram): return ramTypes[range.lowerBound]
    case .one(.other): return otherTypes.type(of: range.lowerBound)
    }
  }

  /// The first page that cannot have the type: RAM must be write-back, even if it has the type
  /// already (`reserve_ram_pages_type()`); other pages may have it already (`memtype_check_insert()`).
  private func firstConflict(
    _ book: MemoryTypeBook, _ range: Range<UInt64>, _ type: MemoryType,
  ) -> (UInt64, MemoryType)? {
    switch book {
    case .ram: ramTypes.firstKey(in: range) { $0 != .wb }.map { ($0, ramTypes[$0]) }
    case .other: otherTypes.firstConflict(in: range, with: type)
    }
  }
}
