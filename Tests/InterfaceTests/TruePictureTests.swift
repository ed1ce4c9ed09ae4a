import Engine
import History
import Language
import Lessons
import Parsing
import Recordings
import Scenarios
import Screen
import TestSupport
import Testing

@testable import Interface
@testable import Lanes
@testable import Views

/// The picture is always true: what a lane keeps from step to step, and reads again only where a step
/// changed something, is what it would read from nothing. For every scenario, lesson and recording of
/// the project, forwards and backwards.
@Suite struct TruePictureTests {
  private static let scenarios = ProjectFiles.list("Assets/scenarios", ending: "dmap")
  private static let lessons = LessonText.all.map(\.name)
  private static let recordings = ProjectFiles.list("Assets/recordings", ending: "jsonl")
    // They are compared, and have no steps that a player shows.
    .filter { !$0.contains("/merge-on-free-2022/") }

  /// Besides the panels, at every eighth place: the trace, the inspector, the sums and the sentences.
  @Test(arguments: scenarios) func `a scenario shows what is there, event by event`(
    path: String,
  ) throws {
    try Self.walk(try Self.scenario(try ProjectFiles.text(path), path), path, screenEvery: 8)
  }

  @Test(arguments: lessons) func `a lesson shows what is there, event by event`(
    name: String,
  ) throws {
    let lesson = try #require(LessonText.all.first { $0.name == name })
    try Self.walk(try Self.scenario(lesson.text, name), name)
  }

  @Test(arguments: recordings) func `a recording shows what was there, event by event`(
    path: String,
  ) throws {
    try Self.walk(try Self.recording(path), path)
  }

  // MARK: - What is played

  private static func scenario(_ text: String, _ name: String) throws -> Model {
    let scenario = try Scenario(
      parsing: text, file: name, machines: MachineDescription.builtIn.map(\.name))
    let builtIn = scenario.machine.flatMap(MachineDescription.init(builtIn:))
    let description = scenario.configured(try #require(scenario.ownMachine ?? builtIn))
    let kernel = scenario.kernel(on: description, .linux7_2)
    let setup = BootSetup(description, kernel: kernel, policies: scenario.policies, file: name)
    let machine = try Machine(
      booting: description, kernel: kernel, options: BootOptions(policies: scenario.policies))
    return try Model(playing: scenario.statements, on: Lane(machine, setup: setup))
  }

  private static func recording(_ path: String) throws -> Model {
    let bytes = try ProjectFiles.bytes(path)
    let observations: [Observation]
    let machine: Machine
    let name: String
    if GroupingRecording.recognizes(bytes) {
      let recording = try GroupingRecording(reading: bytes)
      observations = recording.perform().calls.map { Observation(asSimulated: $0) }
      (machine, name) = (recording.machine, recording.kernelName)
    } else {
      let recording = try Recording(reading: bytes)
      observations = recording.observed().map { step in
        guard let events = step.events else { return Observation(asSimulated: step.call) }
        return Observation(events, call: step.call, returned: step.returned)
      }
      (machine, name) = (recording.machine, recording.kernelName)
    }
    let description = MachineDescription(name: path, e820: [], cpu: machine.cpu, image: nil)
    var setup = BootSetup(description, kernel: machine.kernel, file: path)
    setup.policies = try PolicySet(machine.policies)
    return Model(playing: observations, of: name, on: machine, setup: setup)
  }

  // MARK: - Where it is looked at

  /// Histories of at most so many events are looked at behind each of them; recordings, which are
  /// hundreds and much alike, where they are a quarter as long.
  private static let wholeLimit = 240
  /// In longer ones, so many events of each shape (of a kind, with the same flags, function or counter)
  /// are looked at, before and behind, and of recordings one. Besides, the ends of the calls that
  /// have one, and of others as far apart as gives so many, of recordings a third. Of a call with more
  /// events than are kept at a time, the first part and the last are searched for shapes.
  private static let eachShape = 2
  private static let calls = 12

  /// The moments at which a history is looked at, in order.
  static func moments(of timeline: Timeline, isRecording: Bool = false) -> [Moment] {
    var timeline = timeline
    let wholeLimit = isRecording ? wholeLimit / 4 : wholeLimit
    let eachShape = isRecording ? 1 : eachShape
    let total = timeline.steps.indices.reduce(0) { $0 + timeline.eventCount(ofCall: $1) }
    let isWhole = total <= wholeLimit
    let stride = max(1, timeline.steps.count / (isRecording ? calls / 3 : calls))
    var seen: [EventShape: Int] = [:]
    var moments: Set<Moment> = [.start, timeline.end]
    for call in timeline.steps.indices {
      if isWhole || call % stride == 0 { moments.insert(Moment(call: call)) }
      var searched = 0
      for place in [0, timeline.eventCount(ofCall: call) - 1] where place >= searched {
        let part = timeline.events(ofCall: call, around: place)
        for index in part.indices where index >= searched {
          let count = seen[part[index].shape, default: 0]
          guard isWhole || count < eachShape else { continue }
          seen[part[index].shape] = count + 1
          moments.insert(Moment(call: call, event: index))
          moments.insert(Moment(call: call, event: index + 1))
        }
        searched = part.endIndex
      }
    }
    return moments.sorted()
  }

  /// Goes through a history and back, and looks at what is shown.
  ///
  /// - Parameter distance: at every how many places to look at the whole screen; 0: nowhere.
  private static func walk(_ start: Model, _ name: String, screenEvery distance: Int = 0) throws {
    var model = start
    let moments = moments(of: model.timeline, isRecording: model.lane.source != .calls)
    var read = try check(model, after: [], name)
    func look(at place: Int) throws {
      try go(to: moments[place], in: &model, &read, name)
      guard distance > 0, place % distance == 0 else { return }
      try checkScreen(model, "\(name): \(moments[place])")
    }
    for place in moments.indices { try look(at: place) }
    // Back without following, so that changes come and go in panels that stay where they are.
    model.options.followsChanges = false
    for place in moments.indices.reversed() { try look(at: place) }
  }

  private static func go(
    to moment: Moment, in model: inout Model, _ read: inout [PanelPicture], _ name: String,
  ) throws {
    let before = model.timeline.moment
    model.go(to: moment)
    guard model.timeline.moment != before else { return }
    // After a jump the changes are those of the call that it arrived behind.
    let isJump = abs(before.call - moment.call) > 1
    read = try check(model, after: isJump ? [] : read, "\(name): \(before) to \(moment)")
  }

  // MARK: - What is looked at

  /// - Parameter before: the panels as they were read at the moment from which changes count; empty
  ///   where they must be read for this.
  /// - Returns: the panels as they are read here.
  private static func check(
    _ model: Model, after before: [PanelPicture], _ place: String,
  ) throws -> [PanelPicture] {
    let lane = model.lane
    let read = MapPicture(
      lane.machine, around: lane.page, in: lane.place.space, changes: lane.changes)
    let isSame = lane.map.panels == read.panels && lane.map.leaves == read.leaves
    try #require(isSame, "\(place): the panels are not what is read from nothing")
    let changed = Changes(from: lane.previous, to: lane.machine)
    let isTold =
      changed.stretches.allSatisfy { lane.changes.stretches.cover($0.frames) }
      && changed.elsewhere.allSatisfy { lane.changes.elsewhere.cover($0.frames) }
    try #require(isTold, "\(place): entries changed that no event tells of")
    try checkMarks(lane, after: before, place)
    return read.panels
  }

  private static func checkScreen(_ model: Model, _ place: String) throws {
    var fresh = model
    fresh.lane.readMap()
    if let call = fresh.lane.trace.call, fresh.lane.trace.events.isWhole {
      var timeline = fresh.timeline
      fresh.lane.trace = CallTrace(ofCall: call, around: 0, in: &timeline, fresh.lane.traceDepth)
    }
    fresh.compareZaps()
    let size = Size(width: 120, height: 40)
    let isSame =
      screen(model, size: size, glyphs: .unicode) == screen(fresh, size: size, glyphs: .unicode)
    try #require(isSame, "\(place): the screen is not what is drawn from nothing")
  }

  /// A slot that looks different from before is marked as changed.
  private static func checkMarks(
    _ lane: Lane, after before: [PanelPicture], _ place: String,
  ) throws {
    for panel in lane.map.panels where panel.enclosing == nil {
      let known = before.first {
        $0.size == panel.size && $0.base == panel.base && $0.space == panel.space
      }
      let old =
        known
        ?? PanelPicture(
          panel.size, around: lane.page, in: panel.space, of: lane.previous, changes: Changes())
      let (now, then) = (panel.slots, old.slots)
      // Most panels stay as they are, which is soon seen.
      guard now != then else { continue }
      let places = now.indices.filter { place in
        var was = then[place]
        guard now[place] != was, !now[place].isChanged else { return false }
        was.isChanged = false
        // Memory that is plugged in is not mapped yet: nothing changed in the tables.
        return was != now[place] && (was.isMapped || now[place].isMapped)
      }
      let first = places.first.map { "; the first was \(then[$0]) and is \(now[$0])" } ?? ""
      try #require(
        places == [], "\(place): slots of \(panel.size) changed and have no mark\(first)")
    }
  }

  /// The rule of sampling leaves out no kind of event.
  @Test func `every shape of event of a long history is looked at`() throws {
    let model = try Self.scenario(
      try ProjectFiles.text("Assets/scenarios/bpf-2021.dmap"), "bpf-2021")
    var timeline = model.timeline
    let moments = Self.moments(of: timeline)
    var all: Set<EventShape> = []
    var seen: Set<EventShape> = []
    for call in timeline.steps.indices {
      let events = timeline.events(ofCall: call)
      try #require(events.isWhole)
      for event in events { all.insert(event.shape) }
    }
    for moment in moments where moment.event > 0 {
      seen.insert(timeline.events(ofCall: moment.call)[moment.event - 1].shape)
    }
    #expect(all.count > 20 && seen == all && moments.count < 2000)
  }
}

extension [Changes.Stretch] {
  /// Whether some of them together hold all of these frames.
  fileprivate func cover(_ frames: Range<UInt64>) -> Bool {
    var rest = frames
    for stretch in sorted(by: { $0.frames.lowerBound < $1.frames.lowerBound })
    where stretch.frames.lowerBound <= rest.lowerBound {
      guard stretch.frames.upperBound < rest.upperBound else { return true }
      rest = Swift.max(rest.lowerBound, stretch.frames.upperBound)..<rest.upperBound
    }
    return rest.isEmpty
  }
}
