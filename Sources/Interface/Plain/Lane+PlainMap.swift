import Engine
import Lanes
import Narration

// The map in sentences.

/// Leaves of a stretch of the direct map, counted.
private struct LeafCount {
  var sizes: [LeafSize: UInt64] = [:]
  var classes: [PermissionClass: [LeafSize: UInt64]] = [:]

  mutating func add(_ run: LeafRun) {
    guard let size = run.size else { return }
    sizes[size, default: 0] += run.leafCount
    classes[PermissionClass(run), default: [:]][size, default: 0] += run.leafCount
  }

  /// Counts by size, the largest first: `3 leaves of 1G, 511 of 2M`.
  static func words(_ counts: [LeafSize: UInt64]) -> String {
    var parts: [String] = []
    for size in [LeafSize.size1G, .size2M, .size4K] {
      guard let count = counts[size], count > 0 else { continue }
      let noun = parts.isEmpty ? (count == 1 ? " leaf" : " leaves") : ""
      parts.append("\(NumberText.grouped(Int64(clamping: count)))\(noun) of \(size.name)")
    }
    return parts.isEmpty ? "nothing" : parts.joined(separator: ", ")
  }
}

extension Lane {
  /// How many split slots are named.
  private static let namedMax = 8

  /// The whole map: leaves by size and class, the split slots, and what is around the selection.
  var plainMap: [String] {
    var count = LeafCount()
    var split: [PFN] = []
    forEachRun(in: 0..<frameEnd) { run in
      count.add(run)
      guard run.size == .size4K, let first = AddressLayout.directMapFrame(of: run.start) else {
        return
      }
      var slot = first.alignedDown(to: .size2M)
      while slot.rawValue < first.rawValue + run.pages.rawValue {
        if split.last != slot { split.append(slot) }
        slot = slot + LeafSize.size2M.pages
      }
    }
    var lines = ["The direct map has \(LeafCount.words(count.sizes))."]
    for permission in PermissionClass.allCases {
      guard let sizes = count.classes[permission] else { continue }
      lines.append("\(permission.words): \(LeafCount.words(sizes)).")
    }
    if let unmapped = plainUnmapped(count.sizes) { lines.append(unmapped) }
    lines += plainSplit(split)
    for size in [LeafSize.size1G, .size2M] {
      guard let words = plainSlotWords(size, at: selection) else { continue }
      lines.append(
        "The \(size.name) slot of the selected page, from pfn "
          + "\(selection.alignedDown(to: size).hex) on, holds \(words).")
    }
    return lines + plainOverlay + [plainSelection]
  }

  /// The RAM that nothing maps yet, if there is any.
  private func plainUnmapped(_ sizes: [LeafSize: UInt64]) -> String? {
    let mapped = sizes.reduce(0) { $0 + $1.key.pages.rawValue * $1.value }
    let ram = machine.memory.pages.rawValue
    guard mapped < ram else { return nil }
    return "Not mapped yet: \(NumberText.length(ram - mapped)) of \(NumberText.length(ram)) of RAM."
  }

  private func plainSplit(_ slots: [PFN]) -> [String] {
    guard !slots.isEmpty else { return ["No slot of 2M is split into 4K leaves."] }
    let here = selection.alignedDown(to: .size2M)
    let nearest = slots.sorted { a, b in
      let (far, near) = (distance(a, here), distance(b, here))
      return far == near ? a < b : far < near
    }
    let names = nearest.prefix(Self.namedMax).sorted().map { "pfn \($0.hex)" }
    let total = slots.count == 1 ? "1 slot of 2M is" : "\(slots.count) slots of 2M are"
    let which = slots.count > Self.namedMax ? "the nearest at" : "at"
    return ["\(total) split into 4K leaves: \(which) \(names.joined(separator: ", "))."]
  }

  private func distance(_ a: PFN, _ b: PFN) -> UInt64 {
    a > b ? a.rawValue - b.rawValue : b.rawValue - a.rawValue
  }

  /// What a slot holds; `nil` where nothing smaller can be in it, or it is no RAM.
  func plainSlotWords(_ size: LeafSize, at pfn: PFN) -> String? {
    let start = pfn.alignedDown(to: size)
    if let leaf = machine.tables.lookup(machine.directMapAddress(of: pfn)), leaf.size > size {
      return "a part of one \(leaf.size.name) leaf"
    }
    var count = LeafCount()
    forEachRun(in: start.rawValue..<start.rawValue + size.pages.rawValue) { count.add($0) }
    return count.sizes.isEmpty ? nil : LeafCount.words(count.sizes)
  }

  /// Gives the runs of some frames, in pieces that never get long.
  private func forEachRun(in frames: Range<UInt64>, _ body: (LeafRun) -> Void) {
    let piece = 64 * LeafSize.size1G.pages.rawValue
    var start = frames.lowerBound
    while start < frames.upperBound {
      let end = min(frames.upperBound, (start / piece + 1) * piece)
      let address = machine.directMapAddress(of: PFN(start))
      for run in machine.tables.runs(from: address, pages: PageCount(end - start)) { body(run) }
      start = end
    }
  }
}
