/// The idea of May 2022, Hyeonggon Yoo in "Prototype for direct map awareness in page allocator":
/// 64 bits a table, one for the 8 entries of a cache line, set while one of them is special.
///
/// The mail leaves open what is usual, and when to flush. Here: the permission, cache and G bits of
/// PAGE_KERNEL; A and D, which the CPU sets by itself, do not count; one full flush a merge.
struct HyeyooBitmap2022: PublishedPolicy {
  var name: PolicyName { .hyeyooBitmap2022 }
  var hooks: PolicyHooks { .entries }

  func adjust(_ kernel: inout KernelProfile) { kernel.countsMerges = true }

  /// Entries for each bit: a cache line of them.
  static let entriesPerBit = 8

  private static let ignored: EntryFlags = [.accessed, .dirty]

  /// Whether an entry needs no mapping of its own; one that points to a table does.
  ///
  /// - Parameter usual: PAGE_KERNEL of the machine, which has no G with page-table isolation.
  static func isUsual(_ flags: EntryFlags, _ size: LeafSize, _ usual: EntryFlags) -> Bool {
    let leaf = size == .size4K ? usual : usual.union(.pse)
    return flags.symmetricDifference(leaf).subtracting(ignored).isEmpty
  }

  func didSplit(
    _ split: LeafSplit, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard machine.isCounted(split.address), let childSize = split.leaf.size.smaller else {
      return .success
    }
    let word = specialBits(split.address, childSize, machine)
    machine.emit(
      .tableTracked(split.address, entries: childSize, TableTrack(count: 0, word: word)), &sink)
    update(split.address, split.leaf.size, isUsual: false, &machine, &sink)
    return .success
  }

  func didStep(
    _ step: EntryStep, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard step.old != step.new, machine.isCounted(step.address) else { return .success }
    update(
      step.address, step.size,
      isUsual: Self.isUsual(step.new, step.size, machine.cpu.pageKernel), &machine, &sink)
    return .success
  }

  /// An entry became usual or special: its bit follows, and the table goes when no bit is left.
  private func update(
    _ address: VirtualAddress, _ size: LeafSize, isUsual: Bool,
    _ machine: inout Machine, _ sink: inout EventListener,
  ) {
    guard var track = machine.tables.track(ofEntries: size, at: address), track.isTracked,
      let larger = size.larger
    else { return }
    let start = address.alignedDown(to: larger)
    if isUsual {
      track.word =
        machine.tables.directMapSplitWord(
          at: address, size, usual: machine.cpu.pageKernel) ?? track.word
      machine.countCost(.entriesScanned, Int64(Self.entriesPerBit), &sink)
    } else {
      track.word |= 1 << UInt64(address.tableIndex(size.shift) / Self.entriesPerBit)
    }
    machine.countCost(.wordsTested, 1, &sink)
    machine.emit(.tableTracked(start, entries: size, track), &sink)
    guard track.word == 0 else {
      machine.emit(.decided(.mergeWaits(start, larger, entries: track.word.nonzeroBitCount)), &sink)
      return
    }
    guard let first = machine.tables.entries(0..<1, ofSize: size, at: start).first else { return }
    let leaf = Entry(first.pfn(size), machine.cpu.pageKernel.union(.pse))
    machine.merge(to: larger, at: start, leaf: leaf, isCounted: true, &sink)
    machine.countCost(.mergeFlushes, 1, &sink)
    machine.emit(.flushed(.all), &sink)
    update(start, larger, isUsual: true, &machine, &sink)
  }

  /// The word of a table, from all of its entries.
  private func specialBits(
    _ start: VirtualAddress, _ size: LeafSize, _ machine: Machine,
  ) -> UInt64 {
    guard let larger = size.larger else { return 0 }
    let usual = machine.cpu.pageKernel
    return unsafe machine.tables.withTrackedTable(at: start, larger) { words, _ in
      var word: UInt64 = 0
      for index in 0..<TableNode.entryCount {
        let flags = unsafe Entry(word: words[index]).flags(size)
        if !Self.isUsual(flags, size, usual) { word |= 1 << UInt64(index / Self.entriesPerBit) }
      }
      return word
    } ?? 0
  }

  // MARK: Questions

  /// `isUsual(_:_:)` in 4K layout.
  func mergeTarget(_ cpu: CPUFeatures) -> MergeTarget? {
    MergeTarget(cpu.pageKernel, ignoring: Self.ignored)
  }

  func recount(
    _ track: TableTrack, ofEntries size: LeafSize, at start: VirtualAddress, _ machine: Machine,
  ) -> TableTrack? {
    var found = track
    found.word = specialBits(start, size, machine)
    return found
  }

  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? {
    guard let smaller = size.smaller, let track = machine.tracked(size, at: start) else {
      return .untracked
    }
    return .bitmap(tracked: track.word, found: specialBits(start, smaller, machine))
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    trackedTables(
      machine, address, functions: "The mail is an idea in words: it names no function."
    ) { size, track in
      [.bits("direct_map_split, 8 x \(size.name) a bit", track.word)]
    }
  }
}

extension PageTables {
  /// The word `direct_map_split` of the table that holds an entry, after the entry became usual: the 8
  /// entries of its cache line are read, and its bit is cleared if all of them are. 0: the table can
  /// become a leaf. `nil` where no table is tracked.
  ///
  /// - Parameter usual: the flags of a usual entry, in 4K layout.
  public func directMapSplitWord(
    at address: VirtualAddress, _ size: LeafSize, usual: EntryFlags = .pageKernel,
  ) -> UInt64? {
    guard let larger = size.larger else { return nil }
    return unsafe withTrackedTable(at: address, larger) { words, track in
      guard track.isTracked else { return nil }
      let bit = address.tableIndex(size.shift) / HyeyooBitmap2022.entriesPerBit
      let first = bit * HyeyooBitmap2022.entriesPerBit
      let mask: UInt64 = 1 << UInt64(bit)
      for index in first..<(first + HyeyooBitmap2022.entriesPerBit) {
        let flags = unsafe Entry(word: words[index]).flags(size)
        if !HyeyooBitmap2022.isUsual(flags, size, usual) { return track.word | mask }
      }
      return track.word & ~mask
    } ?? nil
  }
}
