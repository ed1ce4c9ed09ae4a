extension Machine {
  /// Does the stretch that was just walked again at the other addresses of its frames: in the direct
  /// map, and for the kernel image in the high map. Models `cpa_process_alias()`, 6.12.
  ///
  /// The granule of the alias is that of the primary leaf: a range mapped by 4K entries is mirrored
  /// page by page, and so shatters a large leaf even where it covers all of it.
  @inline(__always)
  mutating func cpaProcessAlias<Sink: EventSink>(
    _ request: inout CPARequest, _ sink: inout Sink,
  ) -> ReturnCode {
    let address = request.address
    let isDirect = directMapRange.contains(address)
    if isDirect, !isInHighMap(request.pfn) { return .success }
    return cpaProcessAlias(&request, address, isDirect: isDirect, &sink)
  }

  @inline(never)
  private mutating func cpaProcessAlias<Sink: EventSink>(
    _ request: inout CPARequest, _ address: VirtualAddress, isDirect: Bool, _ sink: inout Sink,
  ) -> ReturnCode {
    guard setup.memory.contains(request.pfn) else { return .success }
    emit(.entered(.cpaProcessAlias, address, request.numpages), &sink)
    var result = ReturnCode.success
    if !isDirect {
      let alias = directMapAddress(of: request.pfn)
      emit(.decided(.aliasInDirectMap(alias, request.numpages)), &sink)
      request.findings.insert(.visitedAlias)
      result = changeAlias(request, alias, &sink)
    }
    if result == .success, let image, !isHighMapAddress(address), isInHighMap(request.pfn) {
      let alias = image.highMapAddress(of: request.pfn)
      emit(.decided(.aliasInHighMap(alias, request.numpages)), &sink)
      request.findings.insert(.visitedAlias)
      // The high map is imprecise at its ends, so the kernel does not look at the result.
      _ = changeAlias(request, alias, &sink)
    }
    emit(.left(.cpaProcessAlias, result), &sink)
    return result
  }

  /// The request again for one stretch at another address. Whether that writes anything is not the
  /// primary request's business: it decides on no flush.
  private mutating func changeAlias<Sink: EventSink>(
    _ request: CPARequest, _ address: VirtualAddress, _ sink: inout Sink,
  ) -> ReturnCode {
    var alias = CPARequest(address, request.numpages, set: request.set, clear: request.clear)
    alias.forceSplit = request.forceSplit
    alias.findings = request.findings.intersection(.protectedBits)
    alias.pfn = request.pfn
    if setup.kernel.aliasNX == .stripped {
      alias.set.subtract(.nx)
      alias.clear.subtract(.nx)
    }
    return changePageAttrLoop(&alias, isPrimary: false, &sink)
  }

  /// Models `__cpa_pfn_in_highmap()`.
  @inline(__always)
  private func isInHighMap(_ pfn: PFN) -> Bool {
    guard let image = setup.image else { return false }
    return image.frames.contains(pfn)
  }

  private func isHighMapAddress(_ address: VirtualAddress) -> Bool {
    setup.image?.highMapRange.contains(address) ?? false
  }
}
