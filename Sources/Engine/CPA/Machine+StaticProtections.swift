extension Machine {
  /// The flags without the bits that kernel text and read-only data may not have. Ordinary memory
  /// is never affected. Models `static_protections()`, 6.12.
  ///
  /// - Parameter leafSize: the size of the leaf when a whole one is judged; `nil` for single pages,
  ///   where the protection is enforced.
  @inline(__always)
  func staticProtections(
    _ flags: EntryFlags, _ address: VirtualAddress, _ pfn: PFN, pages: PageCount,
    leafSize: LeafSize?,
  ) -> EntryFlags {
    guard let image = setup.image, flags.contains(.present) else { return flags }
    return flags.subtracting(
      Self.forbidden(
        image, isReadOnly: isKernelReadOnly, tables, address, pfn, pages: pages,
        leafSize: leafSize))
  }

  @inline(never)
  private static func forbidden(
    _ image: KernelImage, isReadOnly: Bool, _ tables: PageTables, _ address: VirtualAddress,
    _ pfn: PFN, pages: PageCount, leafSize: LeafSize?,
  ) -> EntryFlags {
    let text = image.highMapAddress(of: image.text.lowerBound)
    let textEnd = image.highMapAddress(of: image.text.upperBound)
    let protectedEnd = image.highMapAddress(of: image.rodataEndAligned)
    let end = address + pages
    var forbidden: EntryFlags = []
    // protect_kernel_text(): by virtual address, so the direct map may be NX.
    if address < textEnd, text < end { forbidden.insert(.nx) }
    guard isReadOnly else { return forbidden }
    // protect_kernel_text_ro(): not for a change that takes a whole aligned leaf.
    let isWholeLeaf = leafSize.map { pages == $0.pages && address.isAligned(to: $0) } ?? false
    if !isWholeLeaf, address < protectedEnd, text < end,
      let mapped = tables.lookup(address), mapped.size != .size4K
    {
      forbidden.insert(.writable)
    }
    // protect_rodata(): by frame, so it holds for the direct map too.
    if pfn < image.rodata.upperBound, image.rodata.lowerBound < pfn + pages {
      forbidden.insert(.writable)
    }
    return forbidden
  }
}
