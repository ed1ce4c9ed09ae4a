import Engine
import History
import Language
import Narration

/// Looks for hits in calls that are made one after the other.
struct StopWalk {
  /// The stops that the summaries of calls tell of.
  private let told: [StopList.Item]
  /// Those for which machines have to be looked at.
  private let watching: [StopList.Item]
  /// Which of them that are expressions were true after the call before.
  private var wasTrue: [Int: Bool] = [:]
  /// A machine, and the calls made since: a call that may be a hit is looked at again from there.
  private var anchor: Machine
  private var deeds: [Deed] = []
  private var counters: Counters

  /// How many calls are made before another machine is kept: keeping one costs the tables that the
  /// next calls write.
  private static let anchorDistance = 64

  /// Creates a walk that begins at a machine.
  init(_ items: [StopList.Item], from machine: Machine) {
    told = items.filter { $0.stop.condition.isTold }
    watching = items.filter { !$0.stop.condition.isTold }
    anchor = machine
    counters = machine.counters
    for item in watching {
      guard case .expression(let expression) = item.stop.condition else { continue }
      wasTrue[item.number] = !expression.isAboutCall && expression.isTrue(on: machine)
    }
  }

  /// The machine before the last call in which there was a hit.
  private(set) var machineBeforeHit: Machine?

  /// The machine before the last call that was given.
  private func machineBefore() -> Machine {
    var machine = anchor
    for deed in deeds.dropLast() { deed.redo(on: &machine) }
    return machine
  }

  /// The hits in a call that was just made, by rising moment.
  ///
  /// - Parameters:
  ///   - index: how many calls came before it.
  ///   - machine: the machine after it.
  mutating func hits(
    of deed: Deed, numbered index: Int, _ summary: CallSummary, reaching machine: Machine,
  ) -> [StopHit] {
    defer {
      if deeds.count == Self.anchorDistance {
        anchor = machine
        deeds.removeAll(keepingCapacity: true)
      }
      counters = machine.counters
    }
    deeds.append(deed)
    var suspects: [StopList.Item] = []
    addSeen(machine, summary, to: &suspects)
    // By index: an item is not copied only to be asked.
    for index in told.indices where told[index].mayBeHit(by: deed, summary) {
      suspects.append(told[index])
    }
    if suspects.isEmpty { return [] }
    let before = machineBefore()
    let hits = suspects.hits(of: deed, numbered: index, summary, on: before)
    if !hits.isEmpty { machineBeforeHit = before }
    return hits
  }

  /// Adds the stops that are watched for and that the machine after a call leaves room for.
  private mutating func addSeen(
    _ machine: Machine, _ summary: CallSummary, to seen: inout [StopList.Item],
  ) {
    let wrote = !summary.kinds.isDisjoint(with: [.wroteDirectMap, .wroteElsewhere])
    for index in watching.indices {
      switch watching[index].stop.condition {
      case .expression(let expression):
        guard expression.mayChange(by: summary) else { continue }
        let isAboutCall = expression.isAboutCall
        let growth = isAboutCall ? machine.counters.since(counters) : Counters()
        let context = Expression.Context(
          machine: machine, returned: summary.returned, growth: growth)
        let isTrue = expression.isTrue(in: context)
        let number = watching[index].number
        if isTrue, isAboutCall || wasTrue[number] != true { seen.append(watching[index]) }
        wasTrue[number] = isTrue
      case .nearMerge(let entries, let size, let region):
        guard wrote, summary.mayTouch(region, around: size) else { continue }
        let merged = !summary.kinds.isDisjoint(with: .merged(size))
        if merged || machine.isNear(entries, size, summary, region) { seen.append(watching[index]) }
      case .drift:
        if wrote, machine.mayHaveDrifted(summary) { seen.append(watching[index]) }
      case .split, .merge, .fallback, .flushFull, .call, .function, .entry, .reading, .invariant:
        break
      }
    }
  }
}

extension StopList.Item {
  /// Whether the summary of a call leaves room for a hit of a stop that it tells of.
  func mayBeHit(by deed: Deed, _ summary: CallSummary) -> Bool {
    switch stop.condition {
    case .split(let size, let region):
      !summary.kinds.isDisjoint(with: .split(size)) && summary.mayTouch(region)
    case .merge(let size, let region):
      !summary.kinds.isDisjoint(with: .merged(size)) && summary.mayTouch(region)
    case .fallback: summary.kinds.contains(.fellBack)
    case .flushFull: summary.kinds.contains(.flushedAll)
    case .call(let name): deed.call?.name == name
    case .entry(let region):
      summary.mayTouch(region)
        || deed.functions.contains { $0.written != nil }
    case .reading(let reading): reading.counters.contains { summary.moved($0) }
    // Which functions a call enters no summary tells.
    case .function: true
    case .invariant: summary.kinds.contains(.broken)
    case .nearMerge, .expression, .drift: false
    }
  }
}

extension [StopList.Item] {
  /// All hits in a call, by rising moment.
  ///
  /// - Parameter before: the machine before the call.
  func hits(
    of deed: Deed, numbered index: Int, _ summary: CallSummary, on before: Machine,
    _ progress: WorkProgress? = nil,
  ) -> [StopHit] {
    var scan = EventScan(before, deed, summary, progress)
    let last = Int(summary.events) - 1
    var hits: [StopHit] = []
    for item in self {
      if case .call(let name) = item.stop.condition, let call = deed.call, call.name == name,
        item.stop.onlyIf?.isTrue(on: before) ?? true
      {
        hits.append(
          StopHit(moment: Moment(call: index), number: item.number, finding: .call(call)))
      }
      var found = scan.hits(of: item.stop.condition, summary)
      if let onlyIf = item.stop.onlyIf { found = scan.hits(among: found, onlyIf: onlyIf, summary) }
      for (event, finding) in found {
        let isLast = event >= last
        let moment = isLast ? Moment(call: index + 1) : Moment(call: index, event: event + 1)
        hits.append(StopHit(moment: moment, number: item.number, finding: finding))
      }
    }
    return hits.sorted { ($0.moment, $0.number) < ($1.moment, $1.number) }
  }
}
