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
    let changes = events.filter { $0.isChangeOfMap }
    if changes.isEmpty { lines.append("No entry would change.") }
    lines += changes.prefix(Self.listed).map { $0.sentence(.long) }
    if changes.count > Self.listed {
      lines.append("And \(NumberText.grouped(Int64(changes.count - Self.listed))) changes more.")
    }
    let flushes = events.filter { if case .flushed = $0 { true } else { false } }
    lines += flushes.prefix(20).map { $0.sentence(.long) }
    lines.append("Nothing of this is kept.")
    return Report(title: "what if: \(call.scenarioText)", lines: lines)
  }
}

extension Event {
  /// Whether the event writes, splits, merges, makes or takes away entries.
  fileprivate var isChangeOfMap: Bool {
    switch self {
    case .entryWritten, .tableInstalled, .tableFreed, .mapped, .unmapped: true
    default: false
    }
  }
}
