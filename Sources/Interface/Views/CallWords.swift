import Engine
import Scenarios

/// What a whole call came to, in a sentence.
enum CallWords {
  /// The sentence of a call, from what it was and what happened in it.
  static func sentence(_ call: Call, _ mark: CallMark, _ trace: Trace) -> String {
    if mark.returned != .success {
      return "\(call.scenarioText) returned \(mark.returned.name): \(mark.returned.meaning)."
    }
    var written = 0
    var splits1G = 0
    var splits2M = 0
    var merges1G = 0
    var merges2M = 0
    var fullFlushes = 0
    var flushedPages: UInt64 = 0
    for event in trace.events {
      switch event {
      case .entryWritten: written += 1
      case .tableInstalled(_, inPlaceOf: .size1G, old: _, first: _): splits1G += 1
      case .tableInstalled: splits2M += 1
      case .tableFreed(_, .size1G, leaf: _): merges1G += 1
      case .tableFreed: merges2M += 1
      case .flushed(.all), .flushed(.allAfterFailure): fullFlushes += 1
      case .flushed(.pages(let pages)), .flushed(.kernelRange(let pages)):
        flushedPages += pages.rawValue
      default: break
      }
    }
    var parts: [String] = []
    if splits1G > 0 { parts.append("split \(leaves(splits1G, "1G")) into 512 x 2M") }
    if splits2M > 0 {
      let verb = splits1G > 0 ? "" : "split "
      parts.append("\(verb)\(leaves(splits2M, "2M")) into 512 x 4K")
    }
    if written > 0 { parts.append("rewrote \(written == 1 ? "1 entry" : "\(written) entries")") }
    if merges2M > 0 { parts.append("merged 512 x 4K into \(leaves(merges2M, "2M"))") }
    if merges1G > 0 { parts.append("merged 512 x 2M into \(leaves(merges1G, "1G"))") }
    if case .vmap = call { parts.append("made an area of \(pages(call)) with 4K entries") }
    if case .vmapPageRange = call { parts.append("made an area of \(pages(call))") }
    if case .vunmap = call { parts.append("took the area's entries away; the flush comes later") }
    if parts.isEmpty { parts.append("found nothing to change") }
    var flushes: [String] = []
    if fullFlushes > 0 {
      flushes.append(fullFlushes == 1 ? "1 full flush" : "\(fullFlushes) full flushes")
    }
    if flushedPages > 0 { flushes.append(PageCount(flushedPages).words) }
    let tail = flushes.isEmpty ? "" : "; TLB: \(flushes.joined(separator: ", "))"
    return "\(call.scenarioText) \(join(parts))\(tail)."
  }

  private static func leaves(_ count: Int, _ size: String) -> String {
    count == 1 ? "a \(size) leaf" : "\(count) \(size) leaves each"
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
