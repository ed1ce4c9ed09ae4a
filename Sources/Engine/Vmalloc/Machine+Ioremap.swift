// Memory of devices: arch/x86/mm/ioremap.c and mm/vmalloc.c, 6.12.

extension Machine {
  /// `ioremap()`: uncached (UC-) leaves, the largest that fit, for frames that are no RAM, or RAM that
  /// the kernel keeps reserved, such as its own text. Models `__ioremap_caller()`, which refuses all
  /// other RAM, and `__get_vm_area_node()`, which aligns the area to its size, at most to
  /// `IOREMAP_MAX_ORDER`. MTRRs, which can forbid large leaves, and the books of memory types of device
  /// memory are left out.
  mutating func ioremap<Sink: EventSink>(
    _ name: Name, _ pfn: PFN, _ pages: PageCount, align: UInt64?, _ sink: inout Sink,
  ) throws(CallError) {
    if setup.isArm64 { throw .noDeviceMemory(.arm64) }
    if isTaken(name) { throw .nameTaken(name) }
    guard pages > 0 else { throw .noPages }
    guard pfn < AddressLayout.pfnLimit, pages <= AddressLayout.pfnLimit - pfn else {
      throw .noSuchFrame(pfn, end: AddressLayout.pfnLimit)
    }
    if let page = firstPageInUse(pfn..<(pfn + pages)) { throw .ramRemapped(page) }
    let order = try Self.order(ofAlignment: align ?? 4096)
    let ofSize = UInt8(
      min(
        Self.powerOfTwo(atLeast: pages.bytes).trailingZeroBitCount,
        Int(VmallocDecision.ioremapMaxOrder)))
    let result = setup.kernel.alignsIoremapAsAsked ? max(order, ofSize) : ofSize
    var area = try newArea(name, pages, alignment: 1 << UInt64(result), at: nil)
    try checkTables(for: pages)
    area.kind = .ioremap
    emit(
      .decided(
        .vmalloc(
          .alignsIoremap(pages: pages, ofSize: ofSize, asked: order, result: result))), &sink)
    emit(.vmalloc(.added(area)), &sink)
    let flags = setup.cpu.pageKernel.subtracting(.encryption).union(.pcd)
    mapLargest(area, pfn, flags, atMost: .size1G, &sink)
  }

  /// The first page of RAM that the kernel does not keep reserved. Models `__ioremap_check_ram()`.
  private func firstPageInUse(_ frames: Range<PFN>) -> PFN? {
    for ram in memory.ranges(overlapping: frames) {
      let part = ram.clamped(to: frames)
      var pfn = part.lowerBound
      while pfn < part.upperBound, isReserved(pfn) { pfn = pfn + 1 }
      if pfn < part.upperBound { return pfn }
    }
    return nil
  }

  /// Whether the kernel marks the page as reserved. Where boot takes pages besides those below 1 MiB and
  /// of its image differs from machine to machine, and the recordings refuse every such address.
  private func isReserved(_ pfn: PFN) -> Bool {
    let isInImage = image?.text.contains(pfn) == true || image?.rodata.contains(pfn) == true
    guard pfn < BootPlan.isaEnd || isInImage else { return false }
    guard physical.isKnown else { return true }
    return switch physical.owner(of: pfn) {
    case .hole, .reserved: true
    case .free, .allocated, .unowned: false
    }
  }

  private static func order(ofAlignment bytes: UInt64) throws(CallError) -> UInt8 {
    guard bytes.nonzeroBitCount == 1, (12...40).contains(bytes.trailingZeroBitCount) else {
      throw .badAlignment(bytes)
    }
    return UInt8(bytes.trailingZeroBitCount)
  }

  /// `apply_to_existing_page_range()` over an area: calls a function for each 4K entry. It knows no
  /// large leaves: before 5.13 one stops the kernel (`BUG_ON(pmd_huge())`), from then on the walk
  /// warns and returns -EINVAL. Models `apply_to_pmd_range()`, mm/memory.c.
  mutating func applyToExistingPageRange<Sink: EventSink>(
    _ area: Area, _ sink: inout Sink,
  ) -> ReturnCode {
    var entries: PageCount = 0
    for run in tables.runs(from: area.start, pages: area.pages) {
      guard let size = run.size else { continue }
      guard size > .size4K else {
        entries = entries + run.pages
        continue
      }
      emit(
        .decided(.vmalloc(.walkerMetLeaf(run.start, size, entries: entries))), &sink)
      guard setup.kernel.walkersStopAtLargeLeaves else { return .invalid }
      emit(.stopped(.walkerMetLeaf(run.start, size)), &sink)
      return .bug
    }
    emit(.decided(.vmalloc(.walked(area.start, entries: entries))), &sink)
    return .success
  }
}
