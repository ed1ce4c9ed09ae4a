import Engine

/// The number of pages of each class in each pageblock and each 1G slot. They are kept from step to step,
/// as only pageblocks whose records a step wrote can have changed: on a machine with much memory in use,
/// reading all of it would take longer than a frame.
///
/// The next pages to be handed out count as cached: which pages these are can change without a change of
/// the pages.
struct PageCounts: Sendable {
  private let overlay: MapOverlay
  private var memory: PhysicalMemory
  private var uses: PageUses
  private var blocks: [UInt64: TintCounts] = [:]
  private var gigabytes: [UInt64: TintCounts] = [:]

  /// Counts that are not known yet.
  init(_ overlay: MapOverlay, _ memory: PhysicalMemory, _ uses: PageUses) {
    self.overlay = overlay
    self.memory = memory
    self.uses = uses
  }

  /// The counts of the machine as it is now: without those that may have changed.
  func following(_ machine: Machine, _ uses: PageUses, _ overlay: MapOverlay) -> PageCounts {
    let fresh = PageCounts(overlay, machine.physical, uses)
    guard overlay == self.overlay, let apart = machine.physical.pageblocksApart(from: memory),
      let others = uses.pageblocksApart(from: self.uses)
    else { return fresh }
    var counts = fresh
    counts.blocks = blocks
    counts.gigabytes = gigabytes
    for index in apart + others {
      counts.blocks[index] = nil
      counts.gigabytes[index >> 9] = nil
    }
    return counts
  }

  /// The counts of a pageblock, if they are known.
  subscript(pageblock index: UInt64) -> TintCounts? {
    get { blocks[index] }
    set { blocks[index] = newValue }
  }

  /// The counts of a slot of 1G, if they are known.
  subscript(gigabyte index: UInt64) -> TintCounts? {
    get { gigabytes[index] }
    set { gigabytes[index] = newValue }
  }
}
