// What a rule reads.

extension RuleRun {
  /// The size of the entries of the slot's table.
  var entrySize: LeafSize { moment.slot.size.smaller ?? .size4K }

  /// Whether the flags say nothing of the slot's table.
  private func flags(_ flags: EntryFlags) -> Int64 { Int64(bitPattern: flags.rawValue) }

  /// The value of a name.
  @inline(__always)
  mutating func value(of name: RuleName, _ machine: Machine) -> Int64 {
    switch name {
    case .old: flags(moment.old)
    case .new: flags(moment.new)
    case .entry: entry
    case .index: Int64(moment.address.tableIndex(entrySize.shift))
    case .line: Int64(bitPattern: 1 << UInt64(moment.address.tableIndex(entrySize.shift) / 8))
    case .bySplit: moment.writer == .split ? 1 : 0
    case .byMerge: moment.writer == .merge ? 1 : 0
    case .size: Int64(entrySize.bytes)
    case .slotSize: Int64(moment.slot.size.bytes)
    case .tracked: trackOfSlot(machine).isTracked ? 1 : 0
    case .counted: machine.isCounted(moment.address) ? 1 : 0
    case .pageKernel: flags(machine.setup.pageKernel(.size4K))
    case .usual: flags(usual(machine))
    case .merged: merged
    case .first, .hasTable, .leaf, .allows2M, .pages, .full, .order, .blockType, .pageblock,
      .returned, .calls:
      rarerValue(of: name, machine)
    }
  }

  @inline(never)
  private func rarerValue(of name: RuleName, _ machine: Machine) -> Int64 {
    let slot = moment.slot
    switch name {
    case .first:
      let first = machine.tables.entries(0..<1, ofSize: entrySize, at: slot.start).first
      return first.map { flags($0.flags(entrySize)) } ?? 0
    case .hasTable: return machine.tables.table(at: slot.start, slot.size) == nil ? 0 : 1
    case .leaf:
      guard let leaf = machine.tables.lookup(slot.start), leaf.size >= slot.size else { return 0 }
      return flags(leaf.flags)
    case .allows2M: return machine.setup.cpu.allows2M ? 1 : 0
    case .pages: return Int64(clamping: moment.request?.pages.rawValue ?? 0)
    case .full:
      guard let request = moment.request else { return 0 }
      let isFull =
        request.findings.contains(.visitedAlias)
        || request.pages > Machine.singlePageFlushCeiling
      return isFull ? 1 : 0
    case .order: return Int64(moment.block?.order ?? moment.asked?.order ?? 0)
    case .blockType: return Int64(moment.block?.type.rawValue ?? 0)
    case .pageblock:
      guard machine.physical.isKnown, let pfn = AddressLayout.directMapFrame(of: slot.start) else {
        return -1
      }
      return Int64(machine.physical.pageblockType(of: pfn).rawValue)
    case .returned: return Int64(moment.returned.rawValue)
    case .calls: return machine.kept.value.policies.rules[place].calls
    case .old, .new, .entry, .index, .line, .bySplit, .byMerge, .size, .slotSize, .tracked,
      .counted, .pageKernel, .usual, .merged:
      return 0
    }
  }

  /// PAGE_KERNEL as an entry of the slot's table.
  private func usual(_ machine: Machine) -> EntryFlags {
    let flags = machine.setup.pageKernel(.size4K)
    return entrySize == .size4K || machine.setup.isArm64 ? flags : flags.union(.pse)
  }

  // MARK: - What is kept

  /// What is kept with the slot's table.
  @inline(__always)
  mutating func trackOfSlot(_ machine: Machine) -> TableTrack {
    if let track { return track }
    let found = machine.tables.track(ofEntries: entrySize, at: moment.slot.start) ?? TableTrack()
    track = found
    return found
  }

  /// A number that the rule keeps.
  mutating func kept(_ index: Int, _ machine: Machine) -> Int64 {
    let value = body.values[index]
    switch value.scope {
    case .table:
      return number(index, in: trackOfSlot(machine))
    case .machine: return machine.kept.value.policies.rules[place].number(index)
    case .page:
      guard let pfn = page else { return 0 }
      return machine.kept.value.policies.rules[place].number(index, of: pfn)
    }
  }

  /// The page that a number of a page is about.
  private var page: PFN? {
    moment.block?.first ?? AddressLayout.directMapFrame(of: moment.address)
  }

  /// Sets a number that the rule keeps.
  mutating func keep(
    _ index: Int, _ number: Int64, _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    let value = body.values[index]
    switch value.scope {
    case .table:
      var track = trackOfSlot(machine)
      guard track.isTracked else { return }
      if case .counts = value.meaning {
        track.count = Int32(truncatingIfNeeded: number)
      } else {
        track.word = UInt64(bitPattern: number)
      }
      self.track = track
      isTrackChanged = true
    case .machine:
      guard kept(index, machine) != number else { return }
      let change = RuleChange.number(UInt8(place), UInt8(index), number)
      machine.emit(.policy(.rule(change)), &sink)
    case .page:
      guard let pfn = page, kept(index, machine) != number else { return }
      let change = RuleChange.page(UInt8(place), UInt8(index), pfn, number)
      machine.emit(.policy(.rule(change)), &sink)
    }
  }

  /// Notes which numbers of the slot's table come down to their limits.
  @inline(never)
  private mutating func noteFalls(to new: TableTrack, _ machine: Machine) {
    let old = machine.tables.track(ofEntries: entrySize, at: moment.slot.start) ?? TableTrack()
    guard old.isTracked else { return }
    for handler in body.falls {
      guard case .falls(let value, to: let limit) = handler.trigger else { continue }
      let (before, after) = (number(Int(value), in: old), number(Int(value), in: new))
      if before > limit, after <= limit { fallen.append((handler, moment)) }
    }
  }

  /// The number of a table in what is kept with it.
  private func number(_ index: Int, in track: TableTrack) -> Int64 {
    if case .counts = body.values[index].meaning { return Int64(track.count) }
    return Int64(bitPattern: track.word)
  }

  /// Puts what is kept with the slot's table where others find it.
  mutating func writeBack(_ machine: inout Machine, _ sink: inout EventListener) {
    if isTrackChanged, let track {
      if !body.falls.isEmpty { noteFalls(to: track, machine) }
      machine.emit(.tableTracked(moment.slot.start, entries: entrySize, track), &sink)
    }
    isTrackChanged = false
    track = nil
  }

  // MARK: - Counting entries

  /// How many entries of the slot's table have a property, given by the operation that counts.
  mutating func countEntries(
    _ operations: [RuleOperation], _ index: Int, _ machine: Machine,
  ) -> Int64 {
    guard spend(TableNode.entryCount) else { return 0 }
    switch operations[index] {
    case .countAlike(let without, let isEqual, let length):
      let wanted = evaluate(operations, index + 1..<index + 1 + Int(length), machine)
      let kept = ~UInt64(bitPattern: without)
      let goal = UInt64(bitPattern: wanted)
      let count = machine.tables.countEntries(0..<512, ofSize: entrySize, at: moment.slot.start) {
        ($0.rawValue & kept == goal) == isEqual
      }
      return Int64(count)
    case .countEntries(let length):
      let range = index + 1..<index + 1 + Int(length)
      var count: Int64 = 0
      for found in machine.tables.entries(0..<512, ofSize: entrySize, at: moment.slot.start) {
        guard stepsLeft > 0 else { return 0 }
        if holds(found, operations, range, machine) { count += 1 }
      }
      return count
    default: return 0
    }
  }

  /// A word with a bit for each 8 entries, of which one has a property.
  mutating func mark(
    _ code: RuleCode, lines: Range<Int>, _ word: UInt64, _ machine: Machine,
  ) -> UInt64 {
    var word = word
    let operations = code.operations
    for line in lines where stepsLeft > 0 {
      let range = line * 8..<line * 8 + 8
      let found = machine.tables.entries(range, ofSize: entrySize, at: moment.slot.start)
      var isMarked = false
      for entry in found where !isMarked {
        isMarked = holds(entry, operations, 0..<operations.count, machine)
      }
      let bit: UInt64 = 1 << UInt64(line)
      word = isMarked ? word | bit : word & ~bit
    }
    return word
  }

  private mutating func holds(
    _ found: Entry, _ operations: [RuleOperation], _ range: Range<Int>, _ machine: Machine,
  ) -> Bool {
    entry = flags(found.flags(entrySize))
    return evaluate(operations, range, machine) != 0
  }

  /// The value of an expression, which changes nothing.
  mutating func evaluate(
    _ operations: [RuleOperation], _ range: Range<Int>, _ machine: Machine,
  ) -> Int64 {
    let bottom = depth
    var index = range.lowerBound
    while index < range.upperBound, spend(1) {
      switch operations[index] {
      case .push(let number): push(number)
      case .load(let name): push(value(of: name, machine))
      case .loadCounter(let counter): push(machine.counters[counter])
      case .loadLocal(let local): push(locals[Int(local)])
      case .loadValue(let value): push(kept(Int(value), machine))
      case .binary(let sign):
        let right = pop()
        stack[depth - 1] = sign.of(stack[depth - 1], right)
      case .not: stack[depth - 1] = stack[depth - 1] == 0 ? 1 : 0
      case .negative: stack[depth - 1] = 0 &- stack[depth - 1]
      case .bitCount: stack[depth - 1] = Int64(stack[depth - 1].nonzeroBitCount)
      default: break
      }
      index += 1
    }
    let value = depth > bottom ? stack[depth - 1] : 0
    depth = bottom
    return value
  }
}
