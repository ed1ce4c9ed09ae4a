// CPA in common code on arm64, an experiment: what mm/set_memory.c of a plan of 2026 would do there.

extension Machine {
  /// One call of the `set_memory_*()` family. Models `change_page_attr_set_clr()` with arm64's hooks.
  @inline(never)
  mutating func setMemoryGeneric(
    _ operation: SetMemory, _ address: VirtualAddress, _ pages: PageCount,
    _ sink: inout EventListener,
  ) -> ReturnCode {
    let masks: RequestMasks
    switch operation {
    case .ro: masks = RequestMasks(set: [], clear: .writable)
    case .rw: masks = RequestMasks(set: .writable, clear: [])
    case .x: masks = RequestMasks(set: [], clear: .nx)
    case .nx: masks = RequestMasks(set: .nx, clear: [])
    case .rox: masks = RequestMasks(set: [], clear: [.writable, .nx])
    default: return .notImplemented
    }
    emit(.entered(.changePageAttrSetClr, address, pages), &sink)
    emit(.asked(masks), &sink)
    let result = changeGeneric(address, pages, masks, &sink)
    if result == .success, operation == .rox, setup.kernel.collapses {
      cpaCollapseLargePages(CPARequest(address, pages, set: [], clear: []), &sink)
    }
    emit(.left(.changePageAttrSetClr, result), &sink)
    return result
  }

  private mutating func changeGeneric(
    _ address: VirtualAddress, _ pages: PageCount, _ masks: RequestMasks,
    _ sink: inout EventListener,
  ) -> ReturnCode {
    guard pages > 0 else { return .success }
    let isDirect = AddressLayout.directMapFrame(of: address) != nil
    if isDirect, canSetDirectMap == nil {
      emit(.decided(.linearMap(.cannotSetDirectMap)), &sink)
      return .success
    }
    var isWritten = false
    var result = changeWhatDiffers(address, pages, masks, &isWritten, &sink)
    var visitsAlias = false
    // As today: what becomes read-only or writable does so in the linear map too, page by page.
    if result == .success, !isDirect, cpa(mirrors: masks) {
      let rights = RequestMasks(
        set: masks.set.intersection(.writable), clear: masks.clear.intersection(.writable))
      for pfn in backing(of: address, pages) where result == .success {
        result = changeWhatDiffers(directMapAddress(of: pfn), 1, rights, &visitsAlias, &sink)
      }
    }
    if visitsAlias {
      emit(.flushed(.all), &sink)
    } else if isWritten {
      emit(.linearMap(.flushedRange(pages)), &sink)
    } else if result == .success {
      emit(.decided(.nothingChanged), &sink)
    }
    return result
  }

  /// Whether a request for an area goes to the linear map too.
  private func cpa(mirrors masks: RequestMasks) -> Bool {
    cpu[.rodataFull] && masks.set.union(masks.clear).contains(.writable)
  }

  /// Changes the stretches of a range that have other attributes; the borders of each become borders of leaves.
  private mutating func changeWhatDiffers(
    _ address: VirtualAddress, _ pages: PageCount, _ masks: RequestMasks,
    _ isWritten: inout Bool, _ sink: inout EventListener,
  ) -> ReturnCode {
    var stretches: [(start: VirtualAddress, pages: PageCount)] = []
    for run in tables.runs(from: address, pages: pages) {
      guard let size = run.size else { continue }
      if run.flags.subtracting(masks.clear).union(masks.set) == run.flags {
        if size > .size4K {
          emit(.decided(.sameProtection(run.start, size, run.pages)), &sink)
        }
      } else if let last = stretches.last, last.start + last.pages == run.start {
        stretches[stretches.count - 1].pages += run.pages
      } else {
        stretches.append((run.start, run.pages))
      }
    }
    for stretch in stretches {
      let code = updateRange(
        stretch.start, stretch.pages, set: masks.set, clear: masks.clear, &sink)
      if code != .success { return code }
      isWritten = true
    }
    return .success
  }

  // MARK: Leaves that re-form

  /// The block that a slot would become, or why it does not: x86's test, which ignores CONT. Reads only.
  func genericCollapseTest(
    of size: LeafSize, at address: VirtualAddress,
  ) -> Result<Entry, CollapseObstacle> {
    let start = address.alignedDown(to: size)
    let pool = kfencePool.map {
      directMapAddress(of: $0.lowerBound)..<directMapAddress(of: $0.upperBound)
    }
    if !splitsBlocks || pool?.overlaps(start..<(start + size.pages)) == true {
      return .failure(.sizeUnavailable)
    }
    return withoutContiguous(size, at: start).collapseTest(of: size, at: start).map { leaf in
      Entry(leaf.pfn(size), leaf.flags(size).subtracting(.pse))
    }
  }

  /// The machine without CONT in the table of a slot: what a test sees that ignores it.
  func withoutContiguous(_ size: LeafSize, at start: VirtualAddress) -> Machine {
    guard let smaller = size.smaller, tables.table(at: start, size) != nil else { return self }
    var machine = self
    for run in tables.runs(from: start, pages: size.pages)
    where run.size == smaller && run.flags.contains(.contiguous) {
      machine.apply(.linearMap(.rewritten(run, run.flags.subtracting(.contiguous))))
    }
    return machine
  }
}
