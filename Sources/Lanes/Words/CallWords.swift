import Engine
import History
import Narration

/// What a whole call came to, in a sentence.
package enum CallWords {
  /// How much of a call is said, from all of it on.
  package enum Length: CaseIterable {
    case whole
    /// Without the options of the call, and with fewer words, for small screens.
    case brief
    /// Also without the call, which the first line of the screen names.
    case unnamed
    /// Also without what the call is for, where it changed leaves or entries.
    case least
  }

  /// The sentence of a call, from what it was and what happened in it.
  package static func sentence(
    _ deed: Deed, _ summary: CallSummary, _ trace: CallTrace, _ length: Length = .whole,
  ) -> String {
    let words = words(deed, summary, trace, length)
    switch length {
    case .whole: return "\(deed.title) \(words)"
    case .brief: return "\(name(of: deed)) \(words)"
    case .unnamed, .least: return words.prefix(1).uppercased() + words.dropFirst()
    }
  }

  /// What is said of a call behind its name.
  private static func words(
    _ deed: Deed, _ summary: CallSummary, _ trace: CallTrace, _ length: Length,
  ) -> String {
    let isBrief = length != .whole
    if summary.returned.rawValue < 0 {
      return "returned \(summary.returned.name): \(summary.returned.meaning)."
    }
    let sums = trace.sums
    var parts = split(sums.direct, isBrief)
    if sums.written == 1 { parts.append("rewrote 1 entry") }
    if sums.written > 1 { parts.append("rewrote \(sums.written) entries") }
    parts += merged(sums.direct)
    for region in AddressRegion.allCases where region != .directMap {
      let resized = sums.resized(in: region)
      parts += (split(resized) + merged(resized)).map { "\($0) in \(region.words)" }
    }
    if let call = deed.call, length != .least || parts.isEmpty {
      parts += made(call, sums, isSilent: trace.events.total == 0)
    }
    if summary.returned.rawValue > 0 { parts.append("returned \(summary.returned.rawValue)") }
    let isResized = !(split(sums.direct) + merged(sums.direct)).isEmpty
    let obstacle = isResized ? nil : obstacle(in: trace)
    if parts.isEmpty {
      parts.append(obstacle == nil ? "found nothing to change" : "changed nothing")
    }
    return "\(join(parts))\(flushes(sums)).\(obstacle.map { " \($0)" } ?? "")"
  }

  /// What was done without its options.
  package static func name(of deed: Deed) -> String {
    deed.title.split(separator: " ").prefix { !$0.contains("=") }.joined(separator: " ")
  }

  /// How many events before the end of a call a failed merge is looked for.
  private static let obstacleReach = 4096

  /// What blocked the merge that the call tried last; `nil` if it tried none, or had nothing to merge.
  private static func obstacle(in trace: CallTrace) -> String? {
    for event in trace.events.suffix(obstacleReach).reversed() {
      switch event {
      case .decided(.collapseFailed(_, _, .alreadyLeaf)),
        .decided(.collapseFailed(_, _, .nothingMapped)):
        continue
      case .decided(.collapseFailed(_, let size, let obstacle)):
        return "No merge to \(size.name): \(obstacle.words)."
      case .decided(.mergeWaits(_, let size, let entries)):
        let words = entries == 1 ? "1 entry blocks it" : "\(entries) entries block it"
        return "No merge to \(size.name): \(words)."
      default: continue
      }
    }
    return nil
  }

  /// What a call did beside changes of entries.
  private static func made(_ call: Call, _ sums: EventSums, isSilent: Bool) -> [String] {
    var parts: [String] = []
    if case .vmap(_, let frames, at: _) = call {
      let leaves = sums.mapped2M > 0 ? large(sums) : " with 4K entries"
      parts.append("made an area of \(frames.count.words)\(leaves)")
    }
    if case .vmapPageRange(_, _, let pages, at: _) = call {
      parts.append("made an area of \(pages.words)")
    }
    if case .vunmap = call { parts.append("removed the area's entries; the flush comes later") }
    if case .user(let user) = call {
      if case .vmalloc = user {
        parts.append(user.deed + large(sums))
      } else {
        parts.append(user.deed)
      }
    }
    if !isSilent, let memory = memoryDeed(call) { parts.append(memory) }
    if case .policy(let policy) = call, let deed = policy.deed { parts.append(deed) }
    if case .process(let process) = call { parts.append(process.deed(sums)) }
    if case .linearMap(let linear) = call { parts.append(linear.deed) }
    return parts
  }

  /// What a call of the page allocator did, as a verb and its object; `nil` for other calls.
  private static func memoryDeed(_ call: Call) -> String? {
    switch call {
    case .allocPages(_, let order, _, _, _): "took a block of \(PageCount(1 << order).words)"
    case .freePages, .freePagesAt: "freed the block"
    case .drainPages: "emptied the CPU's lists of free pages"
    case .age(_, let operations): "made \(operations) random requests and releases"
    case .scatter(_, let pages, let percent, _):
      "took \(pages.words) and freed \(percent) % of them"
    case .setMemory, .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .touch, .poke,
      .vmap, .vmapPageRange, .vunmap, .user, .policy, .process, .linearMap, .function, .collapse:
      nil
    }
  }

  /// The 2M leaves of a new area, and what of it nobody asked for.
  private static func large(_ sums: EventSums) -> String {
    guard sums.mapped2M > 0 else { return "" }
    return " with \(sums.mapped2M) x 2M"
      + (sums.unused > 0 ? ", \(sums.unused.words) unused" : "")
  }

  private static func flushes(_ sums: EventSums) -> String {
    var tlb: [String] = []
    if sums.kernel.full == 1 { tlb.append("1 full flush") }
    if sums.kernel.full > 1 { tlb.append("\(sums.kernel.full) full flushes") }
    if sums.window.full > 0 { tlb.append("\(sums.window.full) of one CPU alone") }
    if sums.kernel.pages > 0 { tlb.append(PageCount(sums.kernel.pages).words) }
    var text = tlb.isEmpty ? "" : "; TLB: \(tlb.joined(separator: ", "))"
    if sums.caches.full > 0 { text += "; all caches written back" }
    if sums.caches.pages > 0 { text += "; caches: \(PageCount(sums.caches.pages).words)" }
    return text
  }

  /// The leaves that were split, a part of a sentence for each size.
  private static func split(_ sums: EventSums.Resized, _ isBrief: Bool = false) -> [String] {
    var parts: [String] = []
    if sums.splits.size1G > 0 {
      parts.append("split " + split(sums.splits.size1G, "1G", "512 x 2M", isBrief))
    }
    if sums.splits.size2M > 0 {
      // After the first, the verb goes without saying.
      let verb = parts.isEmpty ? "split " : ""
      parts.append(verb + split(sums.splits.size2M, "2M", "512 x 4K", isBrief))
    }
    return parts
  }

  /// The same of leaves that were merged.
  private static func merged(_ sums: EventSums.Resized) -> [String] {
    var parts: [String] = []
    if sums.merges.size2M > 0 {
      parts.append("merged " + merge(sums.merges.size2M, "512 x 4K", "2M"))
    }
    if sums.merges.size1G > 0 {
      parts.append("merged " + merge(sums.merges.size1G, "512 x 2M", "1G"))
    }
    return parts
  }

  private static func split(
    _ count: UInt64, _ size: String, _ pieces: String, _ isBrief: Bool,
  ) -> String {
    if isBrief {
      return count == 1 ? "\(size) into \(pieces)" : "\(count) x \(size) into \(pieces) each"
    }
    return count == 1
      ? "a \(size) leaf into \(pieces)" : "\(count) leaves of \(size) into \(pieces) each"
  }

  private static func merge(_ count: UInt64, _ pieces: String, _ size: String) -> String {
    "\(pieces) into a \(size) leaf" + (count == 1 ? "" : ", \(count) times")
  }

  private static func join(_ parts: [String]) -> String {
    guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension UserCall {
  /// What the call did beside the changes of entries, as a verb and its object.
  fileprivate var deed: String {
    switch self {
    case .vmalloc(_, let pages, _): "made an area of \(pages.words)"
    case .vfree: "freed the area and its pages"
    case .ioremap(_, _, let pages, _): "made an area of \(pages.words) of device memory"
    case .iounmap: "removed the area's entries; the flush comes later"
    case .walk: "walked the area's entries"
    case .moduleLoad: "loaded the module"
    case .moduleUnload: "freed the module's pages"
    case .bpfLoad: "loaded the program"
    case .bpfFree: "freed the program"
    case .ftraceLoad: "made the trampoline"
    case .ftraceFree: "freed the trampoline"
    case .kprobeLoad: "made a page of slots"
    case .kprobeFree: "freed the page of slots"
    case .secretmemFault: "gave a process its secret page"
    case .secretmemRelease: "freed the secret page"
    case .execmemAlloc: "handed out executable memory"
    case .execmemRestore: "sealed the executable memory"
    case .execmemFree: "freed the executable memory"
    case .gmemFault(_, let pages, _): "gave a guest \(pages.words)"
    case .gmemRelease: "took the guest's memory back"
    case .gmemWrite(_, let pages, _): "wrote \(pages.words) of a guest"
    case .mermapGet(_, _, let pages): "mapped \(pages.words) in the window"
    case .mermapPut: "unmapped them in the window"
    case .rmpUpdate(_, let pages): "made \(pages.words) private in the RMP"
    case .hwpoison: "took the bad page out"
    case .unpoison: "brought the page back"
    case .kexecLoad: "loaded a kernel for kexec"
    case .kexecUnload: "unloaded the kernel for kexec"
    case .cpuNode: "moved to another node"
    case .kfence(let protects, _): protects ? "guarded the page" : "opened the page"
    }
  }
}

extension PolicyCall {
  /// What the call did, as a verb and its object; `nil` where its result tells.
  fileprivate var deed: String? {
    switch self {
    case .enable(let policy, let isOn): "turned \(policy.rawValue) \(isOn ? "on" : "off")"
    case .shrink, .reclaim: nil
    case .dropSlab: "ran every shrinker until it had nothing left"
    case .supply: "set the answer to the next request"
    case .failBlocks(true): "made requests for 2M blocks fail"
    case .failBlocks(false): "let requests for 2M blocks succeed again"
    case .failTables(true): "made requests for page tables fail"
    case .failTables(false): "let requests for page tables succeed again"
    case .failPages(.some(let limit)): "made single pages run out after \(limit)"
    case .failPages(.none): "let requests for single pages succeed again"
    case .failRequests(.some): "made requests for pages fail"
    case .failRequests(.none): "let requests for pages succeed again"
    }
  }
}

extension LinearMapCall {
  /// What the call did, as a verb and its object.
  fileprivate var deed: String {
    switch self {
    case .mapMem: "built the linear map again"
    case .setMemoryValid(_, let pages, let isValid):
      "made \(pages.words) \(isValid ? "valid" : "invalid")"
    case .addMemory(_, let pages): "mapped \(pages.words) of new memory"
    case .setMemoryPkey(_, let pages, let isOfTables):
      "gave \(pages.words) the key of \(isOfTables ? "page tables" : "all others")"
    case .tablesAlloc(_, let pages): "gave a process page tables: \(pages.words)"
    case .tablesFree: "freed the page tables"
    }
  }
}

extension ProcessCall {
  /// What the call did, as a verb and its object.
  fileprivate func deed(_ sums: EventSums) -> String {
    if case .mmap(_, let pages, order: _, _, at: _) = self {
      return "gave the process \(pages.words)"
    }
    let gathered = sums.gathered
    let flushes = sums.user.count == 1 ? "1 flush" : "\(sums.user.count) flushes"
    return
      "gathered \(PageCount(gathered.pages).words) in \(counted(gathered.entries, "run")), freed "
      + "\(PageCount(gathered.freed).words), with \(flushes)"
      + (sums.forcedFlushes > 0 ? ", \(sums.forcedFlushes) of them forced" : "")
  }
}
