import Engine
import KernelText

/// What takes the entries of the direct map from a dump.
protocol DumpTaker {
  /// Takes entries that are alike, by rising frame; the form is the same for all of a dump.
  mutating func take(
    _ entries: DumpedEntries, _ frames: Range<PFN>, _ form: DumpForm, line: Int,
  ) throws(KernelTextError)
  /// Takes entries of another part of the address space.
  mutating func takeElsewhere(_ entries: DumpedEntries, _ form: DumpForm, under heading: String)
}

/// Goes over a page-table dump line by line, and holds no more than what stands before the heading of
/// the direct map.
///
/// The kernel puts the first line of a part under the heading before, and a dump may be cut off at both
/// ends.
struct DumpReader<Taker: DumpTaker> {
  var taker: Taker
  /// Whose dump it is; `nil` before the first line that shows it.
  private(set) var form: DumpForm?
  /// The address of frame 0; `nil` before the direct map.
  private(set) var base: UInt64?
  /// What was seen to be missing.
  private(set) var cut = Cut()
  /// How many lines of other programs stood between.
  private(set) var otherLines = 0

  /// What of a dump is not there.
  struct Cut: Equatable {
    /// No heading stands before the direct map.
    var start = false
    /// None stands behind it.
    var end = false
    /// The last line is not whole.
    var lastLine = false
  }

  /// The address of frame 0, where the user gives it.
  private let givenBase: UInt64?
  private var place = Place.before
  private var heading = ""
  private var headings = 0
  private var before: [(entries: DumpedEntries, line: Int)] = []
  private var end: UInt64 = 0
  private var lastLine = 0
  /// A line that could not be read: of a dump that is cut off, the last one may be so.
  private var unread: (line: TextLine, expected: String)?

  private enum Place { case before, inside, behind }

  init(_ taker: Taker, base: UInt64? = nil) {
    self.taker = taker
    givenBase = base
  }

  private static var starts: [String: DumpForm] {
    [
      "Low Kernel Mapping": .x86, "Linear Mapping start": .arm64, "Linear Mapping": .arm64,
      "Linear mapping": .riscv64,
    ]
  }

  /// The headings that stand behind the direct map.
  private static var ends: Set<String> {
    ["vmalloc() Area", "vmalloc() area", "Linear Mapping end", "Modules/BPF mapping"]
  }

  /// Reads the next line.
  mutating func read(_ bytes: ArraySlice<UInt8>, line number: Int) throws(KernelTextError) {
    let (line, isMarked) = DumpLine.read(bytes)
    switch line {
    case .other:
      let isBlank = bytes.allSatisfy { $0 == 32 || $0 == 9 }
      if isBlank { return }
      let isBeforeAll = headings == 0 && before.isEmpty
      if isMarked || isBeforeAll {
        otherLines += 1
        return
      }
      try refuseUnread()
      let text = TextLine(number: number, text: Substring(String(decoding: bytes, as: UTF8.self)))
      unread = (text, "`0xSTART-0xEND SIZE FLAGS LEVEL` of a page-table dump")
    case .heading(let name):
      try refuseUnread()
      try open(name)
    case .entries(let entries):
      try refuseUnread()
      lastLine = number
      switch place {
      case .before: before.append((entries.apart, number))
      case .inside: try put(entries, number)
      case .behind: takeElsewhere(entries)
      }
    }
  }

  /// Ends the text.
  ///
  /// - Returns: whose dump it is.
  mutating func finish() throws(KernelTextError) -> DumpForm {
    if let unread {
      // A line that was cut off begins as any other does.
      guard unread.line.text.hasPrefix("0x") || unread.line.text.hasPrefix("---") else {
        throw .unexpected(unread.line, unread.expected)
      }
      cut.lastLine = true
    }
    if place == .before, headings == 0 {
      cut.start = true
      cut.end = true
      try begin(before)
    } else if place == .inside {
      cut.end = true
    }
    guard let form, base != nil else {
      throw .missing(
        "lines below `---[ Low Kernel Mapping ]---` or `---[ Linear Mapping start ]---`")
    }
    return form
  }

  private func refuseUnread() throws(KernelTextError) {
    if let unread { throw .unexpected(unread.line, unread.expected) }
  }

  private mutating func open(_ name: String) throws(KernelTextError) {
    defer {
      heading = name
      headings += 1
    }
    switch place {
    case .inside: place = .behind
    case .behind: break
    case .before:
      if let form = Self.starts[name] {
        self.form = form
        place = .inside
        return
      }
      if headings == 0, !before.isEmpty, Self.ends.contains(name) {
        cut.start = true
        try begin(before)
        place = .behind
      } else {
        for (entries, _) in before { takeElsewhere(entries) }
      }
      before = []
    }
  }

  /// Begins the direct map with lines that stood before its heading, or without one.
  private mutating func begin(
    _ lines: [(entries: DumpedEntries, line: Int)],
  ) throws(KernelTextError) {
    for (entries, line) in lines { try put(entries, line) }
  }

  private mutating func put(
    _ entries: DumpedEntries, _ line: Int,
  ) throws(KernelTextError) {
    let form = form ?? Self.form(of: entries)
    if let base { return try put(entries, form, line, base) }
    self.form = form
    let base = base(from: entries, form)
    self.base = base
    // The first entries of the map may stand under the heading before.
    let early = before
    before = []
    if place == .inside {
      for (entries, line) in early {
        if entries.start >= base {
          try put(entries, form, line, base)
        } else {
          takeElsewhere(entries)
        }
      }
    }
    try put(entries, form, line, base)
  }

  /// The form that a heading or the first entries of the map told, else what this line looks like.
  private mutating func takeElsewhere(_ entries: DumpedEntries) {
    taker.takeElsewhere(entries, form ?? Self.form(of: entries), under: heading)
  }

  private static func form(of entries: DumpedEntries) -> DumpForm {
    if entries.physical != nil { return .riscv64 }
    return entries.hasLevelFirst ? .arm64 : .x86
  }

  /// The address of frame 0. Both kinds of map begin at a multiple of 1G; riscv shows the frames
  /// themselves. Without a heading the base is that of a kernel that randomises no addresses, if the
  /// entries lie close behind it.
  private func base(from entries: DumpedEntries, _ form: DumpForm) -> UInt64 {
    if let givenBase { return givenBase }
    if let physical = entries.physical { return entries.start &- physical }
    let gibibyte: UInt64 = 1 << 30
    let own = entries.start / gibibyte * gibibyte
    guard cut.start else { return own }
    let layout = AddressLayout(
      form.architecture, hasFiveLevels: form == .x86 && VirtualAddress(own).needsFiveLevels)
    let usual = layout.pageOffset.rawValue
    return own >= usual && own - usual < 1 << 43 ? usual : own
  }

  private mutating func put(
    _ entries: DumpedEntries, _ form: DumpForm, _ line: Int, _ base: UInt64,
  ) throws(KernelTextError) {
    let isHole = entries.isBlank
    let limit = AddressLayout.pfnLimit.rawValue
    let expected = "lines by rising address, below 64 TiB"
    guard entries.start >= base, entries.start % 4096 == 0 else {
      throw wrong(entries, line, expected)
    }
    let start = (entries.start - base) / 4096
    if isHole, start >= limit { return }
    let pages = (entries.last - entries.start) / 4096 + 1
    guard start < limit, isHole || pages <= limit - start, start >= end else {
      throw wrong(entries, line, expected)
    }
    let isWhole =
      entries.level.leafSize.map {
        start % $0.pages.rawValue == 0 && pages % $0.pages.rawValue == 0
      } ?? false
    guard isHole || isWhole else {
      throw wrong(entries, line, "whole leaves of \(entries.level.rawValue)")
    }
    end = min(start + pages, limit)
    try taker.take(entries, PFN(start)..<PFN(end), form, line: line)
  }

  private func wrong(
    _ entries: DumpedEntries, _ line: Int, _ expected: String,
  ) -> KernelTextError {
    let words = Substring(String(decoding: entries.words, as: UTF8.self)).trimmingBlanks
    let text = "\(VirtualAddress(entries.start).hex) \(words)"
    return .unexpected(TextLine(number: line, text: Substring(text)), expected)
  }
}
