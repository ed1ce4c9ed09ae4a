import Engine
import Language
import Narration
import Parsing
import Quiz

/// Answers to questions, computed without the code that asks: from the kernel's counters, from the
/// tables, and from the flags of the pages.
struct IndependentAnswers {
  let before: Machine
  let after: Machine
  let call: Call
  let returned: ReturnCode

  init(_ call: Call, on machine: Machine) throws {
    var copy = machine
    returned = try copy.perform(call)
    before = machine
    after = copy
    self.call = call
  }

  private var growth: Counters { after.counters.since(before.counters) }

  private func grown(_ counters: Counter...) -> Int64 {
    counters.reduce(0) { $0 + growth[$1] }
  }

  /// The page that a question names: the first `pfn:0x...`, `pfn 0x...` or `page N of area NAME` in it.
  func page(of question: Question) throws -> VirtualAddress? {
    let words = question.text.split { " ?".contains($0) }.map(String.init)
    for (index, word) in words.enumerated() {
      if word.hasPrefix("pfn:0x") { return frame(word.dropFirst(6)) }
      if word == "pfn", index + 1 < words.count { return frame(words[index + 1].dropFirst(2)) }
      if word == "page", index + 4 < words.count, words[index + 2] == "of",
        let number = UInt64(words[index + 1]), let name = Name(words[index + 4])
      {
        return try after.address(of: .area(name, page: PageCount(number)), 1)
      }
      if word == "area", index + 1 < words.count, let name = Name(words[index + 1]) {
        return after.areas.area(named: name)?.start
      }
    }
    return nil
  }

  private func frame(_ digits: Substring) -> VirtualAddress? {
    UInt64(digits, radix: 16).map { after.directMapAddress(of: PFN($0)) }
  }

  private func leaf(_ question: Question, direct: Bool = false) throws -> PageTables.Leaf? {
    guard var address = try page(of: question) else { return nil }
    if direct, AddressLayout.directMapFrame(of: address) == nil,
      let pfn = after.tables.frame(at: address)
    {
      address = after.directMapAddress(of: pfn)
    }
    return after.tables.lookup(address)
  }

  /// The answer to a question; `nil` if only the code that asks can compute it.
  func answer(to question: Question) throws -> String? {
    switch question.kind {
    case .splits:
      return before.kernel.architecture == .arm64
        ? "\(tables(after) - tables(before))" : "\(grown(.level2Splits, .level3Splits))"
    case .merges:
      let counted = grown(.level2Collapses, .level3Collapses, .level1Merges, .level2Merges)
      // No counter counts merges of areas.
      return before.kernel.countsMerges || !isUser ? "\(counted)" : nil
    case .fullFlushes:
      return growth[.flushTLBKernelRange] == 0 ? "\(growth[.flushTLBAll])" : nil
    case .flush:
      let range = growth[.flushTLBKernelRange]
      if growth[.flushTLBAll] > 0 { return "everything" }
      if growth[.flushTLBOneKernel] > 0 { return range == 0 ? "page by page" : nil }
      return range == 0 ? "not at all" : nil
    case .directMap4K:
      let change = after.directMapKilobytes(.size4K) - before.directMapKilobytes(.size4K)
      return "\(change > 0 ? "+" : "")\(change) kB"
    case .returned: return returned.name
    case .size: return try leaf(question)?.size.name ?? "none"
    case .permission: return try leaf(question).map(Self.permission)
    case .alias: return try leaf(question, direct: true).map(Self.permission)
    case .bits:
      return try leaf(question, direct: true).map { leaf in
        switch (leaf.flags.contains(.dirty), leaf.flags.contains(.global)) {
        case (true, true): "D and G"
        case (true, false): "only D"
        case (false, true): "only G"
        case (false, false): "neither"
        }
      }
    case .blockers: return try page(of: question).map { "\(odd(in: $0))" }
    case .heals:
      guard let slot = try page(of: question) else { return nil }
      var copy = after
      try copy.perform(.setMemory(.rox, .virtual(slot), 512))
      return copy.tables.lookup(slot)?.size == .size4K ? "no" : "yes"
    case .healing: return try fewest(question)
    case .undo: return try undoing(question)
    case .breaker: return nil
    case .areaLeaves, .wasted, .cached, .zapWords, .zapForced, .zapLongest, .zapReferences:
      return try counted(question)
    }
  }

  /// The fewest of the calls that a question names that make the slot one leaf, by trying all sequences
  /// of up to two; `nil` if none of these does.
  private func fewest(_ question: Question) throws -> String? {
    let text = question.text
    guard let names = text.firstRange(of: "set_memory_ of "),
      let on = text.firstRange(of: ", each on "),
      let end = text.firstRange(of: " or on all"),
      let pfn = UInt64(text[on.upperBound..<end.lowerBound].dropFirst(6), radix: 16)
    else { return nil }
    var calls: [Call] = []
    for name in text[names.upperBound..<on.lowerBound].split(separator: ", ") {
      guard let operation = SetMemory(rawValue: String(name)) else { return nil }
      calls.append(.setMemory(operation, .frame(PFN(pfn)), 1))
      calls.append(.setMemory(operation, .frame(PFN(pfn & ~511)), 512))
    }
    let slot = after.directMapAddress(of: PFN(pfn & ~511))
    let isWhole = { (machine: Machine) in machine.tables.lookup(slot)?.size ?? .size4K > .size4K }
    var ways = 0
    for first in calls {
      var one = after
      try one.perform(first)
      if isWhole(one) { return "1" }
      for second in calls {
        var two = one
        try two.perform(second)
        if isWhole(two) { ways += 1 }
      }
    }
    if ways > 0 { return "2" }
    // What takes more is not computed here, but it is not one or two.
    return ["1", "2"].contains(question.answer) ? "more" : nil
  }

  /// The choice behind which the page has the flags from before the call.
  private func undoing(_ question: Question) throws -> String? {
    guard let address = try page(of: question) else { return nil }
    let old = flags4K(before, address)
    let right = question.choices.map(\.text).filter { line in
      guard let call = try? Scenario(parsing: line, file: "choice").calls.first else {
        return false
      }
      var copy = after
      // A CPU cannot write to what is read-only or not there.
      guard (try? copy.perform(call)) != nil else { return false }
      return flags4K(copy, address) == old
    }
    return right.first ?? "none of them"
  }

  private func flags4K(_ machine: Machine, _ address: VirtualAddress) -> EntryFlags? {
    machine.tables.lookup(address).map { $0.size == .size4K ? $0.flags : $0.flags.largeTo4K }
  }

  private func counted(_ question: Question) throws -> String? {
    let area = try page(of: question).flatMap { after.areas.area(at: $0) }
    switch question.kind {
    case .areaLeaves: return area.map { "\(leaves2M(of: $0))" }
    case .wasted:
      guard let area, case .user(.vmalloc(_, let asked, _)) = call else { return nil }
      return "\((area.pages.rawValue - asked.rawValue) * 4) kB"
    case .cached: return "\(after.cachedPages.rawValue)"
    case .zapWords: return "\(after.lastZap[.words])"
    case .zapLongest: return "\(after.lastZap[.longestChunkPages])"
    case .zapReferences: return "\(after.lastZap[.refOperations])"
    default: return nil
    }
  }

  private var isUser: Bool { if case .user = call { true } else { false } }

  private static func permission(_ leaf: PageTables.Leaf) -> String {
    let flags = leaf.flags
    if !flags.contains(.present) { return "nothing: not present" }
    if flags.contains(.writable), !flags.contains(.nx) { return "RW X" }
    if !flags.isDisjoint(with: [.pwt, .pcd]), !flags.isOfArm64 { return "uncached" }
    return (flags.contains(.writable) ? "RW" : "RO") + (flags.contains(.nx) ? " NX" : " X")
  }

  /// How many entries of a 2M slot differ from what most of them are.
  private func odd(in slot: VirtualAddress) -> Int {
    let flags = (0..<512 as Range<UInt64>).map {
      after.tables.lookup(slot + PageCount($0))?.flags.rawValue ?? 0
    }
    let present = flags.filter { $0 & 1 == 1 }
    let counts = present.reduce(into: [UInt64: Int]()) { $0[$1, default: 0] += 1 }
    return 512 - (counts.values.max() ?? 0)
  }

  private func leaves2M(of area: Area) -> Int {
    var count = 0
    var page: UInt64 = 0
    while page < area.pages.rawValue {
      if after.tables.lookup(area.start + PageCount(page))?.size == .size2M { count += 1 }
      page += 512
    }
    return count
  }

  /// How many page-table pages of 4K and 2M entries the direct map has, by its leaves.
  private func tables(_ machine: Machine) -> Int {
    var tables = 0
    let range = machine.directMapRange
    for gigabyte in stride(
      from: range.lowerBound.rawValue, to: range.upperBound.rawValue, by: 1 << 30)
    {
      let runs = machine.tables.runs(from: VirtualAddress(gigabyte), pages: LeafSize.size1G.pages)
      guard runs.contains(where: { $0.size != nil && $0.size != .size1G }) else { continue }
      tables += 1
      var slots: Set<UInt64> = []
      for run in runs where run.size == .size4K {
        let last = run.start.rawValue + run.pages.rawValue * 4096 - 1
        for slot in run.start.rawValue >> 21...last >> 21 { slots.insert(slot) }
      }
      tables += slots.count
    }
    return tables
  }
}
