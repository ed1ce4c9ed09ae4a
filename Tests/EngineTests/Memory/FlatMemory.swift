import Engine

/// The page allocator again, in the simplest form there is: every free list an array, every search
/// linear. Written from the rules, not from the engine.
struct FlatMemory {
  struct FlatZone {
    var node: Int
    var isNormal: Bool
    var frames: Range<UInt64>
    /// Free blocks by order and type, the head first.
    var lists = [[[UInt64]]](
      repeating: [[UInt64]](repeating: [], count: MigrateType.allCases.count), count: 11)
    var managed = 0

    var free: Int {
      lists.indices.reduce(0) { sum, order in
        sum + lists[order].reduce(0) { $0 + $1.count } << order
      }
    }
  }

  struct Block: Equatable {
    var order: Int
    var type: MigrateType
  }

  var zones: [FlatZone]
  /// For each node, the zones in the order in which they are asked, and how many are its own.
  var zonelists: [[Int]]
  var ownZones: [Int]
  var rules: BuddyRules
  var cpuNode = 0
  var freeBlocks: [UInt64: Block] = [:]
  var usedBlocks: [UInt64: Block] = [:]
  var pageblockTypes: [UInt64: MigrateType] = [:]

  func pageblockType(_ pfn: UInt64) -> MigrateType { pageblockTypes[pfn / 512] ?? .movable }

  func zone(of pfn: UInt64) -> Int? { zones.firstIndex { $0.frames.contains(pfn) } }

  /// What the zone keeps back: 1/256 of the managed pages of the node's higher zones.
  func reserve(_ zone: Int) -> Int {
    zones.indices.filter { $0 > zone && zones[$0].node == zones[zone].node }
      .reduce(0) { $0 + zones[$1].managed } / 256
  }

  // MARK: - Lists

  mutating func insert(_ pfn: UInt64, _ order: Int, _ type: MigrateType, atTail: Bool = false) {
    guard let zone = zone(of: pfn) else { return }
    let type = Int(type.rawValue)
    if atTail {
      zones[zone].lists[order][type].append(pfn)
    } else {
      zones[zone].lists[order][type].insert(pfn, at: 0)
    }
    freeBlocks[pfn] = Block(order: order, type: MigrateType.allCases[type])
  }

  mutating func remove(_ pfn: UInt64) {
    guard let zone = zone(of: pfn), let block = freeBlocks.removeValue(forKey: pfn) else { return }
    zones[zone].lists[block.order][Int(block.type.rawValue)].removeAll { $0 == pfn }
  }

  mutating func move(_ pfn: UInt64, to type: MigrateType) {
    guard let block = freeBlocks[pfn] else { return }
    remove(pfn)
    insert(pfn, block.order, type, atTail: true)
  }

  // MARK: - 10.3

  mutating func take(_ zone: Int, _ order: Int, _ type: MigrateType) -> UInt64? {
    for larger in order...10 {
      guard let block = zones[zone].lists[larger][Int(type.rawValue)].first else { continue }
      cut(block, larger, order, type)
      return block
    }
    return nil
  }

  mutating func cut(_ block: UInt64, _ from: Int, _ to: Int, _ type: MigrateType) {
    remove(block)
    var order = from
    while order > to {
      order -= 1
      insert(block + 1 << UInt64(order), order, type)
    }
  }

  // MARK: - 10.7

  mutating func allocate(
    _ order: Int, _ type: MigrateType, _ node: Int?, exactNode: Bool,
  ) -> UInt64? {
    let node = node ?? cpuNode
    let list = exactNode ? Array(zonelists[node].prefix(ownZones[node])) : zonelists[node]
    guard let preferred = list.first else { return nil }
    let local = zones[preferred].node
    var spares =
      zones[preferred].isNormal
      && (zonelists.count == 1
        || zones.contains {
          $0.node == local && !$0.isNormal && $0.frames.lowerBound >= 0x1000
        })
    let passes: [(zones: [Int], spares: Bool)] =
      spares
      ? [(Array(list.prefix { zones[$0].node == local }), true), (list, false)] : [(list, false)]
    for pass in passes {
      spares = pass.spares
      for zone in pass.zones where zones[zone].free - (1 << order - 1) > reserve(zone) {
        let found = take(zone, order, type) ?? fallBack(zone, order, type, spares)
        if let found {
          usedBlocks[found] = Block(order: order, type: type)
          return found
        }
      }
    }
    return nil
  }

  // MARK: - 10.4

  func victim(_ zone: Int, _ order: Int, _ start: MigrateType) -> (UInt64, MigrateType)? {
    let victims = rules.victims.first { $0.type == start }?.victims ?? []
    for type in victims {
      if let block = zones[zone].lists[order][Int(type.rawValue)].first { return (block, type) }
    }
    return nil
  }

  mutating func fallBack(
    _ zone: Int, _ order: Int, _ start: MigrateType, _ spares: Bool,
  ) -> UInt64? {
    let lowest = order < 9 && spares ? 9 : order
    if rules.victims.first(where: { $0.type == start })?.takesSingleBlock == true {
      for larger in stride(from: 10, through: lowest, by: -1) {
        guard let (block, _) = victim(zone, larger, start) else { continue }
        move(block, to: start)
        return take(zone, order, start)
      }
      return nil
    }
    if rules.fallback == .steal61 { return steal61(zone, order, start, lowest) }
    if let claimed = claim(zone, order, start, lowest) { return claimed }
    guard !spares else { return nil }
    for larger in order...10 {
      guard let (block, type) = victim(zone, larger, start) else { continue }
      cut(block, larger, order, type)
      return block
    }
    return nil
  }

  func isClaimable(_ order: Int, _ start: MigrateType) -> Bool {
    order >= 9 || order >= 4 || start == .reclaimable || start == .unmovable
  }

  mutating func claim(
    _ zone: Int, _ order: Int, _ start: MigrateType, _ lowest: Int,
  ) -> UInt64? {
    for larger in stride(from: 10, through: lowest, by: -1) {
      guard isClaimable(larger, start) else { return nil }
      guard let (block, type) = victim(zone, larger, start) else { continue }
      if larger >= 9 {
        remove(block)
        for part in 0..<UInt64(1 << (larger - 9)) { pageblockTypes[block / 512 + part] = start }
        insert(block, larger, type)
        move(block, to: start)
        cut(block, larger, order, start)
        return block
      }
      guard isWhole(block, zone) else { continue }
      let (free, alike) = count(block, start)
      guard free + alike >= 256 else { continue }
      moveAll(block, start)
      pageblockTypes[block / 512] = start
      return take(zone, order, start)
    }
    return nil
  }

  mutating func steal61(
    _ zone: Int, _ order: Int, _ start: MigrateType, _ lowest: Int,
  ) -> UInt64? {
    for larger in stride(from: 10, through: lowest, by: -1) {
      guard var (block, _) = victim(zone, larger, start) else { continue }
      var chosen = larger
      if !isClaimable(larger, start), start == .movable, larger > order {
        chosen = order
        while victim(zone, chosen, start) == nil { chosen += 1 }
        block = victim(zone, chosen, start)?.0 ?? block
      }
      if chosen >= 9 {
        for part in 0..<UInt64(1 << (chosen - 9)) { pageblockTypes[block / 512 + part] = start }
        move(block, to: start)
      } else if !isClaimable(chosen, start) || !isWhole(block, zone) {
        move(block, to: start)
      } else {
        let (free, alike) = count(block, start)
        moveAll(block, start)
        if free + alike >= 256 { pageblockTypes[block / 512] = start }
      }
      return take(zone, order, start)
    }
    return nil
  }

  /// Whether the pageblock lies in one zone.
  func isWhole(_ pfn: UInt64, _ zone: Int) -> Bool {
    zones[zone].frames.contains(pfn & ~511) && zones[zone].frames.contains(pfn | 511)
  }

  func count(_ pfn: UInt64, _ start: MigrateType) -> (Int, Int) {
    var free = 0
    var movable = 0
    for page in (pfn & ~511)...(pfn | 511) {
      if let block = freeBlocks[page] { free += 1 << block.order }
      if let block = usedBlocks[page], block.type == .movable { movable += 1 << block.order }
    }
    if start == .movable { return (free, movable) }
    return (free, pageblockType(pfn) == .movable ? 512 - free - movable : 0)
  }

  mutating func moveAll(_ pfn: UInt64, _ type: MigrateType) {
    for page in (pfn & ~511)...(pfn | 511) where freeBlocks[page] != nil { move(page, to: type) }
  }

  // MARK: - 10.5

  mutating func free(_ pfn: UInt64, _ order: Int) -> (UInt64, Int) {
    usedBlocks[pfn] = nil
    return putBack(pfn, order, atTail: false)
  }

  mutating func putBack(_ pfn: UInt64, _ order: Int, atTail: Bool) -> (UInt64, Int) {
    guard order == 10, rules.splitsFreedBlocks else { return merge(pfn, order, atTail) }
    _ = merge(pfn, 9, atTail)
    return merge(pfn + 512, 9, atTail)
  }

  mutating func merge(_ freed: UInt64, _ freedOrder: Int, _ atTail: Bool) -> (UInt64, Int) {
    let type = pageblockType(freed)
    var pfn = freed
    var order = freedOrder
    while order < 10 {
      let buddy = pfn ^ 1 << UInt64(order)
      guard freeBlocks[buddy]?.order == order, zone(of: buddy) == zone(of: freed) else { break }
      let other = pageblockType(buddy)
      let fixed: [MigrateType] = [.highAtomic, .cma, .isolate]
      if order >= 9, other != type, fixed.contains(other) || fixed.contains(type) { break }
      remove(buddy)
      if order >= 9, other != type, rules.retypesMergedBlocks { pageblockTypes[buddy / 512] = type }
      pfn &= buddy
      order += 1
    }
    var isTail = atTail
    if order < 9 {
      let parent = pfn & ~(1 << UInt64(order))
      let parentBuddy = parent ^ 1 << UInt64(order + 1)
      if freeBlocks[parentBuddy]?.order == order + 1, zone(of: parentBuddy) == zone(of: freed) {
        isTail = true
      }
    }
    insert(pfn, order, type, atTail: isTail)
    return (pfn, order)
  }

  /// Frees RAM as boot does: ascending, in the largest blocks there are, to the tails.
  mutating func handOver(_ frames: Range<UInt64>) {
    var pfn = frames.lowerBound
    while pfn < frames.upperBound {
      guard let zone = zone(of: pfn) else { return }
      let end = min(frames.upperBound, zones[zone].frames.upperBound)
      var order = 10
      while pfn % (1 << UInt64(order)) != 0 || pfn + 1 << UInt64(order) > end { order -= 1 }
      zones[zone].managed += 1 << order
      _ = putBack(pfn, order, atTail: true)
      pfn += 1 << UInt64(order)
    }
  }
}
