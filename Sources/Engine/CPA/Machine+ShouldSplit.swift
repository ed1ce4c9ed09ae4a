extension Machine {
  /// Decides whether a large leaf must split; if it can stay, changes it. Cuts `numpages` to the
  /// leaf. Models `should_split_large_page()`, 6.12.
  @inline(never)
  mutating func shouldSplitLargePage<Sink: EventSink>(
    _ request: inout CPARequest, _ address: VirtualAddress, _ leaf: PageTables.Leaf,
    _ result: inout ReturnCode, _ sink: inout Sink,
  ) -> Bool {
    emit(.entered(.shouldSplitLargePage, address, request.numpages), &sink)
    let decision = decideSplit(&request, address, leaf)
    countCheck(decision, leaf.size, &sink)
    emit(.decided(decision), &sink)
    var staysLarge = false
    if case .sameProtection = decision {
      staysLarge = true
    } else if case .preserved(let start, let size, let old, let new) = decision {
      warnIfWritableAndExecutable(old, new, start, &sink)
      emit(.entryWritten(start, size, old: leaf.entry, new: Entry(leaf.pfn, new)), &sink)
      request.findings.insert(.wroteEntry)
      if setup.hooks.contains(.entries) {
        let step = EntryStep(address: start, size: size, old: old, new: new)
        result = policiesDidStep(step, &sink.listener)
      }
      staysLarge = true
    }
    emit(.left(.shouldSplitLargePage, .success), &sink)
    return !staysLarge
  }

  /// The rule itself: reads, writes nothing but the request. Models `__should_split_large_page()`.
  private func decideSplit(
    _ request: inout CPARequest, _ address: VirtualAddress, _ leaf: PageTables.Leaf,
  ) -> Decision {
    let size = leaf.size
    if request.forceSplit { return .splitForced(address, size) }
    let start = address.alignedDown(to: size)
    let offset = address - start
    request.numpages = min(request.numpages, size.pages - offset)
    request.pfn = leaf.pfn + offset
    let old = leaf.flags

    let current = staticProtections(old, start, leaf.pfn, pages: size.pages, leafSize: size)
    if current != old {
      request.findings.insert(.protectedBits)
      return .splitProtected(start, size, old.subtracting(current))
    }
    let asked = globalAsPresent(request.changing(old))
    if asked == old { return .sameProtection(address, size, request.numpages) }
    if offset != 0 || request.numpages != size.pages {
      return .splitPartial(address, size, firstPage: offset, covered: request.numpages)
    }
    let allowed = staticProtections(asked, start, leaf.pfn, pages: size.pages, leafSize: size)
    if allowed != asked { return .splitProtected(start, size, asked.subtracting(allowed)) }
    return .preserved(start, size, old: old, new: asked)
  }

  /// The lines of cpa_stats that a check moves.
  private mutating func countCheck<Sink: EventSink>(
    _ decision: Decision, _ size: LeafSize, _ sink: inout Sink,
  ) {
    if case .splitForced = decision { return }
    let is1G = size == .size1G
    emit(.counted(is1G ? .cpa1GChecked : .cpa2MChecked, 1), &sink)
    if case .sameProtection = decision {
      emit(.counted(is1G ? .cpa1GSameprot : .cpa2MSameprot, 1), &sink)
    } else if case .preserved = decision {
      emit(.counted(is1G ? .cpa1GPreserved : .cpa2MPreserved, 1), &sink)
    }
  }
}

extension CPARequest {
  /// The flags of a large leaf after the masks, in large layout.
  ///
  /// The masks are in 4K layout, where bit 7 is PAT and not PSE; PSE comes back if the result is
  /// present, G goes if it is not. PAT_LARGE goes too: the frame number of what is not present is
  /// stored inverted, and the lowest bit of it, which is 1 then, covers that of PAT_LARGE.
  func changing(_ large: EntryFlags) -> EntryFlags {
    var flags = large.largeTo4K.subtracting(clear).union(set).fourKToLarge
    if flags.contains(.present) { flags.insert(.pse) } else { flags.remove(.patLarge) }
    return flags.droppingGlobalUnlessPresent
  }
}
