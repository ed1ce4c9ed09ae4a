import Engine
import History
import Narration

// What the colour of the selected slot says, in words.

extension Lane {
  /// What the overlay says of the selected slot, in short clauses; empty where permissions show.
  package var overlayWords: [String] {
    guard overlay != .permission else { return [] }
    var reader = tintReader
    let pfn = place.selection
    switch overlay {
    case .permission: return []
    case .pages, .pageblocks:
      let code = reader.pages(ofPageblock: pfn.rawValue >> 9)[Int(pfn.rawValue & 511)]
      var words = [overlay.classes[Int(code)].words]
      if tints?.lit.contains(Int(pfn.rawValue & 511)) == true, place.space == .direct {
        words[0] += ": blocks the merge"
      }
      if place.space == .direct, place.focus != .size4K {
        let counts = reader.exactCounts(place.focus, at: pfn.alignedDown(to: place.focus))
        words += [slotWords(counts)]
      }
      return words
    case .wear: return wearWords
    case .who: return userWords(reader)
    }
  }

  /// How much of a slot has which class, the largest part first.
  private func slotWords(_ counts: TintCounts) -> String {
    let classes = overlay.classes
    let isByBlock = overlay == .pageblocks
    var parts: [(name: String, count: UInt32)] = []
    for code in classes.indices where counts[code] > 0 {
      var name = classes[code].legend ?? classes[code].words
      if overlay == .pages, code >= Int(TintCode.Pages.free) { name = "free" }
      let count = isByBlock ? counts[code] >> 9 : counts[code]
      if parts.last?.name == name {
        parts[parts.count - 1].count += count
      } else {
        parts.append((name, count))
      }
    }
    parts.sort { $0.count > $1.count }
    let words = parts.map { "\(NumberText.grouped(Int64($0.count))) \($0.name)" }
    return "\(place.focus.name): " + words.joined(separator: ", ")
  }

  // MARK: - Wear

  private var wearWords: [String] {
    let pfn = place.selection
    let size = place.focus
    var words: [String] = []
    if size == .size4K {
      let leaf = machine.tables.lookup(machine.directMapAddress(of: pfn))
      if let leaf, leaf.size > .size4K {
        words += Self.words(pages.wear(leaf.size, at: pfn), of: leaf.size)
      } else {
        let wear = pages.pageWear(inSlotAt: pfn)
        let index = Int(pfn.rawValue & 511)
        words.append(
          Self.writtenWords(wear.calls[index], wear.first[index], wear.last[index], "4K page"))
        words += Self.words(pages.wear(.size2M, at: pfn), of: .size2M)
      }
    } else {
      words += Self.words(pages.wear(size, at: pfn), of: size)
    }
    if pages.longCalls > 0 {
      words.append(
        "\(pages.longCalls) long call\(pages.longCalls == 1 ? "" : "s"): only the outcome is known")
    }
    return words
  }

  private static func words(_ wear: Wear, of size: LeafSize) -> [String] {
    var parts = [writtenWords(wear.calls, wear.firstWrite, wear.lastWrite, size.name)]
    if let last = wear.lastSplit, let first = wear.firstSplit {
      parts.append(
        wear.splits == 1
          ? "\(size.name): split by call \(last + 1)"
          : "\(size.name): split \(wear.splits) times, by calls \(first + 1) to \(last + 1)")
    }
    if wear.splitsInside > 0, let last = wear.lastSplitInside {
      parts.append(
        "\(size.name): \(counted(wear.splitsInside, "split")) inside, last by call \(last + 1)")
    }
    if let merge = wear.lastMerge { parts.append("\(size.name): merged by call \(merge + 1)") }
    return parts
  }

  private static func writtenWords(_ calls: Int, _ first: Int?, _ last: Int?, _ what: String)
    -> String
  {
    guard let first, let last else { return "\(what): never written" }
    return calls == 1
      ? "\(what): written by call \(last + 1)"
      : "\(what): written by \(calls) calls, \(first + 1) to \(last + 1)"
  }

  // MARK: - Who

  private func userWords(_ reader: TintReader) -> [String] {
    let pfn = place.selection
    let size = max(place.focus, .size2M)
    guard let leaf = machine.tables.lookup(machine.directMapAddress(of: pfn)), leaf.size < size
    else { return ["not split"] }
    var words: [String] = []
    let splitter = reader.splitter(of: size, at: pfn)
    if place.focus == .size4K,
      let call = pages.pageWear(inSlotAt: pfn).last[Int(pfn.rawValue & 511)],
      call >= splitter ?? 0, call != splitter
    {
      words.append("written last by \(title(ofCall: call))")
    }
    return words + [
      splitter.map { "\(size.name) split by \(title(ofCall: $0))" } ?? "split by boot"
    ]
  }

  private func title(ofCall call: Int) -> String {
    "call \(call + 1): \(timeline.steps.deed(call).title)"
  }

  // MARK: - Without a screen

  /// The whole direct map in the overlay: how many pages, or slots of 2M, have which class.
  package var plainOverlay: [String] {
    guard overlay != .permission else { return [] }
    var reader = tintReader
    var counts = [Int64](repeating: 0, count: 32)
    var frame: UInt64 = 0
    while frame < frameEnd {
      let pfn = PFN(frame)
      switch overlay {
      case .permission: break
      case .pages, .pageblocks:
        let part = reader.exactCounts(.size1G, at: pfn)
        for code in 0..<32 { counts[code] += Int64(part[code]) }
      case .wear, .who:
        for slot in 0..<UInt64(512) {
          counts[Int(reader.slot(.size2M, at: pfn + PageCount(slot << 9)))] += 1
        }
      }
      frame += LeafSize.size1G.pages.rawValue
    }
    let unit =
      switch overlay {
      case .pages, .permission: "pages"
      case .pageblocks: "pageblocks"
      case .wear, .who: "slots of 2M"
      }
    if overlay == .pageblocks { counts = counts.map { $0 >> 9 } }
    let named = overlay.classes.indices.dropFirst().filter { counts[$0] > 0 }.map {
      "\(NumberText.grouped(counts[$0])) \(unit): \(overlay.classes[$0].words)."
    }
    return ["The colours show \(overlay.words)."] + named
  }
}
