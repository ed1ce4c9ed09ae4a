import Engine
import Lanes
import Narration

/// What a call would change: the call made on a copy, and only the changes told.
struct WhatIf {
  private let call: Call
  private let returned: ReturnCode
  private let growth: Counters
  private var changes = ChangeLines()

  init(_ call: Call, on machine: Machine, _ progress: WorkProgress?) throws(CallError) {
    self.call = call
    var copy = machine
    var changes = ChangeLines()
    returned = try copy.perform(call, progress) { changes.add($1) }
    changes.finish()
    self.changes = changes
    growth = copy.counters.since(machine.counters)
  }

  /// The changes as lines.
  var report: Report {
    var lines = [returned == .success ? "It would return 0." : "It would return \(returned.name)."]
    lines += [LeafSize.size1G, .size2M, .size4K].compactMap { size in
      let change = growth[.directMap(size)]
      guard change != 0 else { return nil }
      return "DirectMap\(size == .size4K ? "4k" : size.name): \(change > 0 ? "+" : "")"
        + "\(NumberText.grouped(change)) leaves."
    }
    if changes.count == 0 { lines.append("No entry would change.") }
    lines += changes.first
    if changes.count > changes.first.count {
      let more = Int64(changes.count - changes.first.count)
      lines.append("And \(NumberText.grouped(more)) changes more.")
    }
    lines += changes.flushes.map { $0.sentence(.long) }
    lines.append("Nothing of this is kept.")
    return Report(title: "what if: \(call.scenarioText)", lines: lines)
  }
}

/// The changes of a call as lines, entries in a row that change alike in one; only the first are kept.
private struct ChangeLines {
  /// The first lines.
  private(set) var first: [String] = []
  /// How many lines there would be.
  private(set) var count = 0
  /// The first flushes.
  private(set) var flushes: [Event] = []
  private var row: EntryRow?

  /// The most changes that are told one by one.
  private static let listed = 400
  private static let flushesMax = 20

  mutating func add(_ event: Event) {
    if case .entryWritten(let address, let size, let old, let new) = event {
      if row?.take(address, size, old, new) == true { return }
      finish()
      row = EntryRow(address, size, old, new)
      return
    }
    if case .flushed = event, flushes.count < Self.flushesMax { flushes.append(event) }
    guard event.facts.written != nil else { return }
    finish()
    put { event.sentence(.long) }
  }

  /// Ends the row of entries that is under way.
  mutating func finish() {
    guard let row else { return }
    self.row = nil
    put { row.sentence }
  }

  private mutating func put(_ line: () -> String) {
    count += 1
    if first.count < Self.listed { first.append(line()) }
  }
}

/// Entries in a row whose flags change alike.
private struct EntryRow {
  private let start: VirtualAddress
  private let size: LeafSize
  private let old: EntryFlags
  private let new: EntryFlags
  private var count: UInt64 = 1

  init(_ address: VirtualAddress, _ size: LeafSize, _ old: Entry, _ new: Entry) {
    start = address
    self.size = size
    self.old = old.flags(size)
    self.new = new.flags(size)
  }

  /// Takes the next entry into the row, if it belongs there.
  mutating func take(
    _ address: VirtualAddress, _ size: LeafSize, _ old: Entry, _ new: Entry,
  ) -> Bool {
    guard size == self.size, address == start + PageCount(count * size.pages.rawValue),
      old.flags(size) == self.old, new.flags(size) == self.new
    else { return false }
    count += 1
    return true
  }

  var sentence: String {
    let change = { (set: String, clear: String) in
      old.changeWords(to: new, size, set: set, clear: clear)
    }
    if count == 1 { return "The \(size.name) entry of \(start.words) \(change("gains", "loses"))." }
    return
      "\(counted(count, "\(size.name) entry", "\(size.name) entries")) from \(start.words) on: each "
      + "\(change("gains", "loses"))."
  }
}
