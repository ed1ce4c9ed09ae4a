import Engine
import History
import Scenarios
import Screen

/// All that the screen depends on. A value: `update` changes it, views read it, nothing else is kept.
public struct Model: Sendable {
  /// The machine, what was asked of it, and where in time the screen stands.
  public internal(set) var timeline: Timeline
  /// What the machine was booted from.
  public internal(set) var setup: BootSetup
  /// The recording that is played, if one is.
  public internal(set) var recording: RecordedRun?

  /// What the scenario claimed, to be saved with it.
  var claims: [Claim] = []
  /// The file that the session was saved to or opened from.
  public internal(set) var sessionPath: String?
  /// Where going through time stops.
  public internal(set) var stops = StopList()

  /// The frame that is selected.
  public internal(set) var selection: PFN
  /// The part of the address space that the panels show.
  public internal(set) var space = MapSpace.direct
  /// The address that is selected where that is not the direct map; `selection` is the frame behind it.
  public internal(set) var elsewhere = AddressLayout.vmallocStart
  /// The panel that has the keys.
  public internal(set) var focus = LeafSize.size4K
  /// Whether calls go to the area that shows the selected page, where there is one.
  public internal(set) var aimsAtArea = false
  /// The count that was typed before a key.
  public internal(set) var count: UInt64?
  /// The key that waits for another one, if one does.
  var pending: PendingKey?
  /// What lies over the map, the uppermost last.
  public internal(set) var layers: [Layer] = []
  /// The file that what is shown is recorded to; nil where it is not recorded.
  public internal(set) var filmPath: String?
  /// What is to be said until the next key.
  public internal(set) var notice: Notice?
  /// Whether and how fast time passes by itself.
  public internal(set) var playback = Playback()
  /// How things are shown.
  public internal(set) var options = ViewOptions()
  /// Which key does what; the same for both where two variants are compared.
  public internal(set) var keymap = Keymap.standard
  /// The size of the terminal, as far as it is known.
  public internal(set) var size = Size(width: 80, height: 24)
  /// The lines given to the command line, the oldest first.
  public internal(set) var commandHistory: [String] = []
  /// What the TLB panel shows.
  public internal(set) var tlb: TLBReading?
  /// What is to be written besides sessions.
  var writing: Writing?
  /// What was looked for last, as it was typed and as it is meant.
  var searchWords = ""
  var search: MapSearch?
  /// What was looked for, the oldest first.
  var searchHistory: [String] = []
  /// Whether anything was done yet; until then the screen explains itself.
  public internal(set) var hasBegun = false

  /// What a presenter shows besides.
  public internal(set) var presentation = Presentation()
  /// The lesson under way, if one is.
  public internal(set) var lesson: LessonProgress?

  /// What a learner is asked before calls.
  public internal(set) var predictions = Predictions()

  /// What the last step changed.
  public internal(set) var changes = Changes()
  /// Whether it changed just now.
  public internal(set) var isFlashing = false
  /// The machine before the last step.
  public internal(set) var previous: Machine
  /// Whether the last step went back in time, so that `previous` lies ahead.
  public internal(set) var wentBack = false
  /// The panels around the selection.
  public internal(set) var map: MapPicture
  /// The call under way, else the last one.
  public internal(set) var trace = Trace()

  /// What the call that is shown counts under other rules of zapping, where the panel tells of it.
  var zapComparison: ZapComparison?

  /// What the variant is called, where two are compared; else empty.
  public internal(set) var name = ""
  /// Whether it is another branch of the history that it stands beside.
  public internal(set) var isBranch = false
  /// Whether it stands on the right of two.
  public internal(set) var isSecond = false
  /// The variant beside this one, if there is one: at most one. It follows this one through time.
  var rivals: [Model] = []
  /// After how many calls of the one the other has made how many, for all that they made.
  var pairs: [CallPair] = []
  /// Where the variant beside this one followed to last.
  var followedTo: Moment?

  /// A screen on a machine where nothing was done yet.
  public init(_ machine: Machine, setup: BootSetup) {
    timeline = Timeline(machine)
    self.setup = setup
    let selection = Self.firstSelection(machine)
    self.selection = selection
    previous = machine
    map = MapPicture(machine, around: selection, changes: Changes())
  }

  /// A screen on a history, where its cursor stands.
  public init(_ timeline: Timeline, setup: BootSetup) {
    self.init(timeline.machine, setup: setup)
    self.timeline = timeline
    hasBegun = !timeline.steps.isEmpty
    if hasBegun { arrive(from: machine, at: timeline.moment) }
  }

  /// The machine at this moment.
  public var machine: Machine { timeline.machine }

  /// The pages that the next call takes.
  public var pages: PageCount { PageCount(count ?? 1) }

  /// A page to begin with: the first of the highest large leaf, so that the first call shows much.
  static func firstSelection(_ machine: Machine) -> PFN {
    for size in [LeafSize.size1G, .size2M] {
      for range in machine.memory.ranges.reversed() {
        let end = range.upperBound.alignedDown(to: size)
        guard end.rawValue >= range.lowerBound.rawValue + size.pages.rawValue else { continue }
        let pfn = PFN(end.rawValue - size.pages.rawValue)
        let leaf = machine.tables.lookup(machine.directMapAddress(of: pfn))
        if leaf?.size == size { return pfn }
      }
    }
    return machine.memory.ranges.first?.lowerBound ?? 0
  }
}

/// What a machine was booted from, so that it can be booted again otherwise.
public struct BootSetup: Equatable, Sendable {
  /// The machine; for a recording, its name only.
  public var description: MachineDescription
  /// The kernel version.
  public var kernel: KernelProfile
  /// The remedies that the kernel was built with.
  public var policies: PolicySet
  /// The file that is played, if one is.
  public var file: String?

  /// Creates what a machine is booted from.
  public init(
    _ description: MachineDescription, kernel: KernelProfile, policies: PolicySet = .none,
    file: String? = nil,
  ) {
    self.description = description
    self.kernel = kernel
    self.policies = policies
    self.file = file
  }

  /// The kernel and its policies: `linux-6.1 + aaronlu-2022`.
  public var software: String {
    ([kernel.name] + policies.names.map(\.rawValue)).joined(separator: " + ")
  }
}

/// A recording of a real kernel that is played, and how far the machine agreed with it.
public struct RecordedRun: Equatable, Sendable {
  /// The kernel as the recording names it.
  public var kernelName: String
  /// How many steps it has.
  public var steps: Int
  /// How many steps in a row gave the recorded state.
  public var matched: Int
  /// The first difference after those, in words.
  public var difference: String?

  /// Creates the result of a comparison.
  public init(kernelName: String, steps: Int, matched: Int, difference: String?) {
    self.kernelName = kernelName
    self.steps = steps
    self.matched = matched
    self.difference = difference
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
  /// What stands beside the map.
  public var sidePanel = SidePanel.trace
  /// What the TLB panel asks.
  public var tlb = TLBQuestion.usual
  /// How far the answer to why is scrolled.
  public var whyScroll = WhyScroll()

  /// The themes that a key goes through.
  public var themes = Theme.all
  /// How inks look.
  public var theme = Theme.dark
  /// Whether the mouse is listened to.
  public var usesMouse = false

  /// The usual options.
  public init() {}
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
