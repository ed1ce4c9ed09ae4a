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

    var number: UInt64 {
      switch self {
      case .pages: 0
      case .folios: 1
      case .shared: 2
      case .readOnly: 3
      case .read: 4
      case .copies: 5
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
      "dontneed", "munmap", "part:\(first):\(count)", "mpart:\(first):\(count)",
    ])
    let start = Self.place + offset << 12
    let address = try guest.carryOut(.range(start, bytes: pages << 12, kind: kind.number))
    guard address == Int64(bitPattern: start) else {
      throw .noMemory("a range of \(pages) pages of kind \(kind.rawValue)")
    }
    var text = "## zap \(kind.rawValue) pages \(pages) \(operation) offset \(offset)\n"
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

  private func counted(_ order: GuestOrder) throws(LabError) -> String {
    let (result, counts) = try guest.counting(Self.functions) { () throws(LabError) in
      try guest.carryOut(order)
    }
    guard result == 0 else { throw .notUnderstood("answer to an unmapping: \(result)") }
    return counts.text
  }

}
