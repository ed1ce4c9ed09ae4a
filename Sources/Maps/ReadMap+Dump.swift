public import Engine
import KernelText

extension ReadMap {
  /// Reads a page-table dump, which may have any length: only its runs of leaves are kept.
  ///
  /// - Parameter base: the address of frame 0, where the user knows it; else it follows from the
  ///   headings.
  /// - Throws: ``KernelTextError``, and what the source of the bytes throws.
  public init(
    dump source: any ByteSource, base: VirtualAddress? = nil, progress: WorkProgress? = nil,
  ) throws {
    var reader = DumpReader(RunTaker(), base: base?.rawValue)
    var lines = LineStream(source)
    while try lines.advanceReadably() {
      try reader.read(lines.content, line: lines.number)
      if lines.number % 65_536 == 0, progress?.isStopped == true { break }
    }
    let form = try reader.finish()
    self = reader.taker.map(form)
    self.base = reader.base
    if let base = reader.base {
      if reader.cut.start {
        notes.append(.startIsCut(base: base))
      } else if form == .x86, base != usualLayout.pageOffset.rawValue {
        notes.append(.randomised(base: base))
      }
    }
    if reader.cut.end { notes.append(.endIsCut(reader.taker.end)) }
    if reader.cut.lastLine { notes.append(.lastLineIsCut) }
    if reader.otherLines > 0 { notes.append(.otherLines(reader.otherLines)) }
    if form == .riscv64 { notes.append(.riscv) }
    if leaves.isEmpty { throw KernelTextError.missing("leaf of the direct map") }
  }
}

extension LineStream {
  /// Goes to the next line; one that is too long is told as what is wrong with the text.
  mutating func advanceReadably() throws -> Bool {
    do {
      return try advance()
    } catch let error as LineTooLong {
      throw KernelTextError.tooLarge("\(error)")
    }
  }
}

/// Joins the lines of a dump to runs.
private struct RunTaker: DumpTaker {
  private var flags = DumpedFlags()
  private var leaves: [LeafRun] = []
  private var blanks: [Range<PFN>] = []
  private var blanksOf2M: [Range<PFN>] = []
  private var untagged: Range<PFN>?
  private var highMap: [LeafRun] = []
  private var unsafe = ReadMap.UnsafeElsewhere()
  /// The end of the last leaf.
  private(set) var end: PFN = 0

  mutating func take(
    _ entries: DumpedEntries, _ frames: Range<PFN>, _ form: DumpForm, line: Int,
  ) {
    let meaning = flags.meaning(of: entries, form)
    guard let flags = meaning.flags, let size = entries.level.leafSize else {
      switch entries.level {
      case .pte: blanks.append(frames)
      case .pmd: blanksOf2M.append(frames)
      case .pud, .p4d, .pgd: break
      }
      return
    }
    if meaning.isUntagged {
      untagged = (untagged?.lowerBound ?? frames.lowerBound)..<frames.upperBound
    }
    end = frames.upperBound
    let base = AddressLayout(form.architecture).pageOffset.rawValue
    // riscv's level alone says what is a leaf.
    let isMarked = form == .riscv64 && size != .size4K
    let run = LeafRun(
      start: VirtualAddress(base + frames.lowerBound.rawValue << 12),
      pages: frames.upperBound - frames.lowerBound, size: size,
      flags: isMarked ? flags.union(.pse) : flags)
    if let last = leaves.last, last.size == size, last.flags == flags,
      last.start + last.pages == run.start
    {
      leaves[leaves.count - 1].pages += run.pages
    } else {
      leaves.append(run)
    }
  }

  mutating func takeElsewhere(
    _ entries: DumpedEntries, _ form: DumpForm, under heading: String,
  ) {
    guard !entries.isBlank else { return }
    guard let flags = flags.meaning(of: entries, form).flags, let size = entries.level.leafSize
    else { return }
    if flags.isSuperset(of: [.present, .writable]), !flags.contains(.nx) {
      unsafe.add(
        ReadMap.UnsafeElsewhere.Part(
          start: entries.start, pages: (entries.last - entries.start) / 4096 + 1,
          heading: heading))
    }
    let window = AddressLayout.kernelMap.rawValue..<AddressLayout.modulesStart.rawValue
    guard form == .x86, window.contains(entries.start), window.contains(entries.last),
      entries.start % size.bytes == 0, (entries.last + 1) % size.bytes == 0
    else { return }
    highMap.append(
      LeafRun(
        start: VirtualAddress(entries.start),
        pages: PageCount((entries.last - entries.start) / 4096 + 1), size: size, flags: flags))
  }

  /// What was read.
  func map(_ form: DumpForm) -> ReadMap {
    var map = ReadMap(.dump(form), form.architecture)
    map.leaves = leaves
    map.blanks = blanks
    map.blanksOf2M = blanksOf2M
    map.image = form == .arm64 ? untagged : nil
    map.highMap = highMap
    map.unsafe = unsafe
    return map
  }
}
