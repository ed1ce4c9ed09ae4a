// What boot changes after the direct map stands, by the same calls as everyone else.

extension Machine {
  /// The high map of the kernel image: 2M leaves from `_text` to the end of the brk area. Models
  /// `level2_kernel_pgt` of head_64.S, G included whatever the CPU, and `cleanup_highmap()`.
  mutating func mapKernelImage(_ image: KernelImage, _ sink: inout EventListener) {
    let start = image.frames.lowerBound.alignedDown(to: .size2M)
    let pages = image.frames.upperBound - start
    var flags: EntryFlags = [.kernelTable, .pse, .global]
    if cpu.carriesCBit { flags.insert(.encryption) }
    let fill = LeafFill(
      start: image.highMapAddress(of: start), pfn: start,
      count: pages.rawValue / LeafSize.size2M.pages.rawValue, size: .size2M, flags: flags)
    emit(.mapped(fill), &sink)
  }

  /// Takes G from the image with page-table isolation. Models `pti_set_kernel_image_nonglobal()`,
  /// arch/x86/mm/pti.c.
  mutating func ptiSetKernelImageNonglobal(_ image: KernelImage, _ sink: inout EventListener) {
    guard cpu[.pti] else { return }
    change(.nonglobal, image, image.frames, .ptiSetKernelImageNonglobal, &sink)
  }

  /// Gives G back to the text, unless the CPU has PCID. Models `pti_clone_kernel_text()` and
  /// `pti_kernel_image_global_ok()`, as called from `pti_finalize()`.
  mutating func ptiCloneKernelText(_ image: KernelImage, _ sink: inout EventListener) {
    guard cpu[.pti], !cpu[.pcid], cpu[.pge] else { return }
    change(.global, image, image.text, .ptiCloneKernelText, &sink)
  }

  /// Makes the interrupt table read-only, which splits the leaves that hold it in both mappings.
  /// Models `idt_setup_apic_and_irq_gates()`, arch/x86/kernel/idt.c.
  mutating func idtSetup(_ image: KernelImage, _ sink: inout EventListener) {
    guard let bss = image.bss else { return }
    let idt = bss.lowerBound + kernel.idtPageInBSS
    guard idt < bss.upperBound else { return }
    change(.ro, image, idt..<(idt + 1), .idtSetup, &sink)
  }

  /// Splits the pool's leaves and takes the guard pages away behind CPA's back. Models
  /// `arch_kfence_init_pool()` and `kfence_init_pool()`: pages 0 and 1, then every second one.
  mutating func kfenceInitPool(_ pool: PFN, _ sink: inout EventListener) {
    let start = directMapAddress(of: pool)
    emit(.entered(.kfenceInitPool, start, BootPlan.kfencePages), &sink)
    for index in 0..<BootPlan.kfencePages.rawValue {
      let page = start + PageCount(index)
      guard let leaf = tables.lookup(page), leaf.size != .size4K else { continue }
      _ = setMemory(.split4K, page, 1, &sink)
    }
    for index in 0..<BootPlan.kfencePages.rawValue where index < 2 || index % 2 == 1 {
      let page = start + PageCount(index)
      guard let leaf = tables.lookup(page) else { continue }
      let new = Entry(leaf.pfn, leaf.flags.subtracting(.present))
      emit(.entryWritten(page, .size4K, old: leaf.entry, new: new), &sink)
      emit(.flushed(.kernelRange(1)), &sink)
    }
    emit(.left(.kfenceInitPool, .success), &sink)
  }

  /// Without 1G leaves the first page is asked to be 4K, which it is. Models the end of
  /// `arch_cpu_finalize_init()`, arch/x86/kernel/cpu/common.c.
  mutating func splitFirstPage(_ sink: inout EventListener) {
    if !cpu.allows1G { _ = setMemory(.split4K, layout.pageOffset, 1, &sink) }
  }

  /// The trampoline at the top of the RAM below 640 KiB, or where memory is taken from the bottom up,
  /// above the first 64 KiB, which are reserved: read-only header and text, text executable. Models
  /// `reserve_real_mode()` and `set_real_mode_permissions()`, arch/x86/realmode/init.c.
  mutating func setRealModePermissions(_ plan: BootPlan, _ sink: inout EventListener) {
    let pages = kernel.realModePages
    let room = plan.ram.ranges(overlapping: 0x10..<0xa0).map { $0.clamped(to: 0x10..<0xa0) }
      .filter { pages <= $0.upperBound - $0.lowerBound }
    guard let low = plan.isBottomUp ? room.first : room.last else { return }
    let base =
      plan.isBottomUp ? low.lowerBound : PFN(low.upperBound.rawValue - pages.rawValue)
    let start = directMapAddress(of: base)
    emit(.entered(.setRealModePermissions, start, pages), &sink)
    _ = setMemory(.nx, start, pages, &sink)
    _ = setMemory(.ro, start, kernel.realModeReadOnlyPages, &sink)
    _ = setMemory(.x, start + 1, kernel.realModeReadOnlyPages - 1, &sink)
    emit(.left(.setRealModePermissions, .success), &sink)
  }

  /// One call on frames of the image, at their high-map addresses.
  mutating func change(
    _ operation: SetMemory, _ image: KernelImage, _ frames: Range<PFN>,
    _ function: KernelFunction, _ sink: inout EventListener,
  ) {
    guard !frames.isEmpty else { return }
    let start = image.highMapAddress(of: frames.lowerBound)
    let pages = frames.upperBound - frames.lowerBound
    emit(.entered(function, start, pages), &sink)
    _ = setMemory(operation, start, pages, &sink)
    emit(.left(function, .success), &sink)
  }
}
