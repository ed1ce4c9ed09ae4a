import Engine

// The rules of vmalloc space in plain English.

extension VmallocDecision {
  /// The decision in a few words.
  var shortWords: String {
    switch self {
    case .triesBlocks(let asked, let taken, _):
      "\(asked.sizeWords): \(taken.blockWords) tried first"
    case .takesPages(_, let reason): "single pages: \(reason.shortWords)"
    case .fellBack(let blocks, let all):
      "\(blocks) of \(counted(all, "block")): all back, single pages"
    case .roundedUp(let asked, let taken):
      "\(asked.sizeWords) asked, \((taken - asked).sizeWords) unused"
    case .spread(_, _, let most, _, let fewest):
      "nodes: \(fewest.sizeWords) to \(most.sizeWords)"
    case .mapsBlocks(let blocks, _): "\(blocks) x 2M fit: vmap uses them"
    case .alignsIoremap(_, _, let asked, let result):
      "aligned to \(Self.power(result)), \(Self.power(asked)) asked"
    case .purges(let waiting, let limit):
      "\(waiting.words) \(waiting == 1 ? "waits" : "wait"), \(limit.rawValue) may: flush"
    case .walked(_, let entries): "walked \(counted(entries.rawValue, "entry", "entries"))"
    case .walkerMetLeaf(_, let size, let entries):
      "\(size.name) leaf after \(counted(entries.rawValue, "entry", "entries"))"
    }
  }

  /// The decision as a sentence.
  var sentence: String {
    switch self {
    case .triesBlocks(let asked, let taken, let nodes):
      "__vmalloc_node_range: \(asked.sizeWords) are asked for\(Self.share(asked, nodes)), 2M or more: "
        + "\(taken.blockWords) are tried first, at an address aligned to 2M."
    case .takesPages(let asked, let reason):
      "__vmalloc_node_range: \(asked.sizeWords) are asked for, and 4K pages are taken: "
        + reason.words(asked) + "."
    case .fellBack(let blocks, let all):
      "Only \(blocks) of \(counted(all, "block")) of 2M \(blocks == 1 ? "is" : "are") available: they are freed, and the whole area is "
        + "made of 4K pages instead."
    case .roundedUp(let asked, let taken):
      "\(asked.sizeWords) asked for, \(taken.sizeWords) taken: \((taken - asked).sizeWords) unused."
    case .spread(let nodes, let mostOn, let most, let fewestOn, let fewest):
      most == fewest
        ? "\(nodes) nodes took turns: each has \(most.sizeWords)."
        : "\(nodes) nodes took turns: node \(mostOn) has \(most.sizeWords), node \(fewestOn) "
          + "\(fewest.sizeWords), a difference of \((most - fewest).sizeWords)."
    case .mapsBlocks(let blocks, let pages):
      "The first frame is 2M aligned and \(pages.words) are contiguous: vmap maps \(blocks) x 2M"
        + (pages.rawValue % 512 == 0
          ? "." : " and the last \(PageCount(pages.rawValue % 512).words) by 4K.")
    case .alignsIoremap(let pages, let ofSize, let asked, let result):
      Self.alignment(pages, ofSize: ofSize, asked: asked, result: result)
    case .purges(let waiting, let limit):
      "\(waiting.words) of freed addresses \(waiting == 1 ? "waits" : "wait") for a flush, and at most \(limit.rawValue) may "
        + "(fls(CPUs) x 8192): they are flushed."
    case .walked(let address, let entries):
      "apply_to_existing_page_range walks \(counted(entries.rawValue, "entry", "entries")) of 4K from \(address.words)."
    case .walkerMetLeaf(let address, let size, let entries):
      "apply_to_existing_page_range comes to a \(size.name) leaf at \(address.words) after "
        + "\(counted(entries.rawValue, "entry", "entries")): it knows entries of 4K only."
    }
  }

  private static func share(_ asked: PageCount, _ nodes: UInt32) -> String {
    nodes > 1 ? ", \(PageCount(asked.rawValue / UInt64(nodes)).sizeWords) a node of \(nodes)" : ""
  }

  private static func power(_ order: UInt8) -> String { lengthText(1 << UInt64(order)) }

  private static func alignment(
    _ pages: PageCount, ofSize: UInt8, asked: UInt8, result: UInt8,
  ) -> String {
    let limit = VmallocDecision.ioremapMaxOrder
    let natural =
      "__get_vm_area_node: \(pages.sizeWords) of device memory want an address aligned to "
      + "1 << \(ofSize) = \(power(ofSize)) (order of the size, at least 12, at most "
      + "IOREMAP_MAX_ORDER = \(limit))"
    if result > ofSize {
      let above = result > limit ? ", above IOREMAP_MAX_ORDER" : ""
      return natural + "; the larger of that and the caller's \(power(asked)) is taken: "
        + "\(power(result))\(above)."
    }
    return natural + (asked > ofSize ? "; the caller's \(power(asked)) does not count." : ".")
  }
}

extension VmallocDecision.SmallReason {
  fileprivate var shortWords: String {
    switch self {
    case .unavailable: "no 2M leaves here"
    case .notAllowed: "no VM_ALLOW_HUGE_VMAP"
    case .protection: "permissions change"
    case .tooSmall: "less than 2M a node"
    }
  }

  fileprivate func words(_ asked: PageCount) -> String {
    switch self {
    case .unavailable: "this kernel, or this CPU, maps no 2M leaves in vmalloc space"
    case .notAllowed: "the caller does not pass VM_ALLOW_HUGE_VMAP (0x400)"
    case .protection: "the memory is no ordinary one, its permissions change (not PAGE_KERNEL)"
    case .tooSmall(let nodes):
      nodes > 1
        ? "\(PageCount(asked.rawValue / UInt64(nodes)).sizeWords) a node of \(nodes) is less than 2M"
        : "it is less than 2M"
    }
  }
}

extension PageCount {
  /// The count in kilobytes: `2052K`.
  var sizeWords: String { "\(kilobytes)K" }

  /// The count in 2M blocks: `4 x 2M`.
  fileprivate var blockWords: String { "\(rawValue / 512) x 2M" }
}

extension AreaUse {
  /// The area in a few words.
  public var shortWords: String {
    let own = area.flags.contains(.ownsPages)
    let size = own ? "\(area.pages.sizeWords) taken" : "\(area.pages.sizeWords) shown"
    let unused = area.unused > 0 ? ", \(PageCount(UInt64(area.unused)).sizeWords) unused" : ""
    return "\(area.name): \(size)\(unused); \(leafWords)"
  }

  private var leafWords: String {
    let leaves = [(leaves1G, "1G"), (leaves2M, "2M"), (leaves4K, "4K")].filter { $0.0 > 0 }
    return leaves.isEmpty ? "nothing" : leaves.map { "\($0.0) x \($0.1)" }.joined(separator: ", ")
  }

  /// The area in one line: what it takes, how it is mapped, where it lies.
  public var sentence: String {
    var parts = [
      area.flags.contains(.ownsPages)
        ? "\(area.asked.sizeWords) asked for, \(area.pages.sizeWords) taken: "
          + "\(PageCount(UInt64(area.unused)).sizeWords) unused"
        : "\(area.pages.sizeWords) shown"
    ]
    parts.append("mapped by \(leafWords)")
    parts.append("a guard page of 4K")
    if tables > 0 { parts.append("\(PageCount(tables).sizeWords) of page tables") }
    if arrayBytes > 0 { parts.append("\((arrayBytes + 1023) / 1024)K of page pointers") }
    if nodes.count > 1 {
      parts.append(
        nodes.map { "node \($0.number) \($0.pages.sizeWords)" }.joined(separator: ", ")
          + " (difference \(imbalance.sizeWords))")
    }
    let flag = flagName.map { ", \($0)" } ?? ""
    return "\(area.name), \(area.kind.words)\(flag), at \(area.start.hex): "
      + parts.joined(separator: "; ") + "."
  }
}

extension VmallocDecision {
  /// The function that decides, and the kernel version.
  func source(_ kernel: KernelProfile) -> String {
    let function =
      switch self {
      case .triesBlocks, .takesPages, .fellBack, .roundedUp, .spread: "__vmalloc_node_range"
      case .mapsBlocks: "vmap"
      case .alignsIoremap: "__get_vm_area_node"
      case .purges: "free_vmap_area_noflush"
      case .walked, .walkerMetLeaf: "apply_to_existing_page_range"
      }
    return "\(function)(), \(kernel.version)"
  }
}

extension [AreaUse] {
  /// A line for each area, and one for all that have pages of their own.
  public var sentences: [String] {
    let own = filter { $0.area.flags.contains(.ownsPages) }
    guard !isEmpty else { return ["There are no areas in vmalloc space."] }
    guard own.count > 1 else { return map(\.sentence) }
    let asked = own.reduce(PageCount(0)) { $0 + $1.area.asked }
    let taken = own.reduce(PageCount(0)) { $0 + $1.area.pages }
    let sum =
      "All \(own.count) with pages of their own: \(asked.sizeWords) asked for, \(taken.sizeWords) "
      + "taken: \((taken - asked).sizeWords) unused."
    return map(\.sentence) + [sum]
  }
}

extension VmallocChange {
  /// The change in a few words.
  var shortWords: String {
    switch self {
    case .added(let area): "area \(area.name): \(area.pages.words)"
    case .freed(let area): "area \(area.name) freed, not flushed yet"
    case .purged: "addresses of freed areas usable again"
    }
  }

  /// The change as a sentence.
  var sentence: String {
    switch self {
    case .added(let area):
      "Area \(area.name) takes \(area.pages.words) and a guard page at \(area.start.hex)."
    case .freed(let area):
      "Area \(area.name) is freed; its addresses wait for the next flush."
    case .purged: "The addresses of freed areas can be used again."
    }
  }
}
