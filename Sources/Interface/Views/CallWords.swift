import Engine
import Scenarios

/// What a whole call came to, in a sentence.
enum CallWords {
  /// The sentence of a call, from what it was and what happened in it.
  static func sentence(_ call: Call, _ summary: CallSummary, _ trace: Trace) -> String {
    if summary.returned.rawValue < 0 {
      return "\(call.scenarioText) returned \(summary.returned.name): \(summary.returned.meaning)."
    }
    let sums = trace.sums
    var parts: [String] = []
    if sums.splits1G > 0 { parts.append("split " + split(sums.splits1G, "1G", "512 x 2M")) }
    if sums.splits2M > 0 {
      // After the first, the verb goes without saying.
      let verb = sums.splits1G > 0 ? "" : "split "
      parts.append(verb + split(sums.splits2M, "2M", "512 x 4K"))
    }
    if sums.written == 1 { parts.append("rewrote 1 entry") }
    if sums.written > 1 { parts.append("rewrote \(sums.written) entries") }
    if sums.merges2M > 0 { parts.append("merged " + merge(sums.merges2M, "512 x 4K", "2M")) }
    if sums.merges1G > 0 { parts.append("merged " + merge(sums.merges1G, "512 x 2M", "1G")) }
    if case .vmap = call {
      let leaves = sums.mapped2M > 0 ? large(sums) : " with 4K entries"
      parts.append("made an area of \(pages(call))\(leaves)")
    }
    if case .vmapPageRange = call { parts.append("made an area of \(pages(call))") }
    if case .vunmap = call { parts.append("took the area's entries away; the flush comes later") }
    if case .user(let user) = call {
      if case .vmalloc = user {
        parts.append(user.deed + large(sums))
      } else {
        parts.append(user.deed)
      }
    }
    if case .process(let process) = call { parts.append(process.deed(sums)) }
    if case .linearMap(let linear) = call { parts.append(linear.deed) }
    if summary.returned.rawValue > 0 { parts.append("returned \(summary.returned.rawValue)") }
    if parts.isEmpty { parts.append("found nothing to change") }
    return "\(call.scenarioText) \(join(parts))\(flushes(sums))."
  }

  /// The 2M leaves of a new area, and what of it nobody asked for.
  private static func large(_ sums: Trace.Sums) -> String {
    guard sums.mapped2M > 0 else { return "" }
    return " with \(sums.mapped2M) x 2M"
      + (sums.unused > 0 ? ", \(sums.unused.words) unused" : "")
  }

  private static func flushes(_ sums: Trace.Sums) -> String {
    var tlb: [String] = []
    if sums.fullFlushes == 1 { tlb.append("1 full flush") }
    if sums.fullFlushes > 1 { tlb.append("\(sums.fullFlushes) full flushes") }
    if sums.flushedPages > 0 { tlb.append(PageCount(sums.flushedPages).words) }
    var text = tlb.isEmpty ? "" : "; TLB: \(tlb.joined(separator: ", "))"
    if sums.cacheFlushes > 0 { text += "; all caches written back" }
    if sums.cachedPages > 0 { text += "; caches: \(PageCount(sums.cachedPages).words)" }
    return text
  }

  private static func split(_ count: Int, _ size: String, _ pieces: String) -> String {
    count == 1
      ? "a \(size) leaf into \(pieces)" : "\(count) leaves of \(size) into \(pieces) each"
  }

  private static func merge(_ count: Int, _ pieces: String, _ size: String) -> String {
    "\(pieces) into a \(size) leaf" + (count == 1 ? "" : ", \(count) times")
  }

  private static func pages(_ call: Call) -> String {
    switch call {
    case .vmap(_, let frames, at: _): frames.count.words
    case .vmapPageRange(_, _, let pages, at: _): pages.words
    default: ""
    }
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
    case .vfree: "gave the area and its pages back"
    case .ioremap(_, _, let pages, _): "made an area of \(pages.words) of device memory"
    case .iounmap: "took the area's entries away; the flush comes later"
    case .walk: "walked the area's entries"
    case .moduleLoad: "loaded the module"
    case .moduleUnload: "gave the module's pages back"
    case .bpfLoad: "loaded the program"
    case .bpfFree: "dropped the program"
    case .ftraceLoad: "made the trampoline"
    case .ftraceFree: "freed the trampoline"
    case .kprobeLoad: "made a page of slots"
    case .kprobeFree: "freed the page of slots"
    case .secretmemFault: "gave a process its secret page"
    case .secretmemRelease: "took the secret page back"
    case .execmemAlloc: "handed out executable memory"
    case .execmemRestore: "sealed the executable memory"
    case .execmemFree: "took the executable memory back"
    case .cpuNode: "moved to another node"
    case .kfence(let protects, _): protects ? "guarded the page" : "opened the page"
    }
  }
}

extension LinearMapCall {
  /// What the call did, as a verb and its object.
  fileprivate var deed: String {
    switch self {
    case .mapMem: "built the linear map anew"
    case .setMemoryValid(_, let pages, let isValid):
      "made \(pages.words) \(isValid ? "valid" : "invalid")"
    case .addMemory(_, let pages): "mapped \(pages.words) of new memory"
    }
  }
}

extension ProcessCall {
  /// What the call did, as a verb and its object.
  fileprivate func deed(_ sums: Trace.Sums) -> String {
    if case .mmap(_, let pages, order: _, _, at: _) = self {
      return "gave the process \(pages.words)"
    }
    let entries = sums.gatheredEntries == 1 ? "1 entry" : "\(sums.gatheredEntries) entries"
    let flushes = sums.userFlushes == 1 ? "1 flush" : "\(sums.userFlushes) flushes"
    return "gathered \(PageCount(sums.gatheredPages).words) as \(entries), freed "
      + "\(PageCount(sums.zappedFree).words), with \(flushes)"
      + (sums.forcedFlushes > 0 ? ", \(sums.forcedFlushes) of them forced" : "")
  }
}
