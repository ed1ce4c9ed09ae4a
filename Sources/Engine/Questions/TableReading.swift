// What the questions read from one table.

extension Entry {
  /// The flags of an entry of this size in 4K layout, in which leaves of all sizes can be compared.
  @inlinable func flags4K(_ size: LeafSize) -> EntryFlags {
    size == .size4K ? flags(size) : flags(size).largeTo4K
  }
}

extension PageTables.Leaf {
  /// The flags in 4K layout, in which leaves of all sizes can be compared.
  public var flags4K: EntryFlags { entry.flags4K(size) }
}

extension Machine {
  /// What is kept with the table in place of a leaf of this size, if it is tracked.
  func tracked(_ size: LeafSize, at address: VirtualAddress) -> TableTrack? {
    guard let smaller = size.smaller,
      let track = tables.track(ofEntries: smaller, at: address), track.isTracked
    else { return nil }
    return track
  }

  /// The flags that the policies ask for; `nil` where any common flags do, or no policy tracks tables.
  var mergeTarget: MergeTarget? {
    guard setup.hooks.contains(.entries) else { return nil }
    for policy in setup.policies {
      if let target = policy.mergeTarget(setup.cpu) { return target }
    }
    return nil
  }
}

/// Counts how often each value occurs. Made for few different ones in long stretches.
struct Tally {
  private var values: [(value: UInt64, count: Int)] = []
  /// The stretch that is being counted.
  private var current: UInt64 = 0
  private var length = 0

  @inline(__always)
  mutating func add(_ value: UInt64) {
    if value != current {
      close()
      current = value
    }
    length += 1
  }

  /// Adds the stretch that was counted to the others.
  @inline(never)
  private mutating func close() {
    guard length > 0 else { return }
    if let index = values.firstIndex(where: { $0.value == current }) {
      values[index].count += length
    } else {
      values.append((current, length))
    }
    length = 0
  }

  /// The most frequent value; of equally frequent ones, the one that came first.
  var most: UInt64? {
    var all = self
    all.close()
    var best: (value: UInt64, count: Int)?
    for entry in all.values where entry.count > best?.count ?? 0 { best = entry }
    return best?.value
  }
}

/// What most entries of a table have in common.
struct Majority: Equatable {
  /// Their flags in 4K layout, without KERNEL_4K, with which none can merge.
  var flags: EntryFlags
  /// The frame that the first entry has if the frames are in a row, wrapping below 0.
  var firstFrame: UInt64

  /// Reads all leaves of a table: the present ones, or, if there are none, the others.
  init?(
    _ words: UnsafeMutablePointer<UInt64>, _ isTable: (Int) -> Bool, _ size: LeafSize,
  ) {
    var present = Tally()
    var absent = Tally()
    var frames = Tally()
    let step = size.pages.rawValue
    for index in 0..<TableNode.entryCount {
      let entry = unsafe Entry(word: words[index])
      if entry.isNone || isTable(index) { continue }
      let flags = Majority.mergeable(entry.flags4K(size), size).rawValue
      if entry.isPresent { present.add(flags) } else { absent.add(flags) }
      frames.add(entry.pfn(size).rawValue &- UInt64(index) &* step)
    }
    guard let flags = present.most ?? absent.most, let frame = frames.most else { return nil }
    self.flags = EntryFlags(rawValue: flags)
    firstFrame = frame
  }

  /// The flags without KERNEL_4K, which only means something in a 4K entry.
  static func mergeable(_ flags: EntryFlags, _ size: LeafSize) -> EntryFlags {
    size == .size4K ? flags.subtracting(.kernel4K) : flags
  }
}
