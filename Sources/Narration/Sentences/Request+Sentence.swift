import Engine

// What a request to change page attributes asks for, in plain English.

extension RequestMasks {
  /// What is asked for in a few words: `set NX, clear RW D`.
  public var shortWords: String { parts.joined(separator: ", ") }

  /// What is asked for, with the switches and what they mean.
  public var words: String {
    var text = parts.prefix(2).joined(separator: " and ")
    var means: [String] = []
    if options.contains(.forceSplit) {
      means.append("split every large leaf before looking at it (force_split)")
    }
    if options.contains(.pagesArray) { means.append("take page by page (CPA_PAGES_ARRAY)") }
    if options.contains(.noCheckAlias) {
      means.append("leave other mappings alone (CPA_NO_CHECK_ALIAS)")
    }
    if options.contains(.collapse) { means.append("collapse after the flush (CPA_COLLAPSE)") }
    if !means.isEmpty { text += "; " + means.joined(separator: ", ") }
    return text
  }

  private var parts: [String] {
    var parts: [String] = []
    if !self.set.isEmpty { parts.append("set \(self.set.text(.size4K))") }
    if !clear.isEmpty { parts.append("clear \(clear.text(.size4K))") }
    if parts.isEmpty { parts.append("change no bit") }
    return parts
  }
}

extension KernelFunction {
  /// What the function is there for, as a sentence about one call of it.
  ///
  /// - Parameters:
  ///   - address: the address it was given.
  ///   - pages: the pages it was given.
  ///   - masks: what the request under way asks for, if that is known.
  func purpose(_ address: VirtualAddress, _ pages: PageCount, _ masks: RequestMasks?) -> String {
    let range = "\(pages.words) from \(address.words)"
    let leaf = pages == LeafSize.size1G.pages ? LeafSize.size1G : .size2M
    switch self {
    case .changePageAttrSetClr:
      return masks.map { "A request for \(range): \($0.words)." } ?? "A request for \(range)."
    case .changePageAttrLoop:
      return "The walk over \(range): each step changes the leaf it comes to, whatever its size."
    case .changePageAttr: return "One step of the walk, at \(address.words)."
    case .shouldSplitLargePage:
      return
        "A large leaf maps \(address.words); \(pages.words) of the request \(pages == 1 ? "is" : "are") "
        + "left. It stays if its flags are as requested or it is covered completely; else it splits."
    case .splitLargePage:
      return
        "The \(leaf.name) leaf at \(address.words) is to become a table of \(leaf.splitWords); "
        + "the table takes a page of memory."
    case .staticProtections:
      return "Bits that kernel text and read-only data may not have are removed from the request."
    case .verifyRWX: return "It warns of a page that becomes writable and executable."
    case .cpaProcessFault: return "Nothing is mapped at \(address.words)."
    case .cpaProcessAlias:
      return
        "The frames of \(range) may be mapped elsewhere too: ro, rw, np and cache types cross over "
        + "to the direct map, x and nx do not."
    case .cpaFlush:
      return "An entry was written, so the TLB must forget \(pages.words): one by one up to "
        + "\(Machine.singlePageFlushCeiling.rawValue), the tlb_single_page_flush_ceiling, else everything."
    case .cpaCollapseLargePages:
      return
        "CPA_COLLAPSE: each 2M slot of \(range) is tried, 4K to 2M; where that works, 2M to 1G."
    case .collapsePMDPage, .collapsePUDPage:
      return
        "Can the slot at \(address.words) be one \(leaf.name) leaf? Frame aligned, no KERNEL_4K, "
        + "all 512 entries present, contiguous and equal."
    default: return restOfPurposes(range, address, pages)
    }
  }

  private func restOfPurposes(
    _ range: String, _ address: VirtualAddress, _ pages: PageCount,
  ) -> String {
    switch self {
    case .vmUnmapAliases:
      "Freed areas may still be in the TLB: \(pages.words) from \(address.words) are flushed first."
    case .vmResetPerms:
      "vm_reset_perms takes \(pages.words) out of the direct map, the first \(address.words), "
        + "flushes once and puts them back writable."
    case .memtypeReserve: "The cache type of \(range) is reserved: all pages, or none."
    case .zapPteRange:
      "The entries of one page table are cleared under its lock: \(range)."
    case .memtypeFree: "The cache type of \(range) is released."
    default: "\(name) is entered for \(range)."
    }
  }
}
