import Engine
import Language
import Narration

// What single events, summaries and machines say to the conditions of stops.

extension Stop.Condition {
  /// Whether the events and summaries of calls tell it; if not, machines have to be looked at.
  var isTold: Bool {
    switch self {
    case .split, .merge, .fallback, .flushFull, .call, .function, .entry, .reading, .invariant: true
    case .nearMerge, .expression, .drift: false
    }
  }

  /// Whether an event is what the condition asks for.
  ///
  /// - Parameter machine: the machine before the call, which tells where areas are.
  func matches(_ event: Event, _ machine: Machine) -> Bool {
    let facts = event.facts
    return switch self {
    case .split(let size, let region):
      Self.resizes(facts, .split, size, in: region, machine)
    case .merge(let size, let region):
      Self.resizes(facts, .merge, size, in: region, machine)
    case .fallback: facts.traits.contains(.fellBack)
    case .flushFull: facts.flush?.isFullOfTLB == true
    case .entry(let region):
      facts.written.map { Self.touches(region, $0.start, $0.pages, machine) } ?? false
    case .reading(let reading): reading.counters.contains { facts.counters.contains($0) }
    case .call, .function, .expression, .nearMerge, .drift, .invariant: false
    }
  }

  private static func resizes(
    _ facts: EventFacts, _ change: ResizedLeaves.Change, _ size: LeafSize?, in region: Stop.Region?,
    _ machine: Machine,
  ) -> Bool {
    guard let leaves = facts.resized, leaves.change == change else { return false }
    return (size ?? leaves.size) == leaves.size
      && touches(region, leaves.start, leaves.pages, machine)
  }

  /// Whether pages are in a region, or there is no region to be in. A region that is nowhere yet, such
  /// as an area that is not made, has no pages.
  private static func touches(
    _ region: Stop.Region?, _ start: VirtualAddress, _ pages: PageCount, _ machine: Machine,
  ) -> Bool {
    guard let region else { return true }
    guard let addresses = region.addresses(on: machine) else { return false }
    return start < addresses.upperBound && addresses.lowerBound < start + pages
  }
}

extension Stop.Region {
  /// The addresses of the region; `nil` where its place does not exist.
  func addresses(on machine: Machine) -> Range<VirtualAddress>? {
    guard let start = try? machine.address(of: target, 1) else { return nil }
    return start..<(start + pages)
  }
}

extension CallSummary.Kinds {
  /// Splits of leaves of a size, or of any.
  static func split(_ size: LeafSize?) -> Self {
    size.map { $0 == .size1G ? .split1G : .split2M } ?? .split
  }

  /// Merges to leaves of a size, or to any.
  static func merged(_ size: LeafSize?) -> Self {
    size.map { $0 == .size1G ? .merged1G : .merged2M } ?? .merged
  }
}

extension CallSummary {
  /// Whether the call may have written in a region. Where a frame of the direct map is meant the
  /// summary tells; of other places it tells only that something was written.
  ///
  /// - Parameter size: slots of this size count as a whole.
  func mayTouch(_ region: Stop.Region?, around size: LeafSize = .size4K) -> Bool {
    guard let region else { return true }
    let start: PFN
    switch region.target {
    case .frame(let pfn): start = pfn
    case .virtual(let address):
      guard let pfn = AddressLayout.directMapFrame(of: address) else { fallthrough }
      start = pfn
    case .area: return !kinds.isDisjoint(with: [.wroteDirectMap, .wroteElsewhere])
    }
    guard let written, let first = AddressLayout.directMapFrame(of: written.lowerBound),
      let last = AddressLayout.directMapFrame(of: written.upperBound)
    else { return false }
    return start.alignedDown(to: size) <= last
      && first.alignedDown(to: size) < start + region.pages
  }
}

extension Reading {
  /// The counters that it shows.
  var counters: [Counter] {
    switch self {
    case .directMap(let size): [.directMap(size)]
    case .counter(let counter): [counter]
    }
  }
}

extension Expression {
  /// Whether the expression asks about the last call.
  var isAboutCall: Bool {
    switch self {
    case .last, .returned: true
    case .number, .length, .flags, .constant, .reading, .quantity, .tlb, .area, .leaf: false
    case .not(let inner), .negative(let inner): inner.isAboutCall
    case .binary(_, let left, let right): left.isAboutCall || right.isAboutCall
    }
  }

  /// Whether a call can have changed its value, by the summary of the call.
  func mayChange(by summary: CallSummary) -> Bool {
    switch self {
    case .number, .length, .flags, .constant, .tlb: false
    case .reading(let reading): reading.counters.contains { summary.moved($0) }
    case .last, .returned, .quantity, .leaf(.type, _), .area: true
    case .leaf: !summary.kinds.isDisjoint(with: [.wroteDirectMap, .wroteElsewhere])
    case .not(let inner), .negative(let inner): inner.mayChange(by: summary)
    case .binary(_, let left, let right):
      left.mayChange(by: summary) || right.mayChange(by: summary)
    }
  }

  /// Whether it has a value that is not 0.
  func isTrue(in context: Context) -> Bool { ((try? value(in: context)) ?? 0) != 0 }

  /// The same, between calls.
  func isTrue(on machine: Machine) -> Bool { isTrue(in: Context(machine: machine)) }
}

extension Machine {
  /// Whether at most this many entries block the merge of a slot that a call wrote to.
  func isNear(
    _ entries: Int, _ size: LeafSize, _ summary: CallSummary, _ region: Stop.Region?,
  ) -> Bool {
    guard let written = summary.written else { return false }
    // A call that writes gigabytes may be near anywhere in them.
    let slotsMax = 4096
    var slot = written.lowerBound.alignedDown(to: size)
    let allowed = region?.addresses(on: self)
    for _ in 0..<slotsMax {
      guard slot <= written.upperBound else { return false }
      let isAllowed = region == nil || allowed.map { Self.overlaps($0, slot, size) } ?? false
      if isAllowed, let found = blockers(size, at: slot), found <= entries { return true }
      slot = slot + size.pages
    }
    return true
  }

  /// Whether a policy may have lost count of a table that a call wrote to.
  func mayHaveDrifted(_ summary: CallSummary) -> Bool {
    guard tracksTables else { return false }
    // Of addresses elsewhere the summary tells only that something was written.
    let elsewhere = vmallocRange.lowerBound..<VirtualAddress(UInt64.max)
    if summary.kinds.contains(.wroteElsewhere), !drift(in: elsewhere).isEmpty { return true }
    guard let written = summary.written else { return false }
    let sizes: [LeafSize] = summary.kinds.contains(.wroteLarge) ? [.size2M, .size1G] : [.size2M]
    for size in sizes {
      var slot = written.lowerBound.alignedDown(to: size)
      for _ in 0..<64 where slot <= written.upperBound {
        if let smaller = size.smaller, drift(ofEntries: smaller, at: slot) != nil { return true }
        slot = slot + size.pages
      }
      if slot <= written.upperBound { return true }
    }
    return false
  }

  static func overlaps(
    _ range: Range<VirtualAddress>, _ slot: VirtualAddress, _ size: LeafSize,
  ) -> Bool {
    slot < range.upperBound && range.lowerBound < slot + size.pages
  }
}
