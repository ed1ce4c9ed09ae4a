import Engine

/// Records zaps: a process maps a range, touches its pages and unmaps them, while the kernel's functions
/// are counted. The form is that of `zap.txt` in `docs/formats.md`.
struct ZapRecorder {
  private let guest: Guest
  private var numbers: SeededNumbers

  /// What the range is made of: the words of recordings, and the number that the first program knows.
  private enum Kind: String, CaseIterable {
    case pages = "4k"
    case folios = "thp"
    case shared = "filedirty"
    case readOnly = "filerodirty"
    case read = "fileclean"
    case copies = "fileprivdirty"

    var made: GuestRange.Kind {
      switch self {
      case .pages: .pages
      case .folios: .folios
      case .shared: .sharedWritten
      case .readOnly: .sharedReadOnly
      case .read: .sharedRead
      case .copies: .privateWritten
      }
    }
  }

  /// Where the range lies: recordings count from here.
  private static let place: UInt64 = 0x100_0000_0000

  /// What is counted, as the functions are called in 6.1, 6.12 and 7.2.
  private static let functions = [
    CountedFunction("tlb_flush_mmu"),
    CountedFunction("flush_tlb_mm_range", .pages(from: 1, to: 2, 4)),
    CountedFunction("free_pages_and_swap_cache", .number(1)),
    CountedFunction("page_remove_rmap"),
    CountedFunction("folio_remove_rmap_ptes", .number(2)),
    CountedFunction("__tlb_remove_page_size"),
    CountedFunction("__tlb_remove_folio_pages", .numbers(2, 3)),
    // struct mmu_gather_batch: next, nr.
    CountedFunction("__tlb_batch_free_encoded_pages", .word(0, offset: 8)),
    CountedFunction("tlb_flush_rmaps"),
    CountedFunction("tlb_remove_table"),
    CountedFunction("get_free_pages_noprof", .number(0)),
    CountedFunction("__get_free_pages", .number(0)),
  ]

  init(_ guest: Guest, seed: UInt64) {
    self.guest = guest
    numbers = SeededNumbers(seed: seed)
  }

  /// The recording of this many zaps.
  consuming func record(_ steps: Int) throws(LabError) -> String {
    var text = "# \(guest.facts.release) \(guest.facts.commandLine)\n"
    for _ in 0..<steps { text += try zap() }
    return text
  }

  /// One zap, with its counts.
  private mutating func zap() throws(LabError) -> String {
    let kind = numbers.pick(Kind.allCases)
    let isHuge = kind == .folios
    let pages =
      isHuge
      ? UInt64(numbers.pick([512, 1024]))
      : numbers.pick([1, 2, 33, 34, 100, 256, 512, 513, numbers.next(below: 600) + 1])
    let offset = isHuge ? UInt64(numbers.index(below: 2)) * 512 : numbers.pick([0, 0, 100, 511])
    let first = numbers.next(below: pages)
    let count = numbers.next(below: pages - first) + 1
    let operation = numbers.pick([
      "dontneed", "munmap", "part:\(first):\(count)", "mpart:\(first):\(count)", "exit",
    ])
    let start = Self.place + offset << 12
    let range = GuestRange(address: start, bytes: pages << 12, kind: kind.made)
    var text = "## zap \(kind.rawValue) pages \(pages) \(operation) offset \(offset)\n"
    if operation == "exit" { return text + (try exit(with: range)) }
    let address = try guest.carryOut(.range(range))
    guard address == Int64(bitPattern: start) else {
      throw .noMemory("a range of \(pages) pages of kind \(kind.rawValue)")
    }
    switch operation {
    case "dontneed": text += try counted(.dontNeed(start, bytes: pages << 12))
    case "munmap": text += try counted(.unmap(start, bytes: pages << 12))
    case _ where operation.hasPrefix("part"):
      text += try counted(.dontNeed(start + first << 12, bytes: count << 12))
    default: text += try counted(.unmap(start + first << 12, bytes: count << 12))
    }
    // The next range finds nothing there.
    _ = try guest.carryOut(.unmap(start, bytes: pages << 12))
    return text
  }

  /// A process that has a range exits: what else it has mapped, and the counts.
  private func exit(with range: GuestRange) throws(LabError) -> String {
    let started = try guest.carryOut(.startChild([range]))
    guard started == 0 else { throw .noMemory("a process with \(range.bytes >> 12) pages") }
    let text = try counted(.endChild, ofExit: true)
    let others = (guest.exiting?.pages ?? []).filter {
      $0.address + $0.count << 12 <= range.address || $0.address >= range.address + range.bytes
    }
    return others.map { "own 0x\(String($0.address, radix: 16)) \($0.count)\n" }.joined() + text
  }

  private func counted(_ order: GuestOrder, ofExit exit: Bool = false) throws(LabError) -> String {
    let (result, counts) = try guest.counting(Self.functions, ofExit: exit) { () throws(LabError) in
      try guest.carryOut(order)
    }
    guard result == 0 else { throw .notUnderstood("answer to an unmapping: \(result)") }
    return counts.text
  }

}
