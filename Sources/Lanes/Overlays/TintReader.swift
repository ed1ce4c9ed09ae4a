import Engine
import History

/// How many pages of a slot have each class of an overlay, by its code.
typealias TintCounts = SIMD32<UInt32>

/// Works out the classes that pages and slots of a machine have in an overlay.
struct TintReader {
  let overlay: MapOverlay
  let machine: Machine
  /// What the calls up to here did; up to date where the overlay needs it.
  let history: PageHistory
  /// The calls.
  let steps: Steps
  /// The pages that caches hand out next.
  private let next: Set<PFN>
  /// What was counted already.
  private(set) var known: PageCounts
  private let uses: PageUses

  /// - Parameter known: what was counted on the same machine at another moment, if anything was.
  init(
    _ overlay: MapOverlay, _ machine: Machine, _ history: PageHistory, _ steps: Steps,
    known: PageCounts? = nil,
  ) {
    self.overlay = overlay
    self.machine = machine
    self.history = history
    self.steps = steps
    uses = PageUses(machine)
    next = overlay == .pages ? Set(machine.nextCachedPages) : []
    self.known =
      known?.following(machine, uses, overlay) ?? PageCounts(overlay, machine.physical, uses)
  }

  // MARK: - Pages

  /// The codes of the pages of a pageblock.
  func pages(ofPageblock index: UInt64) -> [UInt8] {
    let first = PFN(index << 9)
    switch overlay {
    case .permission: return Array(repeating: TintCode.hole, count: 512)
    case .pages:
      var codes = [UInt8](repeating: TintCode.hole, count: 512)
      forEachStretch(ofPageblock: index, telling: next) { places, code in
        for place in places { codes[place] = code }
      }
      return codes
    case .pageblocks: return overRAM(first, Array(repeating: typeCode(first), count: 512))
    case .wear: return overRAM(first, wearOfPages(first))
    case .who: return overRAM(first, usersOfPages(first))
    }
  }

  /// The codes with that of a hole where there is no RAM.
  private func overRAM(_ first: PFN, _ codes: [UInt8]) -> [UInt8] {
    if machine.memory.contains(first..<first + 512) { return codes }
    return codes.indices.map {
      machine.memory.contains(first + PageCount(UInt64($0))) ? codes[$0] : TintCode.hole
    }
  }

  /// Visits the pages of a pageblock, those in a row with the same code together: in `pages` only.
  private func forEachStretch(
    ofPageblock index: UInt64, telling next: Set<PFN>, _ visit: (Range<Int>, UInt8) -> Void,
  ) {
    let out = history.handedOut(inPageblockAt: PFN(index << 9))
    let isPlain = out.isEmpty && next.isEmpty
    uses.forEachUse(inPageblock: index) { places, use in
      let code = Self.code(use)
      // Only pages that a cache has or had have further classes.
      if isPlain || code == TintCode.Pages.boot || code >= TintCode.Pages.unowned {
        return visit(places, code)
      }
      for place in places {
        let isNext = next.contains(PFN(index << 9 + UInt64(place)))
        visit(place..<place + 1, refined(code, place, isNext: isNext, out))
      }
    }
  }

  private func refined(_ code: UInt8, _ place: Int, isNext: Bool, _ out: PageSet) -> UInt8 {
    guard code == TintCode.Pages.cached else {
      return out.contains(place) ? TintCode.Pages.out : code
    }
    if isNext { return TintCode.Pages.next }
    return out.contains(place) ? TintCode.Pages.back : code
  }

  private static func code(_ use: PageUse) -> UInt8 {
    switch use {
    case .hole: TintCode.hole
    case .unknown: TintCode.Pages.unknown
    case .boot: TintCode.Pages.boot
    case .unowned: TintCode.Pages.unowned
    case .free(let order): TintCode.Pages.free + UInt8(min(max(order, 0), 10))
    case .kernel: TintCode.Pages.kernel
    case .pageTable: TintCode.Pages.table
    case .cpuList: TintCode.Pages.cpuList
    case .user: TintCode.Pages.user
    case .area: TintCode.Pages.area
    case .cached: TintCode.Pages.cached
    }
  }

  /// The code of the type of a pageblock.
  private func typeCode(_ pfn: PFN) -> UInt8 {
    machine.physical.isKnown
      ? TintCode.Pageblocks.first + machine.physical.pageblockType(of: pfn).rawValue
      : TintCode.Pageblocks.unknown
  }

  // MARK: - Slots of the direct map

  /// The code of a slot of the direct map.
  mutating func slot(_ size: LeafSize, at pfn: PFN) -> UInt8 {
    let frames = pfn..<pfn + size.pages
    guard machine.memory.ranges.contains(where: { $0.overlaps(frames) }) else {
      return TintCode.hole
    }
    switch overlay {
    case .permission: return TintCode.hole
    case .pages where next.contains(where: { frames.contains($0) }): return TintCode.Pages.next
    case .pages, .pageblocks: return Self.choice(counts(size, at: pfn), overlay)
    case .wear: return wear(of: size, at: pfn)
    case .who: return user(of: size, at: pfn)
    }
  }

  /// How many pages of a slot have each class; in `pages` and `pageblocks` only. The next pages to go out
  /// count as cached.
  mutating func counts(_ size: LeafSize, at pfn: PFN) -> TintCounts {
    let block = pfn.rawValue >> 9
    guard size == .size1G else { return counts(ofPageblock: block) }
    if let known = known[gigabyte: block >> 9] { return known }
    var counts = TintCounts()
    var index = block
    let end = block + 512
    while index < end {
      // What nobody touched is all alike.
      if let frames = machine.physical.untouched(around: PFN(index << 9)) {
        let last = min(end, frames.upperBound.rawValue >> 9)
        let code = overlay == .pages ? TintCode.Pages.free + 10 : typeCode(PFN(index << 9))
        counts[Int(code)] += UInt32(last - index) << 9
        index = max(last, index + 1)
      } else {
        counts &+= self.counts(ofPageblock: index)
        index += 1
      }
    }
    known[gigabyte: block >> 9] = counts
    return counts
  }

  /// The same, with the next pages to be handed out as a class of their own.
  mutating func exactCounts(_ size: LeafSize, at pfn: PFN) -> TintCounts {
    var counts = self.counts(size, at: pfn)
    for page in next where page >= pfn && page < pfn + size.pages {
      forEachStretch(ofPageblock: page.rawValue >> 9, telling: []) { places, code in
        let isCached = code == TintCode.Pages.cached || code == TintCode.Pages.back
        guard isCached, places.contains(Int(page.rawValue & 511)) else { return }
        counts[Int(code)] -= 1
        counts[Int(TintCode.Pages.next)] += 1
      }
    }
    return counts
  }

  private mutating func counts(ofPageblock index: UInt64) -> TintCounts {
    if let counts = known[pageblock: index] { return counts }
    let counts = read(pageblock: index)
    known[pageblock: index] = counts
    return counts
  }

  private func read(pageblock index: UInt64) -> TintCounts {
    var counts = TintCounts()
    let first = PFN(index << 9)
    if overlay == .pages {
      forEachStretch(ofPageblock: index, telling: []) { counts[Int($1)] += UInt32($0.count) }
    } else if machine.memory.ranges.contains(where: { $0.overlaps(first..<first + 512) }) {
      counts[Int(typeCode(first))] = 512
    } else {
      counts[Int(TintCode.hole)] = 512
    }
    return counts
  }

  /// The code that stands for pages of several classes: ``MapOverlay/rule``.
  static func choice(_ counts: TintCounts, _ overlay: MapOverlay) -> UInt8 {
    func most(_ codes: some Sequence<UInt8>) -> UInt8? {
      var best: (code: UInt8, count: UInt32)?
      for code in codes where counts[Int(code)] > best?.count ?? 0 {
        best = (code, counts[Int(code)])
      }
      return best?.code
    }
    switch overlay {
    case .pages:
      if counts[Int(TintCode.Pages.next)] > 0 { return TintCode.Pages.next }
      let cache = [TintCode.Pages.out, TintCode.Pages.back, TintCode.Pages.cached]
      if let code = most(cache) { return code }
      let free = TintCode.Pages.free..<UInt8(TintCode.Pages.count)
      let freePages = free.reduce(0) { $0 + counts[Int($1)] }
      let other =
        most(TintCode.Pages.unknown...TintCode.Pages.area)
        ?? most([TintCode.Pages.unowned])
      if let other, counts[Int(other)] >= freePages { return other }
      return free.last { counts[Int($0)] > 0 } ?? TintCode.hole
    case .pageblocks:
      let special: [MigrateType] = [.unmapped, .isolate, .cma, .highAtomic]
      let usual: [MigrateType] = [.movable, .unmovable, .reclaimable]
      return most(special.map { TintCode.Pageblocks.first + $0.rawValue })
        ?? most(usual.map { TintCode.Pageblocks.first + $0.rawValue })
        ?? most([TintCode.Pageblocks.unknown]) ?? TintCode.hole
    case .permission, .wear, .who: return most(1..<32) ?? TintCode.hole
    }
  }
}

// MARK: - Wear and who

extension TintReader {
  /// The leaf that maps a slot or some of it.
  private func leaf(_ size: LeafSize, at pfn: PFN) -> PageTables.Leaf? {
    let first = machine.tables.lookup(machine.directMapAddress(of: pfn))
    return first
      ?? machine.tables.lookup(
        machine.directMapAddress(of: PFN(pfn.rawValue + size.pages.rawValue - 1)))
  }

  private func wear(of size: LeafSize, at pfn: PFN) -> UInt8 {
    let wear = history.wear(size, at: pfn)
    let leaf = leaf(size, at: pfn)
    if let leaf, leaf.size < size {
      return wear.splits + wear.splitsInside > 0 ? TintCode.Wear.split : TintCode.Wear.splitByBoot
    }
    if wear.splits + wear.merges + wear.splitsInside > 0 { return TintCode.Wear.healed }
    guard let leaf, leaf.size > size else { return TintCode.Wear.written(wear.calls) }
    return wearAround(pfn, size, wear.calls)
  }

  /// The same of pages or of a slot that a larger leaf maps, which is written as one.
  private func wearAround(_ pfn: PFN, _ size: LeafSize, _ calls: Int) -> UInt8 {
    var calls = calls
    var larger = size.larger
    while let size = larger {
      let wear = history.wear(size, at: pfn)
      if wear.splits + wear.merges > 0 { return TintCode.Wear.healed }
      calls += wear.ownCalls
      larger = size.larger
    }
    return TintCode.Wear.written(calls)
  }

  private func wearOfPages(_ first: PFN) -> [UInt8] {
    guard let leaf = leaf(.size2M, at: first), leaf.size > .size4K else {
      return history.pageWear(inSlotAt: first).calls.map { TintCode.Wear.written($0) }
    }
    return Array(repeating: wearAround(first, .size4K, 0), count: 512)
  }

  private func user(of size: LeafSize, at pfn: PFN) -> UInt8 {
    guard let leaf = leaf(size, at: pfn), leaf.size < size else { return TintCode.Who.whole }
    return splitter(of: size, at: pfn).map(code(ofCall:)) ?? TintCode.Who.boot
  }

  /// The last call that split a slot or something in it, counted from 0; `nil` where boot did.
  func splitter(of size: LeafSize, at pfn: PFN) -> Int? {
    let wear = history.wear(size, at: pfn)
    return [wear.lastSplit, wear.lastSplitInside].compactMap(\.self).max()
  }

  /// Pages that were written since the split have the colour of who wrote them last.
  private func usersOfPages(_ first: PFN) -> [UInt8] {
    guard let leaf = leaf(.size2M, at: first), leaf.size == .size4K else {
      return Array(repeating: TintCode.Who.whole, count: 512)
    }
    let splitter = splitter(of: .size2M, at: first)
    let split = splitter.map(code(ofCall:)) ?? TintCode.Who.boot
    return history.pageWear(inSlotAt: first).last.map { call in
      guard let call, call >= splitter ?? 0 else { return split }
      return code(ofCall: call)
    }
  }

  private func code(ofCall call: Int) -> UInt8 {
    guard steps.indices.contains(call) else { return TintCode.Who.boot }
    return TintCode.Who.first + CallUser(steps.deed(call)).rawValue
  }
}
