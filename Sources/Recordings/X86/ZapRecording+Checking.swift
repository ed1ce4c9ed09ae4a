import Engine
import KernelText

extension ZapRecording {
  /// Makes every zap here and compares how often functions were entered and with what.
  ///
  /// Not compared: what only the lists of the LRU decide (`folios_put_refs`, `release_pages`).
  ///
  /// - Throws: ``X86RecordingError`` if no machine can be booted for it.
  public func check() throws(X86RecordingError) -> RecordingCheck {
    var check = RecordingCheck()
    let booted = try machine()
    var current: Machine?
    for zap in zaps {
      var machine = zap.isRest ? current ?? booted : booted
      do throws(CallError) {
        if !zap.isRest { try prepare(&machine, zap, ownPages(zap)) }
        check.add(zap.name, try compare(zap, &machine))
      } catch {
        check.add(zap.name, .different("\(error)"))
      }
      current = machine
    }
    return check
  }

  private func machine() throws(X86RecordingError) -> Machine {
    guard var description = MachineDescription(builtIn: "teaching-4g") else {
      throw X86RecordingError(line: nil, reason: "there is no machine to zap on")
    }
    let words = release.split(separator: " ")
    description.cpu[.initOnFree] = words.contains("init_on_free=1")
    description.cpu[.pagePoisoning] = words.contains("page_poison=1")
    do {
      return try Machine(booting: description, kernel: kernel)
    } catch {
      throw X86RecordingError(line: nil, reason: "\(error)")
    }
  }
}

// MARK: - The process

extension ZapRecording {
  /// What the program itself has mapped when it ends.
  private struct OwnPages {
    var pages: UInt64 = 0
    /// Those above the range, of the stack and the like.
    var high: UInt64 = 0
    var tables: UInt64 = 0
  }

  private static let text = Name("text")
  private static let stack = Name("stack")
  private static let range = Name("range")
  /// Where the recorder's program has its range.
  private static let place: VirtualAddress = 0x100_0000_0000

  /// The program's own pages and page tables: what an exit removed more than the range has. They
  /// differ from run to run, as the places of the stack do.
  private func ownPages(_ zap: Zap) -> OwnPages {
    var own = OwnPages()
    guard zap.operation == "exit" else { return own }
    let all = zap.logs["folio_remove_rmap_ptes"]?.sum ?? zap.calls["page_remove_rmap"] ?? 0
    own.pages = all >= zap.pages ? all - zap.pages : 0
    // Where the range differs from the program's pages, the log shows where it ends.
    let runs = zap.logs["__tlb_remove_folio_pages"]?.runs ?? []
    own.high = runs.count > 2 ? runs.last.map { UInt64($0.count) } ?? 3 : 3
    var tables = zap.calls[kernel.batchesPageTables ? "tlb_remove_table" : "__tlb_remove_page_size"]
    // On kernels that take pages one by one both are counted together.
    if !kernel.batchesZap { tables = tables.map { $0 >= all ? $0 - all : 0 } }
    let ofRange = zap.pages == 0 ? 0 : (zap.offset % 512 + zap.pages + 511) / 512 + 2
    own.tables = tables.map { $0 >= ofRange ? $0 - ofRange : 0 } ?? 9
    return own
  }

  private func traits(_ zap: Zap) -> UserRange.Traits {
    switch zap.kind {
    case "filedirty": return [.file, .dirty]
    case "filerodirty": return .file
    case "fileclean":
      let isDirty =
        zap.firstEntry.map { EntryFlags(rawValue: $0).contains(.dirty) }
        ?? kernel.marksSharedReadsDirty
      return isDirty ? [.file, .dirty] : .file
    default: return .dirty
    }
  }

  private func order(_ zap: Zap) -> Int {
    switch zap.kind {
    case "thp": 9
    case "mthp": max(0, (zap.folioKilobytes ?? 4) / 4).trailingZeroBitCount
    default: 0
    }
  }

  private func prepare(
    _ machine: inout Machine, _ zap: Zap, _ own: OwnPages,
  ) throws(CallError) {
    if let name = Self.range, zap.pages > 0 {
      try machine.perform(
        .process(
          .mmap(
            name, PageCount(zap.pages), order: order(zap), traits(zap),
            at: Self.place + PageCount(zap.offset))))
    }
    if !zap.own.isEmpty { return try prepareOwn(&machine, zap, tables: own.tables) }
    guard own.pages > 0 else { return }
    // Text and stack have a table of each level; each table more has a page of its own.
    let others = Int(clamping: own.tables) - 6
    let single = max(0, min(others, Int(clamping: own.pages) - Int(clamping: own.high)))
    for index in 0..<single {
      guard let name = Name("part\(index)") else { continue }
      try machine.perform(
        .process(
          .mmap(name, 1, order: 0, [], at: VirtualAddress(0x80_0000 + UInt64(index) << 21))))
    }
    let stack = min(own.high, own.pages)
    if let name = Self.stack {
      try machine.perform(
        .process(
          .mmap(name, PageCount(stack), order: 0, [], at: VirtualAddress(0x7fff_ffff_0000))))
    }
    let text = own.pages - stack - UInt64(single)
    if text > 0, let name = Self.text {
      try machine.perform(
        .process(.mmap(name, PageCount(text), order: 0, [], at: VirtualAddress(0x40_0000))))
    }
  }

  /// Maps what the recorded process had besides the range, with as many page tables as the kernel counted. Empty
  /// ones are left over from what it had unmapped before.
  private func prepareOwn(
    _ machine: inout Machine, _ zap: Zap, tables: UInt64,
  ) throws(CallError) {
    let ranges = zap.own.filter { $0.pages > 0 }
    var slots: [Set<UInt64>] = [[], [], []]
    for (index, own) in ranges.enumerated() {
      guard let name = Name("own\(index)") else { continue }
      try machine.perform(.process(.mmap(name, own.pages, order: 0, [], at: own.start)))
      for page in 0..<own.pages.rawValue {
        let address = (own.start + PageCount(page)).rawValue
        for level in slots.indices { slots[level].insert(address >> UInt64(21 + 9 * level)) }
      }
    }
    guard let last = ranges.last else { return }
    let missing = Int(clamping: tables) - slots.reduce(0) { $0 + $1.count }
    var slot = (last.start.rawValue >> 30) << 9
    for index in 0..<max(0, min(missing, 64)) {
      while slots[0].contains(slot) { slot += 1 }
      slots[0].insert(slot)
      guard let name = Name("table\(index)") else { continue }
      // MADV_DONTNEED of a page leaves its table.
      try machine.perform(
        .process(.mmap(name, 1, order: 0, [], at: VirtualAddress(slot << 21))))
      try machine.perform(.process(.zap(name, nil)))
    }
  }

  private func call(_ zap: Zap) -> ProcessCall? {
    guard let name = Self.range else { return nil }
    if zap.isRest { return .zap(name, nil) }
    let words = zap.operation.split(separator: ":")
    func part() -> ProcessCall.Part? {
      guard words.count == 3, let first = UInt64(decimal: words[1]),
        let count = UInt64(decimal: words[2])
      else { return nil }
      return ProcessCall.Part(first: PageCount(first), count: PageCount(count))
    }
    return switch words.first {
    case "dontneed": .zap(name, nil)
    case "munmap": .munmap(name, nil)
    case "exit": .exitMmap
    case "part": part().map { .zap(name, $0) }
    case "mpart": part().map { .munmap(name, $0) }
    default: nil
    }
  }
}

// MARK: - Comparing

extension ZapRecording {
  private func compare(
    _ zap: Zap, _ machine: inout Machine,
  ) throws(CallError) -> RecordingCheck.Outcome {
    guard let call = call(zap) else { return .different("\(zap.operation) is no way to unmap") }
    if let pages = zap.batchPages {
      try machine.perform(.policy(.failPages(after: Int(clamping: pages))))
    }
    var log = EventLog()
    try machine.perform(.process(call), into: &log)
    let own = ZapCounting(log.events, kernel, isExit: zap.operation == "exit")
    var differences: [String] = []
    for name in zap.calls.keys.sorted() {
      guard let ours = own.calls[name], let theirs = zap.calls[name] else { continue }
      if let log = zap.logs[name], let mine = own.logs[name] {
        guard mine != log else { continue }
        differences.append("\(name) \(mine.shortText), the kernel \(log.shortText)")
      } else if ours != theirs, own.logs[name] == nil || zap.logs[name] == nil {
        differences.append("\(name) \(ours) times, the kernel \(theirs)")
      }
    }
    if differences.isEmpty { return .equal }
    if isDivided(zap, own) {
      return .indeterminate(
        "the timer asked for a reschedule inside a page table, which was zapped in parts")
    }
    return .different(differences.joined(separator: "; "))
  }

  /// Whether all that differs is that the kernel left some page tables early and entered them again:
  /// the flushes of the parts cover together what one flush covers here, and the pages are as many.
  private func isDivided(_ zap: Zap, _ own: ZapCounting) -> Bool {
    let (mine, theirs) = (own.logs["flush_tlb_mm_range"], zap.logs["flush_tlb_mm_range"])
    guard let mine, let theirs, own.calls["tlb_flush_rmaps"] != nil,
      theirs.count > mine.count
    else { return false }
    for name in ["folio_remove_rmap_ptes", "__tlb_remove_folio_pages", "free_pages_and_swap_cache"]
    where own.logs[name]?.sum != zap.logs[name]?.sum { return false }
    for name in ["page_remove_rmap", "tlb_remove_table"] {
      if let recorded = zap.calls[name], recorded != own.calls[name] { return false }
    }
    if zap.operation == "exit" { return true }
    // Part by part: each flush here is one there, or the sum of several.
    var parts = theirs.items[...]
    for item in mine.items {
      var sum: UInt64 = 0
      while sum < item.first, let part = parts.popFirst() { sum &+= part.first }
      guard sum == item.first else { return false }
    }
    return parts.isEmpty
  }
}

extension RecordedLog {
  fileprivate var items: [Item] { runs.flatMap { Array(repeating: $0.item, count: $0.count) } }
}
