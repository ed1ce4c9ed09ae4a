import Engine

// What the rules of arm64's linear map decide, in plain English.

extension LinearMapDecision {
  /// The decision in a few words.
  var shortWords: String {
    switch self {
    case .pagesOnly(let reason): "4K pages only: \(reason.shortWords)"
    case .blocksAllowed(let bbml2): bbml2 ? "blocks; BBML2 splits them" : "blocks allowed"
    case .mappedApart(.kernelImage, let pages): "kernel image apart, \(pages.words)"
    case .mappedApart(.kfencePool, let pages): "KFENCE pool apart, \(pages.words)"
    case .areaRefused(_, let refusal): "refused: \(refusal.shortWords)"
    case .cannotSetDirectMap: "blocks may be there: does nothing, returns 0"
    case .mirrored(let pages, _): "\(pages.words) of the linear map too"
    case .pastPageArray(let pages): "reads \(pages.words) past its array"
    case .notMirrored: "not in the linear map"
    case .walkerMetBlock(_, let size): "a \(size.name) block in the way: -EINVAL"
    case .borderAligned(_, let bytes): "border: aligned to \(Self.sizeWords(bytes))"
    case .singlePage(let address, _): "one page: split at \(address.words)"
    case .nothingToSplit: "4K pages already: nothing to split"
    case .splitBlock(_, let size): "\(size.name) block: 512 entries with CONT"
    case .dropCont(_, let size): "16 x \(size.name) lose CONT"
    case .splitAllToPages(let pages): "a CPU lacks BBML2: \(pages.words) to 4K"
    }
  }

  /// The decision as a sentence.
  var sentence: String {
    switch self {
    case .pagesOnly(let reason):
      "The linear map must be of 4K pages, neither blocks nor contiguous groups: \(reason.words)."
    case .blocksAllowed(let bbml2):
      "The linear map may have blocks of 1G and 2M and contiguous groups of 16 entries"
        + (bbml2
          ? "; the CPUs have FEAT_BBM level 2, so a live block can be split when it must."
          : "; without FEAT_BBM level 2 none of them is split while it is live.")
    case .mappedApart(.kernelImage, let pages):
      "The kernel's text and read-only data, \(pages.words), are mapped apart: read-only and without "
        + "contiguous groups."
    case .mappedApart(.kfencePool, let pages):
      "The pool of KFENCE, \(pages.words), is mapped apart by 4K pages, so that each can be hidden."
    case .areaRefused(let address, let refusal):
      "change_memory_common refuses \(address.words): \(refusal.words)."
    case .cannotSetDirectMap:
      "can_set_direct_map is false: the linear map may have blocks, and to split one that is live "
        + "would need break-before-make, an instant in which its pages are not mapped at all. So the "
        + "call does nothing and returns 0."
    case .mirrored, .pastPageArray, .notMirrored, .walkerMetBlock, .nothingToSplit:
      sentenceOfChange
    case .borderAligned(let address, let bytes):
      "\(address.words) is a multiple of \(Self.sizeWords(bytes)): no leaf reaches over it."
    case .singlePage(let address, let other):
      "Of the borders of a single page only the less aligned, \(address.words), is split at; "
        + "\(other.words) is in the same group of 16 pages or at its end."
    case .splitBlock(let address, let size):
      "The \(size.name) block at \(address.words) becomes \(size.smaller.map { "512 x \($0.name)" } ?? "")"
        + ", all with CONT: the TLB may keep 16 of them as one. Old and new say the same, and a CPU "
        + "with FEAT_BBM level 2 bears with both, so nothing is made invalid in between."
    case .dropCont(let address, let size):
      "The 16 entries of \(size.name) from \(address.words) lose CONT, so that one of them can "
        + "differ from the others."
    case .splitAllToPages(let pages):
      "A secondary CPU lacks FEAT_BBM level 2: all CPUs but one wait while all \(pages.words) of the "
        + "linear map, the kernel image apart, are split to 4K once."
    }
  }

  private var sentenceOfChange: String {
    switch self {
    case .mirrored(let pages, let requested):
      "RDONLY alone changes and rodata is full: \(pages.words) of the linear map change first, page "
        + "by page"
        + (pages > requested ? ", the whole area, though \(requested.words) were asked for." : ".")
    case .pastPageArray(let pages):
      "The size of an area counts its guard page, its array of pages does not: the loop reads "
        + "\(pages.words) past the array, takes what is there for pages, and flushes each of them."
    case .notMirrored:
      "The change stays out of the linear map: only a change of RDONLY alone goes there, and only "
        + "with rodata=full."
    case .walkerMetBlock(let address, let size):
      "The walk comes to a \(size.name) block or group at \(address.words) that it cannot change in "
        + "part: the kernel warns and the call fails with -EINVAL."
    case .nothingToSplit:
      "The range is mapped by 4K pages already: entries change, no table is allocated and nothing "
        + "goes through the fixmap."
    case .pagesOnly, .blocksAllowed, .mappedApart, .areaRefused, .cannotSetDirectMap,
      .borderAligned, .singlePage, .splitBlock, .dropCont, .splitAllToPages:
      shortWords
    }
  }

  private static func sizeWords(_ bytes: UInt64) -> String {
    lengthText(bytes)
  }
}

extension LinearMapDecision.PageReason {
  fileprivate var shortWords: String {
    switch self {
    case .rodataFull: "rodata=full"
    case .debugPagealloc: "debug_pagealloc"
    case .lateKFENCE: "late KFENCE"
    case .realm: "realm guest"
    case .crashkernel: "crashkernel="
    }
  }

  fileprivate var words: String {
    switch self {
    case .rodataFull: "rodata=full makes single pages read-only, and live blocks are never split"
    case .debugPagealloc: "debug_pagealloc takes single free pages out of it"
    case .lateKFENCE: "KFENCE may be enabled late and would hide single pages anywhere"
    case .realm: "a realm guest shares single pages with its host"
    case .crashkernel:
      "crashkernel= reserves memory later, which may begin and end in the middle of any block"
    }
  }
}

extension LinearMapDecision.AreaRefusal {
  fileprivate var shortWords: String {
    switch self {
    case .noArea: "no area there"
    case .pastArea: "past the area's end"
    case .notAllocated: "not VM_ALLOC"
    case .mayBeHuge: "VM_ALLOW_HUGE_VMAP"
    }
  }

  fileprivate var words: String {
    switch self {
    case .noArea: "no area of vmalloc space is there, and only those may change"
    case .pastArea: "the range extends past the end of the area"
    case .notAllocated: "the area shows pages that were not allocated for it (no VM_ALLOC)"
    case .mayBeHuge:
      "the area may have huge mappings (VM_ALLOW_HUGE_VMAP), which would have to be split"
    }
  }
}
