import Engine
import History
import Lanes
import Language
import Scenarios
import Screen

/// The debugger without a screen: lines go in, sentences come out. It drives the same model as the
/// screen, with the same commands and keys.
///
/// ```swift
/// var session = PlainSession(model)
/// for line in session.opening + session.answers(to: "step") { print(line) }
/// ```
public struct PlainSession: Sendable {
  /// What the screen would show.
  public internal(set) var model: Model
  /// How lines leave.
  public let text: PlainText
  /// The status that ended it; `nil` as long as it goes on.
  public internal(set) var quitStatus: Int32?
  /// What is to be done outside: files to save and to open.
  var errands: [Effect] = []
  /// Whether calls are being told one after the other.
  var isPlaying = false
  /// Whether that goes past the places where a scenario pauses.
  var playsThrough = false
  /// Whether every event is told, those too that only repeat or complete others.
  var tellsEverything = false
  /// The question before a call that the next line answers.
  var waiting: Prompt?
  /// Whether calls are told on when it is answered.
  var resumesPlaying = false
  /// How many claims did not hold.
  var failedClaims = 0

  /// A session on a model, where it stands.
  public init(_ model: Model, text: PlainText = PlainText()) {
    self.model = model
    self.text = text
  }

  /// Where long work tells how far it is, and looks whether it is to stop; then the session is of no use
  /// any more.
  public var progress: WorkProgress? {
    get { model.progress }
    set { model.progress = newValue }
  }

  /// Whether a line ended it.
  public var isOver: Bool { quitStatus != nil }

  /// The exit status: that of the end; 1 if a claim did not hold.
  public var status: Int32 {
    if let quitStatus, quitStatus != 0 { return quitStatus }
    return failedClaims > 0 ? 1 : 0
  }

  /// What is said first.
  public var opening: [String] {
    var lines: [String] = []
    for lane in lanes {
      let setup = lane.setup
      lines.append(
        lane.titled("The machine \(setup.description.name) runs \(setup.software)."))
    }
    let calls = model.timeline.steps.count
    if let file = model.lane.setup.file {
      lines.append(
        "\(file) has \(calls == 1 ? "1 call" : "\(calls) calls"); this is before the first.")
    }
    if let notice = model.notice { lines.append(notice.text.fullStop) }
    lines.append("The word help lists what you can type, step goes forward by one event.")
    return lines.map(text.line)
  }

  /// Answers a line. What ``next()`` still has to say comes behind it.
  public mutating func line(_ line: String) -> [String] {
    guard !isOver else { return [] }
    isPlaying = false
    return carryOut(line).map(text.line)
  }

  /// Lets the program around it do what lines asked for, files to save and to open, and tells what came
  /// of it.
  public mutating func runErrands(_ carryOut: (Effect, inout Model) -> Void) -> [String] {
    let waiting = errands
    errands = []
    return waiting.flatMap { effect in
      change(.jump) { model in
        carryOut(effect, &model)
        return []
      }
    }.map(text.line)
  }

  /// The sentences of the next call, while calls are told one after the other; `nil` when that is over.
  public mutating func next() -> [String]? {
    guard isPlaying else { return nil }
    return playOn().map(text.line)
  }

  /// Tells all that is left, from here to the end.
  public mutating func playAll() {
    // Nobody answers.
    model.predict(false)
    isPlaying = true
    playsThrough = true
  }

  /// Answers a line with all that it has to say.
  public mutating func answers(to line: String) -> [String] {
    var lines = self.line(line)
    while let more = next() { lines += more }
    return lines
  }

  /// The lane in charge, and then the others.
  var lanes: [Lane] { [model.lane] + model.lanes.others.map { model.lanes.list[$0] } }
}

// MARK: - Changing the model

extension PlainSession {
  /// What is compared to find out what changed.
  struct Place: Equatable {
    var moment: Moment
    var branch: Int
    var setup: BootSetup
    var selection: PFN
    var focus: LeafSize

    init(_ model: Model) {
      moment = model.timeline.moment
      branch = model.timeline.current
      setup = model.lane.setup
      selection = model.selection
      focus = model.focus
    }
  }

  /// Changes the model as a key or a line does, and tells what came of it.
  mutating func change(_ way: PlainWay, _ change: (inout Model) -> [Effect]) -> [String] {
    let before = Place(model)
    let beside = model.lanes.list.map(\.timeline.moment)
    model.lane.isFlashing = false
    model.notice = nil
    for effect in change(&model) {
      switch effect {
      case .quit(let status): quitStatus = status
      case .save, .open: errands.append(effect)
      case .startRecording, .stopRecording:
        model.say("there is no screen to record; play without --plain", .failed)
      case .suspend, .redraw, .mouse, .bell, .tick, .noTick: break
      }
    }
    model.lane.show(model.options.traceDepth)
    model.lane.moveMap()
    model.lanes.keepTogether()
    let lines = closeLayers() + told(since: before, beside, way)
    model.tellScoreAtEnd()
    return lines + closeLayers()
  }

  private mutating func told(
    since before: Place, _ beside: [Moment], _ way: PlainWay,
  ) -> [String] {
    let after = Place(model)
    var lines: [String] = []
    if let notice = model.notice {
      lines.append(Self.sentence(notice))
      model.notice = nil
    }
    if before == after { return lines }
    guard before.setup == after.setup,
      before.moment != after.moment || before.branch != after.branch
    else {
      if before.selection != after.selection {
        lines.append(model.lane.titled(model.lane.plainSelection))
      }
      if before.focus != after.focus {
        lines.append("Moving goes by slots of \(after.focus.name).")
      }
      return lines
    }
    // On another branch the same numbers are other calls; a call that was made began it.
    let way = before.branch != after.branch && way != .made ? .jump : way
    let chosen = tellsEverything && way != .jump ? .everything : way
    // Notes are the scenario's, so they are told once and belong to no lane.
    lines += model.lane.plainWay(from: before.moment, chosen)
      .map { $0.hasPrefix(Lane.notePrefix) ? $0 : model.lane.titled($0) }
    for index in model.lanes.others where beside.indices.contains(index) {
      let other = model.lanes.list[index]
      lines += other.plainWay(from: beside[index], chosen)
        .filter { !$0.hasPrefix(Lane.notePrefix) }.map(other.titled)
    }
    return lines + model.displayLines.map(\.fullStop)
  }

  /// A notice as a sentence; what failed and is none says so.
  static func sentence(_ notice: Notice) -> String {
    let text = notice.text.fullStop
    if notice.kind == .done || text.first?.isUppercase == true { return text.capital }
    return "Not done: \(text)"
  }

  /// Tells what would lie over the map, and takes it away.
  private mutating func closeLayers() -> [String] {
    var lines: [String] = []
    for layer in model.layers {
      switch layer {
      case .report(let report) where report == model.branchReport: lines += branches
      case .report(let report):
        lines.append(report.title.capital.fullStop)
        lines += report.lines.map(\.fullStop)
      case .stops: lines += stops
      case .calls:
        lines.append("These calls can be made; help NAME explains one.")
        lines += CallMenu.commands.map { "\($0.usage): \($0.help.fullStop)" }
      case .choices(let list): lines += list.plainLines(model.lane)
      case .views: lines += ViewMenu.plainLines
      case .help: lines += PlainHelp.overview
      case .leaving: quitStatus = 0
      // Lessons have no plain mode.
      case .resuming: break
      case .prediction(let prompt): lines += ask(prompt)
      case .line: lines.append("Write the rest on the same line; help explains how.")
      }
    }
    model.layers = []
    return lines
  }

  private var branches: [String] {
    let timeline = model.timeline
    return timeline.branches.enumerated().map { index, branch in
      let own = branch.end - branch.fork
      var line = "Branch \(branch.name) has \(own == 1 ? "1 call" : "\(own) calls") of its own"
      if let parent = branch.parent {
        line += " and leaves \(timeline.branches[parent].name) after call \(branch.fork)"
      } else if timeline.branches.count(where: { $0.parent == nil }) > 1 {
        line += " and begins with \(model.lane.setup(ofRoot: index).software)"
      }
      return line + (index == timeline.current ? "; this is the current one." : ".")
    }
  }

  private var stops: [String] {
    if model.stops.isEmpty { return ["No stop is set; break and watch set one."] }
    return model.stops.items.map { item in
      let hits = item.hits == 1 ? "1 hit" : "\(item.hits) hits"
      let state = item.stop.isEnabled ? "is on" : "is off"
      return "Stop \(item.number), \(item.stop.scenarioText), \(state), with \(hits) so far."
    }
  }
}
