// The end of boot: init memory goes back, the kernel image becomes read-only.

extension Machine {
  /// Models `free_initmem()` and `mem_encrypt_free_decrypted_mem()`, arch/x86/mm: what is left of the
  /// 2M that bss keeps for decrypted data, then the init sections.
  mutating func freeInitmem(_ image: KernelImage, _ sink: inout EventListener) {
    if let bss = image.bss, bss.upperBound.isAligned(to: .size2M),
      bss.upperBound - bss.lowerBound > LeafSize.size2M.pages
    {
      // The section begins with the few pages that are in use.
      let start = PFN(bss.upperBound.rawValue - LeafSize.size2M.pages.rawValue)
      freeInitPages(image, (start + 1)..<bss.upperBound, &sink)
    }
    if let initmem = image.initmem {
      freeKernelImagePages(image, initmem, kept: kernel.unwindTablePages, &sink)
    }
  }

  /// Models `mark_rodata_ro()`, arch/x86/mm/init_64.c: text and read-only data become read-only, all
  /// but the text not executable; then the gaps between them are freed.
  mutating func markRodataRO(_ image: KernelImage, _ sink: inout EventListener) {
    let start = image.text.lowerBound
    let address = image.highMapAddress(of: start)
    emit(.entered(.markRodataRO, address, image.rodataEndAligned - start), &sink)
    _ = setMemory(.ro, address, image.rodataEndAligned - start, &sink)
    emit(.kernelSetReadOnly, &sink)
    let textEnd = image.text.upperBound
    if textEnd < image.frames.upperBound {
      _ = setMemory(
        .nx, image.highMapAddress(of: textEnd), image.frames.upperBound - textEnd, &sink)
    }
    emit(.left(.markRodataRO, .success), &sink)
    freeKernelImagePages(image, textEnd..<image.rodata.lowerBound, &sink)
    freeKernelImagePages(image, image.rodata.upperBound..<image.data.lowerBound, &sink)
  }

  /// Models `free_kernel_image_pages()`: with page-table isolation the freed pages also leave the
  /// high map, where user mode could otherwise guess at them.
  private mutating func freeKernelImagePages(
    _ image: KernelImage, _ frames: Range<PFN>, kept: PageCount = 0, _ sink: inout EventListener,
  ) {
    guard !frames.isEmpty else { return }
    freeInitPages(image, frames, kept: kept, &sink)
    guard cpu[.pti] else { return }
    let address = image.highMapAddress(of: frames.lowerBound)
    _ = setMemory(.npNoalias, address, frames.upperBound - frames.lowerBound, &sink)
  }

  /// Models `free_init_pages()`, arch/x86/mm/init.c. `free_reserved_area()` fills the pages with
  /// poison through the direct map, so the CPU sets D there.
  ///
  /// - Parameter kept: this many of the first pages go through all this without being free then.
  private mutating func freeInitPages(
    _ image: KernelImage, _ frames: Range<PFN>, kept: PageCount = 0, _ sink: inout EventListener,
  ) {
    let start = image.highMapAddress(of: frames.lowerBound)
    let pages = frames.upperBound - frames.lowerBound
    emit(.entered(.freeInitPages, start, pages), &sink)
    if cpu[.debugPagealloc] {
      _ = setMemory(.np, start, pages, &sink)
    } else {
      _ = setMemory(.nx, start, pages, &sink)
      _ = setMemory(.rw, start, pages, &sink)
      try? touch(.write, directMapAddress(of: frames.lowerBound), pages, &sink)
    }
    physical.freeReserved(
      min(frames.lowerBound + kept, frames.upperBound)..<frames.upperBound, &sink)
    emit(.left(.freeInitPages, .success), &sink)
  }
}
