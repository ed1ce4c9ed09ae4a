import Engine
import History
import Keys
import Lanes
import Language
import Scenarios
import Screen

/// All that the screen depends on. A value: `update` changes it, views read it, nothing else is kept.
///
/// What is shown stands in the scene: lanes, each a machine in time, one of them in charge. All else is
/// there once: keys, looks, layers, the lesson. A copy is cheap, as the large parts are shared.
public struct Model: Sendable {
  /// What is shown, and can be left, kept and come back to as a whole.
  var scene: Scene
  private var boxedPreferences = Boxed(Preferences())
  private var boxedGuidance = Boxed(Guidance())
  private var boxedFiles = Boxed(Files())

  /// What lies over the map, the uppermost last.
  public internal(set) var layers: [Layer] = []
  /// What is to be said until the next key.
  public package(set) var notice: Notice?
  /// The count that was typed before a key.
  public internal(set) var count: UInt64?
  /// The key that waits for another one, if one does.
  package var pending: PendingKey?
  /// Whether and how fast time passes by itself.
  public internal(set) var playback = Playback()
  /// The size of the terminal, as far as it is known.
  public internal(set) var size = Size(width: 80, height: 24)
  /// Whether anything was done yet; until then the screen explains itself.
  public internal(set) var hasBegun = false

  /// A screen of a lane.
  init(_ lane: Lane) { scene = Scene(lanes: Lanes(lane)) }

  /// A screen on a machine where nothing was done yet.
  public init(_ machine: Machine, setup: BootSetup) {
    self.init(Lane(machine, setup: setup))
  }

  /// A screen on a history, where its cursor stands.
  public init(_ timeline: Timeline, setup: BootSetup) {
    self.init(Lane(timeline, setup: setup))
    hasBegun = !timeline.steps.isEmpty
    if hasBegun { arrive(from: machine, at: timeline.moment) }
  }

  /// The pages that the next call takes.
  public var pages: PageCount { PageCount(count ?? 1) }
}

/// What is shown of machines, and can be left, kept and come back to as a whole.
struct Scene: Sendable {
  /// The machines in time.
  var lanes: Lanes
  /// Where going through time stops.
  var stops = StopList()
  /// What is shown after each call and at each stop.
  var displays = DisplayList()
  /// The file that the session was saved to or opened from.
  var file: KeptFile?
}

/// What a user has chosen and typed: it stays whatever is shown.
struct Preferences: Sendable {
  /// Which key does what.
  var keymap = Keymap.standard
  /// How things are shown.
  var options = ViewOptions()
  /// The lines given to the command line, the oldest first.
  var commands: [String] = []
  /// What was looked for, the oldest first.
  var searches: [String] = []
  /// What was looked for last, as it was typed and as it is meant.
  var searchWords = ""
  var search: MapSearch?
}

/// What a presenter or a lesson says, and what a learner is asked.
private struct Guidance: Sendable {
  var presentation = Presentation()
  var lesson: LessonProgress?
  var predictions = Predictions()
}

/// Files that are written while the screen is used, and what comes from outside.
struct Files: Sendable {
  /// Who changed the map that is watched, the most expensive first, in lines.
  var causes: [String] = []
  /// What was seen of it while something else was shown.
  var unshown: [Observation] = []
  /// The file that what is shown is recorded to; nil where it is not recorded.
  var film: String?
  /// What is to be written besides sessions.
  var writing: Writing?
}

extension Model {
  /// The machines in time that are shown.
  public internal(set) var lanes: Lanes {
    _read { yield scene.lanes }
    _modify { yield &scene.lanes }
  }

  /// The lane in charge: the one that the keys act on.
  public internal(set) var lane: Lane {
    _read { yield scene.lanes.inCharge }
    _modify { yield &scene.lanes.inCharge }
  }

  /// The history of the lane in charge, and where in time it stands.
  public internal(set) var timeline: Timeline {
    _read { yield scene.lanes.inCharge.timeline }
    _modify { yield &scene.lanes.inCharge.timeline }
  }

  /// The machine of the lane in charge at this moment.
  public var machine: Machine { _read { yield scene.lanes.inCharge.machine } }

  /// The call under way in the lane in charge, else the last one.
  public var trace: CallTrace { _read { yield scene.lanes.inCharge.trace } }

  /// The frame that is selected.
  public var selection: PFN { lane.place.selection }

  /// The panel that has the keys.
  public internal(set) var focus: LeafSize {
    get { lane.place.focus }
    set { lane.place.focus = newValue }
  }

  /// Where going through time stops.
  public internal(set) var stops: StopList {
    _read { yield scene.stops }
    _modify { yield &scene.stops }
  }

  /// What is shown after each call and at each stop.
  var displays: DisplayList {
    _read { yield scene.displays }
    _modify { yield &scene.displays }
  }

  /// The values of what is shown, at this moment, in lines.
  package var displayLines: [String] {
    displays.isEmpty ? [] : displays.lines(in: expressionContext)
  }

  /// What the user has chosen and typed.
  var preferences: Preferences {
    _read { yield boxedPreferences.value }
    _modify { yield &boxedPreferences.value }
  }

  /// How things are shown.
  public internal(set) var options: ViewOptions {
    _read { yield boxedPreferences.value.options }
    _modify { yield &boxedPreferences.value.options }
  }

  /// Which key does what.
  public internal(set) var keymap: Keymap {
    _read { yield boxedPreferences.value.keymap }
    _modify { yield &boxedPreferences.value.keymap }
  }

  /// What a presenter shows besides.
  public internal(set) var presentation: Presentation {
    _read { yield boxedGuidance.value.presentation }
    _modify { yield &boxedGuidance.value.presentation }
  }

  /// The lesson under way, if one is.
  public internal(set) var lesson: LessonProgress? {
    _read { yield boxedGuidance.value.lesson }
    _modify { yield &boxedGuidance.value.lesson }
  }

  /// What a learner is asked before calls.
  public internal(set) var predictions: Predictions {
    _read { yield boxedGuidance.value.predictions }
    _modify { yield &boxedGuidance.value.predictions }
  }

  /// Files that are written while the screen is used.
  var files: Files {
    _read { yield boxedFiles.value }
    _modify { yield &boxedFiles.value }
  }

  /// The file that the session was saved to or opened from.
  public var sessionPath: String? { scene.file?.path }

  /// Whether what is shown is recorded to a file.
  public var isFilmed: Bool { files.film != nil }

  /// Where long work tells how far it is, and looks whether it is to stop: set on a copy of the model
  /// that another thread updates, which is dropped if the work was stopped. No part of what is shown.
  public var progress: WorkProgress? {
    get { lanes.progress }
    set { lanes.progress = newValue }
  }

  /// Shows another scene: one that was opened or booted, or one that was left. All else stays, keys,
  /// looks, and what was typed, asked or said; what was under way ends.
  mutating func show(_ scene: Scene) {
    self.scene = scene
    hasBegun = true
    playback.stop()
    count = nil
    pending = nil
    notice = nil
    files.writing = nil
  }
}

/// A line for the user, until the next key.
public struct Notice: Equatable, Sendable {
  /// What sort of line.
  public enum Kind: Sendable {
    /// Something was done.
    case done
    /// Something could not be done.
    case failed
  }

  /// The line.
  public var text: String
  /// What sort of line.
  public var kind: Kind
}

/// How things are shown.
public struct ViewOptions: Equatable, Sendable {
  /// Whether permissions show as letters, not as colours.
  public var showsLetters = false
  /// Whether the selection goes to where a step changed something.
  public var followsChanges = true
  /// Whether captions stand in a band over the lower part of the screen.
  public var bandsCaptions = false
  /// How large the letters of captions in a band are.
  public var captionSize = CaptionSize.text
  /// Whether the map has the screen to itself.
  public var isMapOnly = false
  /// What stands beside the map.
  public var sidePanel = SidePanel.trace
  /// How deep the trace goes into what repeats.
  public var traceDepth = TraceDepth.folded
  /// What the colours of the map mean.
  public var overlay = MapOverlay.permission
  /// What the TLB panel asks.
  public var tlb = TLBQuestion.usual
  /// How far the answer to why is scrolled.
  public var whyScroll = WhyScroll()

  /// The themes that a key goes through.
  public var themes = Theme.all
  /// How inks look.
  public var theme = Theme.dark
  /// The paper of the terminal, as far as it is known: that of the theme the user started with.
  var terminalPaper = Theme.Paper.dark
  /// Whether the terminal has no colours.
  var lacksColors = false
  /// Whether the mouse is listened to.
  public var usesMouse = false

  /// The usual options.
  public init() {}

  /// The same in the looks of others, which are the user's own choice.
  func withLooks(of other: ViewOptions) -> ViewOptions {
    var options = self
    options.theme = other.theme
    options.themes = other.themes
    options.terminalPaper = other.terminalPaper
    options.lacksColors = other.lacksColors
    options.showsLetters = other.showsLetters
    options.usesMouse = other.usesMouse
    options.bandsCaptions = other.bandsCaptions
    options.captionSize = other.captionSize
    options.isMapOnly = other.isMapOnly
    return options
  }
}

/// What stands beside the map; one key goes through these.
public enum SidePanel: String, CaseIterable, Sendable {
  /// What the kernel does; beside it, where there is room, why a slot is not one leaf.
  case trace
  /// Why a slot is not one leaf, with more room.
  case why
  /// What the policies keep.
  case policies
  /// What the page allocator keeps.
  case memory
  /// What accesses cost in a TLB.
  case tlb
  /// What gathers pages while a process is unmapped.
  case gather

  /// The one that follows, around in a circle.
  var next: SidePanel {
    switch self {
    case .trace: .why
    case .why: .policies
    case .policies: .memory
    case .memory: .tlb
    case .tlb, .gather: .trace
    }
  }
}
