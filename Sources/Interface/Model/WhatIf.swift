import Engine
import Scenarios

/// What a call would change: the call made on a copy, and only the changes told.
struct WhatIf {
  private let call: Call
  private let returned: ReturnCode
  private let events: [Event]
  private let growth: Counters

  /// The most changes that are told one by one.
  private static let listed = 400

  init(_ call: Call, on machine: Machine) throws(CallError) {
    self.call = call
    var copy = machine
    var log = EventLog()
    returned = try copy.perform(call, into: &log)
    events = log.events
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
    let changes = changes
    if changes.isEmpty { lines.append("No entry would change.") }
    lines += changes.prefix(Self.listed)
    if changes.count > Self.listed {
      lines.append("And \(NumberText.grouped(Int64(changes.count - Self.listed))) changes more.")
    }
    let flushes = events.filter { if case .flushed = $0 { true } else { false } }
    lines += flushes.prefix(20).map { $0.sentence(.long) }
    lines.append("Nothing of this is kept.")
    return Report(title: "what if: \(call.scenarioText)", lines: lines)
  }
}

extension WhatIf {
  /// What would change, entries in a row that change alike in one sentence.
  private var changes: [String] {
    var lines: [String] = []
    var row: EntryRow?
    for event in events where event.facts.written != nil {
      if case .entryWritten(let address, let size, let old, let new) = event {
        if row?.take(address, size, old, new) == true { continue }
        if let row { lines.append(row.sentence) }
        row = EntryRow(address, size, old, new)
      } else {
        if let row { lines.append(row.sentence) }
        row = nil
        lines.append(event.sentence(.long))
      }
    }
    if let row { lines.append(row.sentence) }
    return lines
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
    return "\(count) \(size.name) entries from \(start.words) on: each "
      + "\(change("gains", "loses"))."
  }
}
