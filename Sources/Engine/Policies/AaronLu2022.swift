/// "x86/mm/cpa: merge small mappings whenever possible", Aaron Lu, RFC of August 2022, on 6.1.
///
/// Every table that a split made knows a protection and how many of its entries have it. At 512 the
/// table goes, whatever the protection is, and the entry above is written by the same rule, so that
/// merges cascade. Each merge flushes everything. Only a written entry is tested: 512 entries that
/// were equal before stay.
struct AaronLu2022: PublishedPolicy {
  var name: PolicyName { .aaronLu2022 }
  var hooks: PolicyHooks { .entries }
  var mergeFunction: String? { "set_pte_adjust_nr_same_prot" }

  /// Patch 1: what is present is global again. Patch 3: vmstat counts merges.
  func adjust(_ kernel: inout KernelProfile) {
    kernel.restoresGlobal = true
    kernel.countsMerges = true
  }

  func didSplit(
    _ split: LeafSplit, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard let childSize = split.leaf.size.smaller else { return .success }
    let first = machine.tables.entries(0..<1, ofSize: childSize, at: split.address)
    guard let protection = first.first?.flags(childSize) else { return .success }
    let alike = machine.tables.countEntries(0..<512, ofSize: childSize, at: split.address) {
      $0 == protection
    }
    let track = TableTrack(count: Int32(alike), word: protection.rawValue)
    machine.emit(.tableTracked(split.address, entries: childSize, track), &sink)
    // The pointer to the new table is itself an entry that was written.
    didWrite(
      split.address, split.leaf.size, old: split.leaf.flags, new: .kernelTable, &machine, &sink)
    return .success
  }

  func didStep(
    _ step: EntryStep, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard step.old != step.new else { return .success }
    didWrite(step.address, step.size, old: step.old, new: step.new, &machine, &sink)
    return .success
  }

  private func didWrite(
    _ address: VirtualAddress, _ size: LeafSize, old: EntryFlags, new: EntryFlags,
    _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    guard var track = machine.tables.track(ofEntries: size, at: address), track.isTracked,
      let larger = size.larger
    else { return }
    let start = address.alignedDown(to: larger)
    let common = track.word
    if old.rawValue != common, new.rawValue == common { track.count += 1 }
    if old.rawValue == common, new.rawValue != common { track.count -= 1 }
    machine.countCost(.wordsTested, 1, &sink)
    if track.count == 0 { adoptFirstEntry(&track, start, size, &machine, &sink) }
    machine.emit(.tableTracked(start, entries: size, track), &sink)
    let protection = EntryFlags(rawValue: track.word)
    guard track.count == 512, protection.contains(.present),
      size == .size4K || protection.contains(.pse)
    else {
      machine.emit(.decided(.mergeWaits(start, larger, entries: 512 - Int(track.count))), &sink)
      return
    }
    merge(start, larger, protection, &machine, &sink)
  }

  /// No entry has the old protection any more: that of entry 0 takes its place.
  private func adoptFirstEntry(
    _ track: inout TableTrack, _ start: VirtualAddress, _ size: LeafSize,
    _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    guard let first = machine.tables.entries(0..<1, ofSize: size, at: start).first else { return }
    let protection = first.flags(size)
    track.word = protection.rawValue
    track.count = Int32(
      machine.tables.countEntries(0..<512, ofSize: size, at: start) { $0 == protection })
    machine.countCost(.entriesScanned, 512, &sink)
  }

  private func merge(
    _ start: VirtualAddress, _ size: LeafSize, _ protection: EntryFlags,
    _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    guard let smaller = size.smaller,
      let first = machine.tables.entries(0..<1, ofSize: smaller, at: start).first
    else { return }
    let flags = smaller == .size4K ? protection.fourKToLarge.union(.pse) : protection
    // A merge in a vmalloc mapping moves the counters too, though its split did not.
    machine.merge(
      to: size, at: start, leaf: Entry(first.pfn(smaller), flags), isCounted: true, &sink)
    machine.countCost(.mergeFlushes, 1, &sink)
    machine.emit(.flushed(.all), &sink)
    didWrite(start, size, old: .kernelTable, new: flags, &machine, &sink)
  }

  // MARK: Questions

  func recount(
    _ track: TableTrack, ofEntries size: LeafSize, at start: VirtualAddress, _ machine: Machine,
  ) -> TableTrack? {
    var found = track
    found.count = Int32(
      machine.tables.countEntries(0..<512, ofSize: size, at: start) {
        $0.rawValue == track.word
      })
    return found
  }

  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? {
    guard let smaller = size.smaller, let track = machine.tracked(size, at: start),
      let found = recount(track, ofEntries: smaller, at: start, machine)
    else { return .untracked }
    return .alike(
      EntryFlags(rawValue: track.word), tracked: Int(track.count), found: Int(found.count))
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    trackedTables(
      machine, address,
      functions: "set_pte_adjust_nr_same_prot counts, merge_splitted_mapping puts the leaf back."
    ) { size, track in
      [
        .count("\(size.name) entries alike, of 512", Int64(track.count)),
        .flags("their protection", EntryFlags(rawValue: track.word), size),
      ]
    }
  }
}
