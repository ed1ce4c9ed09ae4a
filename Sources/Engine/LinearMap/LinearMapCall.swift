/// What only the linear map of arm64 is asked.
public enum LinearMapCall: Equatable, Sendable {
  /// Builds the whole map again as `map_mem()` did at boot, to be watched.
  case mapMem
  /// `set_memory_valid()`: pages in a row become valid or not, at linear-map addresses.
  case setMemoryValid(Call.Target, PageCount, Bool)
  /// `arch_add_memory()`: the linear map of memory that was plugged in.
  case addMemory(PFN, PageCount)
  /// `set_memory_pkey()`: pages get the protection key of page tables, or the default one (proposed in 2024).
  case setMemoryPkey(Call.Target, PageCount, Bool)
  /// A process gets this many page tables more, as by `fork()`.
  case tablesAlloc(Name, PageCount)
  /// The page tables of a process go.
  case tablesFree(Name)
}

/// Why the linear map cannot do what was asked. The machine is as it was.
public enum LinearMapError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Something uses the map that would have to go: areas, secret pages, memory that was added.
  case mapInUse
  /// The frames do not begin and end at sections of 128 MiB.
  case notSections(PFN, PageCount)
  /// The frames are memory already.
  case memoryThere(PFN)
  /// The frames are beyond what the linear map has room for, or more than can be added at once.
  case outOfRoom(PFN, PageCount)

  /// The reason and the way out, in one line.
  public var description: String {
    switch self {
    case .mapInUse:
      "the linear map is in use by areas, secret pages or added memory; "
        + "build it again before the first of them"
    case .notSections(let pfn, let pages):
      "pfn \(pfn.hex) + \(pages.rawValue) pages are no sections of memory; begin at a multiple of "
        + "0x8000 frames and give a multiple of 32768 pages (128M)"
    case .memoryThere(let pfn):
      "pfn \(pfn.hex) is memory of this machine already; add frames behind its end"
    case .outOfRoom(let pfn, let pages):
      "\(pages.rawValue) pages from pfn \(pfn.hex) on are too many or too high; add 1T at most at "
        + "once, below pfn \(PFN(AddressLayout.arm64FrameLimit.rawValue).hex)"
    }
  }
}
