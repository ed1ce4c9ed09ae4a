public import Engine

/// An event of a trace, as far as a replay or a scenario needs it.
public struct FtraceEvent: Equatable, Sendable {
  /// What happened.
  public enum Kind: Equatable, Sendable {
    /// A function of the `set_memory_*()` family was entered.
    case setMemory(name: String, VirtualAddress, PageCount)
    /// `change_page_attr_set_clr()` was entered.
    case request(FtraceRequest)
    /// The frames behind addresses of the request before, or a part of them.
    case frames(VirtualAddress, [Range<PFN>])
    /// `__vmap_pages_range_noflush()` was entered: descriptors of the pages from an address on. A long
    /// mapping comes in several such events.
    case mapped(VirtualAddress, descriptors: [UInt64])
    /// `set_direct_map_invalid_noflush()` or `..._default_noflush()` on the page with this
    /// descriptor.
    case setDirectMap(SetDirectMap, page: UInt64)
    /// `set_direct_map_valid_noflush()` on pages from the one with this descriptor on.
    case setDirectMapValid(page: UInt64, PageCount, isValid: Bool)
    /// `execmem_alloc()` was entered; the type is an `enum execmem_type`, the size in bytes.
    case execmemAlloc(type: UInt64, size: UInt64)
    /// It returned this address, 0 after a failure.
    case execmemAllocReturned(UInt64)
    /// `execmem_free()` was entered.
    case execmemFree(UInt64)
    /// A module is loaded; its init function has not run yet.
    case moduleLoad(String)
    /// A module is about to be unloaded.
    case moduleFree(String)
    /// A note of the recorder.
    case note(FtraceNote)
  }

  /// The line number, from 1.
  public var line: Int
  /// The process id of the task.
  public var task: UInt64
  /// What happened.
  public var kind: Kind

  /// Creates an event.
  public init(line: Int, task: UInt64, kind: Kind) {
    self.line = line
    self.task = task
    self.kind = kind
  }
}

/// The arguments of `change_page_attr_set_clr()`.
public struct FtraceRequest: Equatable, Sendable {
  /// The first address; `nil` if the trace could not read it, as for an array of pages.
  public var address: VirtualAddress?
  /// The number of pages.
  public var pages: PageCount
  /// The mask of bits to set.
  public var set: EntryFlags
  /// The mask of bits to clear.
  public var clear: EntryFlags
  /// Whether large leaves are split first.
  public var forcesSplit: Bool
  /// `CPA_ARRAY` 2, `CPA_PAGES_ARRAY` 4, `CPA_NO_CHECK_ALIAS` 8, `CPA_COLLAPSE` 0x10.
  public var flags: UInt64

  /// Creates a request.
  public init(
    address: VirtualAddress?, pages: PageCount, set: EntryFlags, clear: EntryFlags,
    forcesSplit: Bool, flags: UInt64,
  ) {
    self.address = address
    self.pages = pages
    self.set = set
    self.clear = clear
    self.forcesSplit = forcesSplit
    self.flags = flags
  }

  /// Whether the pages are listed one by one.
  public var isArray: Bool { flags & 6 != 0 }
  /// Whether other mappings of the pages are not changed.
  public var skipsAliases: Bool { flags & 8 != 0 }
  /// Whether tables may become leaves again.
  public var collapses: Bool { flags & 0x10 != 0 }
}

/// A note that the recorder wrote into the trace: a name, and values.
///
///     loaded DirectMap4k=42880kB DirectMap2M=3102720kB direct_map_level2_splits=10
///     bpf_prog_load id=1 insns=1154 xlated=9232 jited=6683
public struct FtraceNote: Equatable, Sendable {
  /// The first word.
  public var name: String
  /// The values after it, in order, without `kB`.
  public var values: [(key: String, value: UInt64)]

  /// Reads a note. Words that are not `KEY=NUMBER` are left out.
  public init(_ text: ArraySlice<UInt8>) {
    var words = ByteWords(text)
    name = words.next().map { String(decoding: $0, as: UTF8.self) } ?? ""
    values = []
    while let word = words.next() {
      guard let equals = word.firstIndex(of: UInt8(ascii: "=")) else { continue }
      var digits = word[word.index(after: equals)...]
      if digits.suffix(2).elementsEqual("kB".utf8) { digits = digits.dropLast(2) }
      guard let value = UInt64(traced: digits) else { continue }
      values.append((String(decoding: word[..<equals], as: UTF8.self), value))
    }
  }

  /// The first value of a key.
  public subscript(key: String) -> UInt64? { values.first { $0.key == key }?.value }

  /// Whether two notes have the same name and values.
  public static func == (a: FtraceNote, b: FtraceNote) -> Bool {
    a.name == b.name && a.values.elementsEqual(b.values) { $0 == $1 }
  }
}
