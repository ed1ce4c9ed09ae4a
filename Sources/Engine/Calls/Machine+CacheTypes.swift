// Cache types: arch/x86/mm/pat/set_memory.c and arch/x86/mm/pat/memtype.c, 6.12.

extension Machine {
  /// `set_memory_uc()` and `set_memory_wc()`: the type is reserved first, for all pages or none.
  mutating func setCacheType<Sink: EventSink>(
    _ type: MemoryType, _ address: VirtualAddress, _ pages: PageCount, _ sink: inout Sink,
  ) -> ReturnCode {
    let (book, page) = books(for: address)
    emit(.entered(.memtypeReserve, address, pages), &sink)
    let range = page..<(page + pages.rawValue)
    if let conflict = firstConflict(book, range, type) {
      emit(.decided(.typeConflict(page: conflict, typeOf(book, conflict))), &sink)
      emit(.left(.memtypeReserve, .busy), &sink)
      return .busy
    }
    emit(.memoryTypeSet(book, page: page, pages, type), &sink)
    emit(.left(.memtypeReserve, .success), &sink)
    let result = changeCacheBits(
      type, { CPARequest(address, pages, set: $0, clear: $1) }, &sink)
    if result != .success { emit(.memoryTypeSet(book, page: page, pages, .wb), &sink) }
    return result
  }

  /// `set_memory_wb()`: the bits first, then the type is released.
  mutating func setWriteBack<Sink: EventSink>(
    _ address: VirtualAddress, _ pages: PageCount, _ sink: inout Sink,
  ) -> ReturnCode {
    let result = changeCacheBits(
      .wb, { CPARequest(address, pages, set: $0, clear: $1) }, &sink)
    guard result == .success else { return result }
    let (book, page) = books(for: address)
    emit(.entered(.memtypeFree, address, pages), &sink)
    emit(.memoryTypeSet(book, page: page, pages, .wb), &sink)
    emit(.left(.memtypeFree, .success), &sink)
    return .success
  }

  /// `set_pages_array_uc()`, `..._wc()` and `..._wb()`: pages are reserved one after the other, and
  /// at the first conflict those reserved so far are released.
  mutating func setPagesArray<Sink: EventSink>(
    _ operation: SetPagesArray, _ frames: FrameStride, _ sink: inout Sink,
  ) -> ReturnCode {
    let start = AddressLayout.directMapAddress(of: frames.first)
    let type: MemoryType
    switch operation {
    case .uc: type = .ucMinus
    case .wc: type = .wc
    case .wb:
      let result = changeCacheBits(
        .wb, { CPARequest(frames, set: $0, clear: $1) }, &sink)
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
    return changeCacheBits(
      type, { CPARequest(frames, set: $0, clear: $1) }, &sink)
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

  /// The books that keep the type of a page, and its number there. Other addresses than the direct
  /// map's are no RAM to `__pa()`, so they go into books of their own.
  private func books(for address: VirtualAddress) -> (MemoryTypeBook, page: UInt64) {
    if let pfn = AddressLayout.directMapFrame(of: address) { return (.ram, pfn.rawValue) }
    return (.other, address.rawValue >> 12)
  }

  /// The cache type of the page at an address in the kernel's books.
  public func memoryType(at address: VirtualAddress) -> MemoryType {
    let (book, page) = books(for: address)
    return typeOf(book, page)
  }

  private func typeOf(_ book: MemoryTypeBook, _ page: UInt64) -> MemoryType {
    book == .ram ? ramTypes[page] : otherTypes[page]
  }

  /// The first page that cannot have the type: RAM must be write-back, even if it has the type
  /// already (`reserve_ram_pages_type()`); other pages may have it already (`memtype_check_insert()`).
  private func firstConflict(
    _ book: MemoryTypeBook, _ range: Range<UInt64>, _ type: MemoryType,
  ) -> UInt64? {
    book == .ram
      ? ramTypes.firstKey(in: range) { $0 != .wb }
      : otherTypes.firstKey(in: range) { $0 != .wb && $0 != type }
  }
}
