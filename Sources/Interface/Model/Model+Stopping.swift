import Engine
import History
import Keys
import Lanes
import Language
import Scenarios

// Going on to where a stop is hit, and back to one.

extension Model {
  /// How many hits in a row may pass by: ignored ones, and those whose commands go on.
  private static let passedMax = 100_000

  /// Goes to the next hit of a stop, or the one before; without one to the end, or the beginning.
  mutating func runOn(forwards: Bool) {
    if forwards, predictions.isOn {
      if !asks(before: .runOn) { runThroughCall() }
      return
    }
    let start = timeline.moment
    let before = machine
    hasBegun = true
    var passed = 0
    for _ in 0..<Self.passedMax {
      guard let hit = timeline.nextHit(of: stops, forwards: forwards) else { break }
      timeline.go(to: hit.moment)
      let stop = stops.items.first { $0.number == hit.number }?.stop
      passed += 1
      guard stops.hit(hit.number) else { continue }
      arrive(from: before, at: start, isStop: true)
      select(hit.finding)
      say(hit, stop)
      if !carryOut(stop?.commands ?? []) { return }
    }
    let target = forwards ? timeline.end : .start
    if timeline.moment != target { timeline.go(to: target) }
    guard timeline.moment != start else {
      say(forwards ? "This is the end." : "This is the beginning.", .failed)
      return
    }
    arrive(from: before, at: start)
    let place = forwards ? "the end" : "the beginning"
    say(
      stops.isEmpty
        ? "No stop is set: this is \(place). \(keymap.key(.commandLine))break and "
          + "\(keymap.key(.commandLine))watch set one."
        : passed > 0
          ? "\(passed) hits were passed without stopping: this is \(place)."
          : "No stop is hit up to here: \(place).")
  }

  /// Stops inside a call that was made by hand, as a debugger would, where a stop is hit in it.
  ///
  /// - Parameter place: how many calls come before it.
  mutating func stopInCall(_ place: Int, from before: Machine) {
    guard !stops.isEmpty else { return }
    let start = Moment(call: place)
    let end = timeline.moment
    for hit in timeline.hits(of: stops, after: start, through: end) {
      guard stops.hit(hit.number) else { continue }
      let stop = stops.items.first { $0.number == hit.number }?.stop
      if timeline.moment != hit.moment {
        timeline.go(to: hit.moment)
        arrive(from: before, at: start, isStop: true)
      }
      select(hit.finding)
      say(hit, stop)
      if !carryOut(stop?.commands ?? []) { return }
    }
    guard timeline.moment != end else { return }
    timeline.go(to: end)
    arrive(from: before, at: start)
  }

  /// The first stop that is really hit between a moment and the cursor, for a player.
  mutating func hitOnTheWay(from start: Moment) -> StopHit? {
    timeline.hits(of: stops, after: start, through: timeline.moment).first {
      stops.hit($0.number)
    }
  }

  /// Says what a stop found.
  mutating func say(_ hit: StopHit, _ stop: Stop? = nil) {
    guard hit.number > 0 else {
      say(
        "\(hit.finding.sentence) \(keymap.key(.commandLine))report FILE writes it down.", .failed)
      return
    }
    let stop = stop ?? stops.items.first { $0.number == hit.number }?.stop
    say("Stop \(hit.number), \(hit.condition(of: stop)): \(hit.finding.sentence)")
  }

  /// Asks for a report of what the engine did wrong to be written to a file; what is wrong otherwise.
  ///
  /// - Parameter replacing: which file that is there may go.
  mutating func report(
    to path: String, replacing: Replacing = .nothing,
  ) -> ScreenCommand.Answer {
    guard !path.isEmpty else { return .failed("say where to: report FILE") }
    let calls = timeline.moment.call
    var broken: Machine.BrokenInvariant?
    do throws(Machine.BrokenInvariant) {
      try machine.checkInvariants()
    } catch {
      broken = error
    }
    guard let broken else {
      return .failed("nothing is wrong here: all that must hold of a machine holds")
    }
    do throws(SessionError) {
      let report = BugReport(
        .broken(broken), after: calls, on: machine, way: try session.text())
      files.writing = Writing(path: path, what: "report")
      return ScreenCommand.Answer(effects: [
        .save(path: path, text: report.text, replacing: replacing, command: "report")
      ])
    } catch {
      return .failed(error.description)
    }
  }

  /// Carries out the lines of a stop; whether one of them wants to go on.
  private mutating func carryOut(_ lines: [String]) -> Bool {
    var goesOn = false
    let found = notice?.text ?? ""
    for line in lines {
      if line == "continue" || line == "reverse-continue" {
        goesOn = true
        continue
      }
      let answer = runCommand(line, remembering: false)
      if let error = answer.error {
        say("\(found) Then \(line): \(error)", .failed)
        return false
      }
      if let said = notice?.text, said != found { say("\(found) \(said)") }
    }
    return goesOn
  }

  /// Goes to the next event of a kind, or the one before; the stops that are set do not count.
  mutating func goToNext(_ kind: EventKind, forwards: Bool) -> String? {
    var moment: Moment?
    if let kinds = kind.summaryKinds {
      let place = timeline.moment
      let isInside = place.event > 0
      let calls =
        forwards
        ? place.call + (isInside ? 1 : 0)..<timeline.end.call
        : 0..<max(0, place.call - (isInside ? 0 : 1))
      moment = timeline.steps.index(of: kinds, in: calls, backwards: !forwards)
        .map { Moment(call: $0 + 1) }
    } else {
      var wanted = StopList()
      for condition in kind.conditions { _ = wanted.add(Stop(condition)) }
      moment = timeline.nextHit(of: wanted, forwards: forwards)?.moment
    }
    guard let moment else {
      return "no \(kind.words) \(forwards ? "comes" : "lies before here")"
    }
    go(to: moment)
    return nil
  }

  /// Shows the page that a hit is about.
  private mutating func select(_ finding: StopHit.Finding) {
    let address: VirtualAddress? =
      switch finding {
      case .near(let address, _, _): address
      case .drift(let drift): drift.slot
      case .event, .wrote, .entered, .call, .expression, .broken: nil
      }
    guard let pfn = address.flatMap(AddressLayout.directMapFrame) else { return }
    // Inside the slot the page stays the one that was written.
    let size = finding.size ?? .size2M
    if selection.alignedDown(to: size) != pfn { lane.select(pfn) }
  }
}

extension StopHit {
  /// The stop as a user wrote it; one that has gone is known by its number alone.
  fileprivate func condition(of stop: Stop?) -> String {
    stop?.condition.scenarioText ?? "gone"
  }
}

extension StopHit.Finding {
  fileprivate var size: LeafSize? {
    switch self {
    case .near(_, let size, _): size
    case .drift(let drift): drift.size
    case .event, .wrote, .entered, .call, .expression, .broken: nil
    }
  }
}

/// A kind of event that time can be searched for; raw values are the words for it.
enum EventKind: String, CaseIterable, Sendable {
  case split, merge, flush, failure, fallback, change

  /// What tells it inside a call.
  fileprivate var conditions: [Stop.Condition] {
    switch self {
    case .split: [.split(nil, nil)]
    case .merge: [.merge(nil, nil)]
    case .flush: [.flushFull]
    case .fallback: [.fallback]
    case .change: [.split(nil, nil), .merge(nil, nil)]
    case .failure: []
    }
  }

  /// The kind in a sentence.
  fileprivate var words: String { self == .change ? "split or merge" : rawValue }

  /// What tells it of a whole call.
  fileprivate var summaryKinds: CallSummary.Kinds? { self == .failure ? [.failed, .stopped] : nil }
}
