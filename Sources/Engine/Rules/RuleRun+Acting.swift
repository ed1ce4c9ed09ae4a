// What a rule does.

extension RuleRun {
  /// Carries out an action.
  @inline(never)
  mutating func act(
    _ operation: RuleOperation, _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    switch operation {
    case .track: beginTracking(machine)
    case .recount(let value, let isNear): recount(Int(value), isNear: isNear, &machine, &sink)
    case .check(let value): check(Int(value), &machine, &sink)
    case .merge(let leaks):
      let flags = pop()
      if trial == nil { merge(flags, leaks: leaks, &machine, &sink) }
      trial?.merges(moment.slot)
    case .collapse:
      if trial == nil { collapse(&machine, &sink) }
      trial?.collapses(moment.slot, machine)
    case .wait:
      writeBack(&machine, &sink)
      let slot = moment.slot
      machine.emit(
        .decided(.mergeWaits(slot.start, slot.size, entries: Int(pop()))), &sink)
    case .flushAll:
      if moment.request == nil {
        machine.emit(.flushed(.all), &sink)
      } else {
        wantsFullFlush = true
      }
    case .flushRange: machine.emit(.flushed(.kernelRange(moment.slot.size.pages)), &sink)
    case .cost(let counter): machine.countCost(counter, pop(), &sink)
    case .retype: retype(pop(), &machine, &sink)
    case .relist:
      guard let type = MigrateType(number: pop()), let block = moment.block else { return }
      machine.physical.relist(block, to: type, &sink)
    case .refuse: answer = .failed
    case .serve:
      guard let type = MigrateType(number: pop()), var request = moment.asked else { return }
      request.type = type
      answer = machine.allocPages(request, &sink).map { .page($0) } ?? .failed
    case .call(let index): make(body.calls[Int(index)], &machine, &sink)
    default: break
    }
  }

  /// The numbers kept with the slot's table get their first values. The entries were written just now:
  /// looking at them costs nothing.
  private mutating func beginTracking(_ machine: Machine) {
    track = TableTrack(count: 0)
    isTrackChanged = true
    for index in body.values.indices where body.values[index].scope == .table {
      track = worked(out: index, lines: 0..<64, machine)
    }
  }

  /// What is kept with the slot's table, with one number worked out anew.
  private mutating func worked(
    out index: Int, lines: Range<Int>, _ machine: Machine,
  ) -> TableTrack {
    switch body.values[index].meaning {
    case .free(let code):
      let value = evaluate(code.operations, 0..<code.operations.count, machine)
      var found = trackOfSlot(machine)
      found.word = UInt64(bitPattern: value)
      return found
    case .counts(let code):
      let count = countEntries(code.operations, 0, machine)
      var found = trackOfSlot(machine)
      found.count = Int32(truncatingIfNeeded: count)
      return found
    case .marks(let code):
      var found = trackOfSlot(machine)
      found.word = mark(code, lines: lines, found.word, machine)
      return found
    }
  }

  private mutating func recount(
    _ index: Int, isNear: Bool, _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    guard trackOfSlot(machine).isTracked else { return }
    let line = moment.address.tableIndex(entrySize.shift) / 8
    track = worked(out: index, lines: isNear ? line..<line + 1 : 0..<64, machine)
    isTrackChanged = true
    machine.countCost(.entriesScanned, isNear ? 8 : 512, &sink)
  }

  /// What a table holds by the definitions of its numbers, without changing anything.
  mutating func recounted(_ kept: TableTrack, _ machine: Machine) -> TableTrack {
    track = kept
    for index in body.values.indices where body.values[index].scope == .table {
      switch body.values[index].meaning {
      case .free: break
      case .counts, .marks: track = worked(out: index, lines: 0..<64, machine)
      }
    }
    return track ?? kept
  }

  private mutating func check(_ index: Int, _ machine: inout Machine, _ sink: inout EventListener) {
    let kept = trackOfSlot(machine)
    guard kept.isTracked else { return }
    writeBack(&machine, &sink)
    let found = worked(out: index, lines: 0..<64, machine)
    track = kept
    machine.countCost(.entriesScanned, 512, &sink)
    guard found != kept else { return }
    let slot = moment.slot
    machine.emit(
      .stopped(
        .splitCountWrong(
          slot.start, slot.size, counted: Int(kept.count), found: Int(found.count))), &sink)
    result = .bug
  }

  // MARK: - Merging

  /// Puts a leaf in the place of the slot's table. The flags are in the layout of its entries.
  private mutating func merge(
    _ flags: Int64, leaks: Bool, _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    writeBack(&machine, &sink)
    let slot = moment.slot
    let smaller = entrySize
    guard let first = machine.tables.entries(0..<1, ofSize: smaller, at: slot.start).first else {
      return
    }
    let asked = EntryFlags(rawValue: UInt64(bitPattern: flags))
    let isArm64 = machine.setup.isArm64
    let large = smaller == .size4K && !isArm64 ? asked.fourKToLarge : asked
    let leaf = isArm64 ? large : large.union(.pse)
    machine.merge(
      to: slot.size, at: slot.start, leaf: Entry(first.pfn(smaller), leaf), isCounted: true,
      leaksTable: leaks, &sink)
    note(leaf)
  }

  /// The merge wrote an entry, of which the rule itself may want to know.
  private mutating func note(_ leaf: EntryFlags) {
    merged += 1
    track = nil
    let slot = moment.slot
    let entry = RuleMoment(
      entry: slot.start, slot.size, old: .kernelTable, new: leaf, .merge)
    if let entry { made.append(entry) }
  }

  /// The kernel's own test and collapse, which looks at all entries.
  private mutating func collapse(_ machine: inout Machine, _ sink: inout EventListener) {
    writeBack(&machine, &sink)
    let slot = moment.slot
    switch machine.collapseTest(of: slot.size, at: slot.start) {
    case .failure(let obstacle):
      _ = spend(obstacle.entriesRead)
      machine.countCost(.entriesScanned, Int64(obstacle.entriesRead), &sink)
      machine.emit(.decided(.collapseFailed(slot.start, slot.size, obstacle)), &sink)
    case .success(let leaf):
      _ = spend(TableNode.entryCount)
      machine.countCost(.entriesScanned, 512, &sink)
      machine.merge(
        to: slot.size, at: slot.start, leaf: leaf, isCounted: machine.isCounted(slot.start), &sink)
      note(leaf.flags(slot.size))
    }
  }

  private func retype(_ number: Int64, _ machine: inout Machine, _ sink: inout EventListener) {
    guard let type = MigrateType(number: number), machine.physical.isKnown,
      let pfn = AddressLayout.directMapFrame(of: moment.slot.start)
    else { return }
    machine.physical.retypePageblock(of: pfn, to: type, &sink)
  }

  // MARK: - Calls

  /// Makes a call. `slot` as its target means the slot.
  private mutating func make(_ call: Call, _ machine: inout Machine, _ sink: inout EventListener) {
    writeBack(&machine, &sink)
    // A call that cannot be made changes nothing, as if the rule's line were not there.
    let code = try? machine.performOfRule(call.aimed(at: moment.slot.start), &sink)
    if code == .bug { result = .bug }
  }
}

extension MigrateType {
  /// The type of a number, as a rule keeps it.
  fileprivate init?(number: Int64) {
    guard let raw = UInt8(exactly: number) else { return nil }
    self.init(rawValue: raw)
  }
}

extension Call {
  /// The call with an address in the place of the target `slot`.
  fileprivate func aimed(at start: VirtualAddress) -> Call {
    func target(_ target: Call.Target) -> Call.Target {
      guard case .area(let name, let page) = target, name == Name("slot") else { return target }
      return .virtual(start + page)
    }
    switch self {
    case .setMemory(let operation, let place, let pages):
      return .setMemory(operation, target(place), pages)
    case .touch(let access, let place, let pages): return .touch(access, target(place), pages)
    case .poke(let place, let bits): return .poke(target(place), bits)
    case .collapse(let place, let pages): return .collapse(target(place), pages)
    case .setPages, .setPagesArray, .setDirectMap, .setDirectMapValid, .vmap, .vmapPageRange,
      .vunmap, .user, .policy, .process, .linearMap, .allocPages, .freePages, .freePagesAt,
      .drainPages,
      .age, .scatter, .function:
      return self
    }
  }
}
