/// The merge-mapping branch of 2022, Hyeonggon Yoo: what it really did, a prototype.
///
/// Every table that a split made counts its entries that are not standard, that is PAGE_KERNEL to
/// the bit, which has no G with page-table isolation. At 0 the table goes. Nothing is flushed. After each step the branch counts again and
/// stops the kernel on a difference, which its own rule for splits brings about.
struct HyeyooCount2022: PublishedPolicy {
  var name: PolicyName { .hyeyooCount2022 }
  var hooks: PolicyHooks { .entries }
  var mergeFunction: String? { "can_merge" }

  func adjust(_ kernel: inout KernelProfile) { kernel.countsMerges = true }

  /// PAGE_KERNEL, the size and the place of PAT aside.
  private static func isStandard(_ flags: EntryFlags, _ standard: EntryFlags) -> Bool {
    flags.subtracting([.pse, .patLarge]) == standard
  }

  func didSplit(
    _ split: LeafSplit, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard machine.isCounted(split.address), let childSize = split.leaf.size.smaller else {
      return .success
    }
    let found = recount(split.address, childSize, machine)
    machine.countCost(.entriesScanned, 512, &sink)
    machine.emit(
      .tableTracked(split.address, entries: childSize, TableTrack(count: Int32(found))), &sink)
    guard split.leaf.size == .size2M else { return .success }
    // Added also if the leaf was not standard, and so was counted already: the branch's mistake.
    return count(by: 1, split.address, split.leaf.size, &machine, &sink)
  }

  func didStep(
    _ step: EntryStep, _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard machine.isCounted(step.address) else { return .success }
    let standard = machine.cpu.pageKernel
    let isStandard = Self.isStandard(step.new, standard)
    let wasStandard = Self.isStandard(step.old, standard)
    if step.old != step.new {
      let change: Int32 = wasStandard == isStandard ? 0 : isStandard ? -1 : 1
      let result = count(by: change, step.address, step.size, &machine, &sink)
      if result != .success { return result }
    }
    guard isStandard else { return .success }
    return mergeIfAllStandard(step.address, step.size, &machine, &sink)
  }

  /// Moves the count of the table that holds an entry, and checks it.
  private func count(
    by change: Int32, _ address: VirtualAddress, _ size: LeafSize,
    _ machine: inout Machine, _ sink: inout EventListener,
  ) -> ReturnCode {
    guard var track = machine.tables.track(ofEntries: size, at: address), track.isTracked,
      let larger = size.larger
    else { return .success }
    let start = address.alignedDown(to: larger)
    track.count += change
    machine.emit(.tableTracked(start, entries: size, track), &sink)
    let found = recount(start, size, machine)
    machine.countCost(.entriesScanned, 512, &sink)
    guard found == Int(track.count) else {
      machine.emit(
        .stopped(.splitCountWrong(start, larger, counted: Int(track.count), found: found)), &sink)
      return .bug
    }
    return .success
  }

  private func recount(_ start: VirtualAddress, _ size: LeafSize, _ machine: Machine) -> Int {
    let standard = machine.cpu.pageKernel
    return machine.tables.countEntries(0..<512, ofSize: size, at: start) {
      !Self.isStandard($0, standard)
    }
  }

  /// Tested after every step, also one that wrote nothing.
  private func mergeIfAllStandard(
    _ address: VirtualAddress, _ size: LeafSize, _ machine: inout Machine,
    _ sink: inout EventListener,
  ) -> ReturnCode {
    guard let track = machine.tables.track(ofEntries: size, at: address), track.isTracked,
      let larger = size.larger
    else { return .success }
    let start = address.alignedDown(to: larger)
    machine.countCost(.wordsTested, 1, &sink)
    guard track.count == 0,
      let first = machine.tables.entries(0..<1, ofSize: size, at: start).first
    else {
      machine.emit(.decided(.mergeWaits(start, larger, entries: Int(track.count))), &sink)
      return .success
    }
    // PAT_LARGE comes along: PAGE_KERNEL_LARGE went through the conversion between the layouts.
    let leaf = Entry(first.pfn(size), machine.cpu.pageKernel.union([.pse, .patLarge]))
    machine.merge(
      to: larger, at: start, leaf: leaf, isCounted: true, leaksTable: true, &sink)
    guard larger == .size2M else { return .success }
    let result = count(by: -1, start, larger, &machine, &sink)
    return result == .success ? mergeIfAllStandard(start, larger, &machine, &sink) : result
  }

  // MARK: Questions

  /// Bit 7 of a 4K entry and PAT of a large leaf do not count: `isStandard(_:)` in 4K layout.
  func mergeTarget(_ cpu: CPUFeatures) -> MergeTarget? {
    MergeTarget(cpu.pageKernel, ignoring: .pat)
  }

  func recount(
    _ track: TableTrack, ofEntries size: LeafSize, at start: VirtualAddress, _ machine: Machine,
  ) -> TableTrack? {
    var found = track
    found.count = Int32(recount(start, size, machine))
    return found
  }

  func whyNot(_ size: LeafSize, at start: VirtualAddress, _ machine: Machine) -> MergeRule? {
    guard let track = machine.tracked(size, at: start) else { return .untracked }
    let found = size.smaller.map { recount(start, $0, machine) } ?? 0
    return .count(tracked: Int(track.count), found: found)
  }

  func panel(_ machine: Machine, at address: VirtualAddress) -> [PanelLine] {
    trackedTables(
      machine, address,
      functions: "In the branch update_foo counts, can_merge looks, merge_mapping merges."
    ) { size, track in
      [.count("\(size.name) entries not standard", Int64(track.count))]
    }
  }
}
