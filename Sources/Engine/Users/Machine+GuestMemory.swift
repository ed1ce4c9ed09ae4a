// Memory of guests outside the direct map: "Direct Map Removal Support for guest_memfd", Patrick Roy, Nikita
// Kalyazin and Takahiro Itazuri, RFC of July 2024 to v12 of April 2026; not merged in 7.3.

/// The memory of a guest that its kernel cannot reach.
struct GuestMemory: Equatable, Sendable {
  /// The guest's name.
  var name: Name
  /// Its pages, in the order in which they were touched; their names are the guest's.
  var pages: [SecretPage]
}

extension Machine {
  /// Pages are mapped to the guest or its user for the first time, folios of 4K: each leaves the direct
  /// map, and a bit of its folio remembers that. Models `kvm_gmem_folio_zap_direct_map()`, v9.
  ///
  /// - Parameter flushes: whether the kernel flushes the page; v7 had a module parameter to leave that
  ///   out. From v9 on the helper always flushes.
  mutating func faultGuest(
    _ name: Name, _ pages: PageCount, flushes: Bool, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    let isKnown = kept.value.guests.contains { $0.name == name }
    if !isKnown, isTaken(name) || kept.value.secrets.contains(where: { $0.name == name }) {
      throw .nameTaken(name)
    }
    guard pages > 0 else { throw .noPages }
    // KVM refuses it where single pages of the map cannot be changed.
    if setup.isArm64, canSetDirectMap == nil { return .notImplemented }
    for index in 0..<pages.rawValue where sink.goesOn(index, of: pages.rawValue) {
      var request = PageRequest(owner: name)
      request.gfp = [.user, .highmem, .zero]
      request.isGrouped = true
      request.isSecret = true
      guard case .page(let pfn, let isUnmapped) = allocPage(request, &sink) else {
        return .noMemory
      }
      if !isUnmapped {
        let result = setDirectMap(.invalid, pfn, 1, &sink)
        guard result == .success else {
          _ = freePage(pfn, [.group, .secret], &sink)
          return result
        }
        if flushes { flushKernelRange(1, &sink) }
      }
      if isUnmapped, zeroUnmapped(request, pfn, &sink) != .success {
        _ = freePage(pfn, [.group, .secret, .hasNoAlias], &sink)
        return .noMemory
      }
      let page = SecretPage(name: name, pfn: pfn, isUnmappedByPolicy: isUnmapped)
      emit(.kept(.guestPageAdded(page)), &sink)
    }
    return .success
  }

  /// All of a guest's pages are freed: each comes back into the direct map in `free_folio`. Only bits
  /// change: nothing merges, as the authors say. Whether the restoring helper flushes too, the mails leave
  /// open; an entry that becomes present needs no flush, and has none here.
  mutating func releaseGuest(
    _ name: Name, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    let guest = try guest(named: name)
    flushMermap(&sink)
    emit(.kept(.guestRemoved(name)), &sink)
    for (index, page) in guest.pages.enumerated()
    where sink.goesOn(UInt64(index), of: UInt64(guest.pages.count)) {
      if !page.isUnmappedByPolicy { _ = setDirectMap(.default, page.pfn, 1, &sink) }
      let flags: Area.Flags =
        page.isUnmappedByPolicy ? [.group, .secret, .hasNoAlias] : [.group, .secret]
      _ = freePage(page.pfn, flags, &sink)
    }
    return .success
  }

  /// The host writes a guest's pages from the first on: the loading of an image, or a device that it emulates.
  ///
  /// With the Mermap each page is mapped in the window of the CPU. Without it the page is put back into the
  /// direct map for a moment, as the first version did ("kvm: gmem: Temporarily restore direct map entries when
  /// needed", July 2024); that version did not flush when the page left again, later helpers do. Later versions
  /// gave this up for the mappings of user space, as it was slow.
  mutating func writeGuest(
    _ name: Name, _ pages: PageCount, flushes: Bool, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    let guest = try guest(named: name)
    guard pages > 0 else { throw .noPages }
    let available = PageCount(UInt64(guest.pages.count))
    guard pages <= available else { throw .tooManyPages(pages, available: available) }
    for index in 0..<pages.rawValue where sink.goesOn(index, of: pages.rawValue) {
      let pfn = guest.pages[Int(index)].pfn
      let code =
        setup.kernel.hasMermap
        ? reachByMermap(name, pfn, &sink) : restoreForAMoment(pfn, flushes: flushes, &sink)
      if code != .success { return code }
    }
    return .success
  }

  private func guest(named name: Name) throws(CallError) -> GuestMemory {
    guard let guest = kept.value.guests.first(where: { $0.name == name }) else {
      throw .nothingHeld(name, "gmem fault")
    }
    return guest
  }

  private mutating func restoreForAMoment(
    _ pfn: PFN, flushes: Bool, _ sink: inout EventListener,
  ) -> ReturnCode {
    let back = setDirectMap(.default, pfn, 1, &sink)
    guard back == .success else { return back }
    try? touch(.write, directMapAddress(of: pfn), 1, &sink)
    let out = setDirectMap(.invalid, pfn, 1, &sink)
    if out == .success, flushes { flushKernelRange(1, &sink) }
    return out
  }

  /// A page of an unmapped pageblock is zeroed through the window, if the kernel has one; the page allocator of
  /// freetypes does not zero such pages.
  mutating func zeroUnmapped(
    _ request: PageRequest, _ pfn: PFN, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard setup.kernel.hasMermap, request.gfp.contains(.zero) else { return .success }
    return reachByMermap(request.owner, pfn, &sink)
  }
}
