/// The Mermap, Brendan Jackman, 2025 and 2026: an ephemeral mapping of pages that are outside the direct map.
///
/// Each mm has a window of addresses for each CPU, with tables that are made ahead, so that mapping a page
/// allocates nothing. `mermap_get()` takes the next free addresses behind the highest mapping that is in use,
/// and sets entries; `mermap_put()` overwrites them with a sentinel and flushes nothing. Space is used again
/// only behind one flush of the CPU that runs (`__flush_tlb_all()`), which is made when the window is at its
/// end: nobody is interrupted. There are four mappings at a time at the most, and `mermap_get()` may fail. The
/// last page is kept for `mermap_get_reserved()`, one page with preemption off. No other CPU may access the
/// window, but its TLB may hold entries from speculation: before a page is freed, its user flushes the whole
/// window on all CPUs.
///
/// Source: mm/mermap.c, include/linux/mermap.h and mermap_types.h, arch/x86/include/asm/mermap.h of the author's
/// public branch. Not merged in 7.3.
///
/// What mails and branch leave open, and what is done here: how large the window is in the last version (here
/// 512 pages, the largest folio, as in an earlier one); by which function the window is flushed before pages are
/// freed (here `flush_tlb_kernel_range()` once for all pages that are freed together); which calls of guest_memfd
/// use it (here what the host writes, and the zeroing of pages that come from an unmapped pageblock, which the
/// page allocator of freetype-2026 leaves to the caller). One process on one CPU is simulated; the tables of
/// the window, one for each CPU, are not taken from the page allocator. On arm64 the flush would have to be a
/// broadcast, as the header says; there the Mermap is not simulated.
public struct Mermap2026: PublishedPolicy {
  var name: PolicyName { .mermap2026 }
  var hooks: PolicyHooks { [] }

  /// The pages of the window of a CPU.
  static let windowPages = 512
  /// How many mappings may be in use at a time.
  static let slotCount = 4

  func adjust(_ kernel: inout KernelProfile) { kernel.hasMermap = true }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    let state = machine.kept.value.policies.mermap2026
    return [
      .count("mappings in use", Int64(state.slots.count { $0 != nil })),
      .count("pages used up to", Int64(state.next)),
      .count("mapped so far", Int64(state.gets)),
      .count("refused so far", Int64(state.refusals)),
      .count("flushes of one CPU", machine.counters[.mermapFlushTLB]),
      .note(
        "A window of 512 pages for each mm and CPU; used again behind a flush of this CPU alone."),
      .note(
        "Not merged in 7.3; how pages are flushed before they are freed is left to the caller."),
    ]
  }

  func inspect(_ pfn: PFN, _ machine: Machine) -> [PanelLine] {
    let state = machine.kept.value.policies.mermap2026
    let isMapped = state.slots.contains { slot in
      slot.map { pfn >= $0.pfn && pfn < $0.pfn + PageCount(UInt64($0.pages)) } ?? false
    }
    return isMapped ? [.note("It is mapped in the window of this CPU.")] : []
  }
}

extension Mermap2026 {
  /// The window of the one process on the one CPU that is simulated.
  struct State: Equatable, Sendable {
    /// The mappings in use.
    var slots = [Slot?](repeating: nil, count: Mermap2026.slotCount)
    /// The next page of the window that needs no flush before it is used, 0 to 512.
    var next = 0
    /// Whether a TLB may hold pages that are not in use any more.
    var owesFlush = false
    /// How many mappings there ever were.
    var gets = 0
    /// How many were refused.
    var refusals = 0

    /// The page behind the highest mapping in use.
    var endOfLive: Int {
      slots.reduce(0) { max($0, $1.map { Int($0.first) + Int($0.pages) } ?? 0) }
    }

    mutating func apply(_ change: Change) {
      switch change {
      case .got(let slot):
        guard let index = slots.firstIndex(of: nil) else { return }
        slots[index] = slot
        next = Int(slot.first) + Int(slot.pages)
        owesFlush = true
        gets += 1
      case .put(let slot):
        guard let index = slots.firstIndex(of: slot) else { return }
        slots[index] = nil
      case .flushed(let isEverywhere):
        next = endOfLive
        if isEverywhere { owesFlush = false }
      case .refused: refusals += 1
      }
    }

    func add(to sum: inout Checksum) {
      sum.add(slots) { slot, sum in
        sum.add(slot != nil)
        slot?.add(to: &sum)
      }
      sum.add(next)
      sum.add(owesFlush)
      sum.add(gets)
      sum.add(refusals)
    }
  }

  /// A mapping in the window. Models `struct mermap_alloc`.
  public struct Slot: Equatable, Sendable {
    /// Who has it.
    public var name: Name
    /// The first frame.
    public var pfn: PFN
    /// The first page of the window, 0 to 511.
    public var first: UInt16
    /// How many pages, 1 to 512.
    public var pages: UInt16

    func add(to sum: inout Checksum) {
      name.add(to: &sum)
      sum.add(pfn.rawValue)
      sum.add(Int(first))
      sum.add(Int(pages))
    }
  }

  /// A change of the window.
  public enum Change: Equatable, Sendable {
    /// Pages were mapped.
    case got(Slot)
    /// They were unmapped, without a flush.
    case put(Slot)
    /// The window was flushed, on this CPU or everywhere: what is behind the highest mapping can be used.
    case flushed(isEverywhere: Bool)
    /// A request found no room, or no free slot.
    case refused
  }
}

extension Machine {
  /// Maps frames in a row in the window of the CPU. Models `mermap_get()`.
  ///
  /// - Parameter isReserved: whether it may take the last page too (`mermap_get_reserved()`).
  /// - Returns: the mapping; `nil` where there is no room even behind a flush, or no free slot.
  mutating func mermapGet(
    _ name: Name, _ pfn: PFN, _ pages: PageCount, isReserved: Bool = false,
    _ sink: inout EventListener,
  ) -> Mermap2026.Slot? {
    let function: RemedyFunction = isReserved ? .mermapGetReserved : .mermapGet
    enter(function, .page(pfn, order: 0), &sink)
    let slot = takeSlot(name, pfn, pages, isReserved: isReserved, &sink)
    leave(function, .code(slot == nil ? .noMemory : .success), &sink)
    return slot
  }

  private mutating func takeSlot(
    _ name: Name, _ pfn: PFN, _ pages: PageCount, isReserved: Bool, _ sink: inout EventListener,
  ) -> Mermap2026.Slot? {
    let end = Mermap2026.windowPages - (isReserved ? 0 : 1)
    var state = kept.value.policies.mermap2026
    let isTooLong = pages.rawValue > UInt64(end - state.endOfLive)
    if !isTooLong, pages.rawValue > UInt64(max(0, end - state.next)) {
      emit(.flushed(.ownTLB), &sink)
      emit(.policy(.mermap2026(.flushed(isEverywhere: false))), &sink)
      state = kept.value.policies.mermap2026
    }
    guard !isTooLong, state.slots.contains(nil) else {
      emit(.policy(.mermap2026(.refused)), &sink)
      return nil
    }
    let slot = Mermap2026.Slot(
      name: name, pfn: pfn, first: UInt16(state.next), pages: UInt16(pages.rawValue))
    emit(.policy(.mermap2026(.got(slot))), &sink)
    return slot
  }

  /// Unmaps what `mermapGet` mapped. Models `mermap_put()`: nothing is flushed.
  mutating func mermapPut(_ slot: Mermap2026.Slot, _ sink: inout EventListener) {
    enter(.mermapPut, .page(slot.pfn, order: 0), &sink)
    emit(.policy(.mermap2026(.put(slot))), &sink)
    leave(.mermapPut, &sink)
  }

  /// Maps a page for a moment: by `mermap_get()`, or where that fails by `mermap_get_reserved()`.
  mutating func reachByMermap(_ name: Name, _ pfn: PFN, _ sink: inout EventListener) -> ReturnCode {
    let slot =
      mermapGet(name, pfn, 1, &sink) ?? mermapGet(name, pfn, 1, isReserved: true, &sink)
    guard let slot else { return .noMemory }
    mermapPut(slot, &sink)
    return .success
  }

  /// Flushes the window on all CPUs before pages that were mapped in it are freed.
  mutating func flushMermap(_ sink: inout EventListener) {
    guard kept.value.policies.mermap2026.owesFlush else { return }
    flushKernelRange(PageCount(UInt64(Mermap2026.windowPages)), &sink)
    emit(.policy(.mermap2026(.flushed(isEverywhere: true))), &sink)
  }

  /// `mermap get`: frames are mapped in the window until they are put.
  mutating func holdInMermap(
    _ name: Name, _ pfn: PFN, _ pages: PageCount, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    guard setup.kernel.hasMermap else { throw .policyOff(.mermap2026) }
    guard !kept.value.policies.mermap2026.slots.contains(where: { $0?.name == name }) else {
      throw .nameTaken(name)
    }
    guard pages > 0 else { throw .noPages }
    _ = try resolve(.frame(pfn), pages)
    return mermapGet(name, pfn, pages, &sink) == nil ? .noMemory : .success
  }

  /// `mermap put`.
  mutating func putFromMermap(
    _ name: Name, _ sink: inout EventListener,
  ) throws(CallError) -> ReturnCode {
    let slots = kept.value.policies.mermap2026.slots
    guard let slot = slots.compactMap(\.self).first(where: { $0.name == name }) else {
      throw .nothingHeld(name, "mermap get")
    }
    mermapPut(slot, &sink)
    return .success
  }
}
