/// What would give all entries of a slot the same flags.
public struct Clearing: Equatable, Sendable {
  /// The flags, in 4K layout.
  public var target: EntryFlags
  /// What to do, in this order.
  public var remedies: [Remedy] = []
  /// What nothing would change.
  public var incurable: [Incurable] = []
  /// Tables that would be left with equal entries and would have to merge first: asked for 1G.
  public var tablesBelow = 0

  /// Whether nothing stands in the way for good.
  public var isPossible: Bool { incurable.isEmpty }

  init(target: EntryFlags) { self.target = target }
}

/// Something to be done to pages so that their entries become like the others.
public struct Remedy: Equatable, Sendable {
  /// What is done.
  public enum Act: Hashable, Sendable {
    /// A call of the `set_memory_*()` family.
    case setMemory(SetMemory)
    /// `set_direct_map_default_noflush()`, where the kernel has no `set_memory_p`.
    case directMapDefault
    /// The CPU reads or writes the page: it alone sets A and D.
    case touch(Call.Access)
  }

  /// What is done.
  public var act: Act
  /// The pages, as stretches in rising order that do not touch: each is a call.
  public var stretches: [Stretch] = []

  /// Pages in a row.
  public struct Stretch: Equatable, Sendable {
    /// The first address.
    public var start: VirtualAddress
    /// How many pages.
    public var pages: PageCount
  }

  /// How many pages.
  public var pages: PageCount { stretches.reduce(0) { $0 + $1.pages } }

  /// The calls that do it, one a stretch.
  public var calls: [Call] {
    stretches.map { stretch in
      switch act {
      case .setMemory(let operation):
        return .setMemory(operation, .virtual(stretch.start), stretch.pages)
      case .touch(let access): return .touch(access, .virtual(stretch.start), stretch.pages)
      case .directMapDefault:
        // Offered for direct-map addresses alone.
        let pfn = AddressLayout.directMapFrame(of: stretch.start) ?? 0
        return .setDirectMap(.default, pfn, stretch.pages)
      }
    }
  }
}

/// Entries that nothing in this kernel makes like the others.
public struct Incurable: Equatable, Sendable {
  /// Why.
  public enum Reason: Equatable, Sendable {
    /// They are 4K by request, and no call takes the mark away.
    case kernel4K
    /// No call, and no access, changes these bits as needed.
    case bits(lacking: EntryFlags, extra: EntryFlags)
    /// They show other frames.
    case frames
    /// They map nothing.
    case nothingMapped
    /// No leaf of the size exists on this machine.
    case sizeUnavailable
    /// The first frame is no multiple of the size.
    case misaligned
  }

  /// Why.
  public var reason: Reason
  /// How many pages.
  public var pages: PageCount

  /// Creates what nothing changes.
  public init(reason: Reason, pages: PageCount) {
    self.reason = reason
    self.pages = pages
  }
}
