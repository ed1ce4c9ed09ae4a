import Engine
import History
import Scenarios
import Screen

/// One machine in time, with all that a screen shows of it: what was asked of it, where in time and on
/// the map it stands, and what is seen there.
///
/// A copy is cheap: the large parts are shared until one of the copies is changed.
public struct Lane: Sendable {
  @usableFromInline var history: Boxed<Timeline>
  @usableFromInline var origin: Boxed<Origin>
  @usableFromInline var view: Boxed<Shown>

  /// Where on the map it stands.
  public package(set) var place: MapPlace
  /// What it is called where several lanes are compared; else empty.
  public package(set) var name = ""
  /// Whether what the last step changed flashes, as it was taken just now.
  public package(set) var isFlashing = false
  /// Whether the last step went back in time, so that `previous` lies ahead.
  public internal(set) var wentBack = false

  /// What a lane was made from.
  @usableFromInline
  struct Origin: Sendable {
    var setup: BootSetup
    /// What other machines were booted from on which branches begin, by these branches.
    var others: [Int: BootSetup] = [:]
    @usableFromInline var source = LaneSource.calls
    var claims: [Claim] = []
  }

  /// What is worked out by each step, and kept for every frame.
  @usableFromInline
  struct Shown: Sendable {
    @usableFromInline var previous: Machine
    @usableFromInline var trace = CallTrace()
    var depth = TraceDepth.folded
    @usableFromInline var changes = Changes()
    @usableFromInline var map: MapPicture
    @usableFromInline var tlb: TLBReading?
    var zaps: ZapComparison?
    var overlay = MapOverlay.permission
    var pages = PageHistory()
    var tints: OverlayPicture?
    var pageCounts: PageCounts?
  }

  /// A lane of a machine on which nothing was done yet.
  public init(_ machine: Machine, setup: BootSetup, named name: String = "") {
    self.init(Timeline(machine), setup: setup)
    self.name = name
  }

  /// A lane over a kernel that runs outside of the simulation and makes the calls.
  ///
  /// - Parameters:
  ///   - name: the kernel, for the reader.
  ///   - machine: the machine as it was observed after boot.
  ///   - page: a page to begin with that the kernel does not use.
  public init(
    observing kernel: any OutsideKernel, named name: String, from machine: Machine,
    setup: BootSetup, at page: PFN?,
  ) {
    var timeline = Timeline(machine)
    timeline.outside = kernel
    self.init(timeline, setup: setup)
    source = .kernel(name)
    if let page {
      place.selection = page
      readMap()
    }
  }

  /// A lane of a history, where its cursor stands; what the last step changed is not worked out.
  package init(_ timeline: Timeline, setup: BootSetup) {
    let machine = timeline.machine
    history = Boxed(timeline)
    origin = Boxed(Origin(setup: setup))
    place = MapPlace(Self.firstSelection(machine))
    view = Boxed(
      Shown(
        previous: machine, map: MapPicture(machine, around: place.selection, changes: Changes())))
  }

  /// A page to begin with: the first of the highest large leaf, so that the first call shows much.
  package static func firstSelection(_ machine: Machine) -> PFN {
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

extension Lane {
  /// The machine, what was asked of it, and where in time the lane stands.
  @inlinable public package(set) var timeline: Timeline {
    _read { yield history.value }
    _modify { yield &history.value }
  }

  /// The machine at this moment.
  @inlinable public var machine: Machine { _read { yield history.value.machine } }

  /// What the machine of the current branch was booted from.
  public package(set) var setup: BootSetup {
    get { setup(ofRoot: timeline.root) }
    set {
      let root = timeline.root
      if root == 0 { origin.value.setup = newValue } else { origin.value.others[root] = newValue }
    }
  }

  /// Says what the machine was booted from on which a branch begins.
  package mutating func setBoot(_ boot: Session.Boot, ofRoot root: Int) {
    var other = origin.value.setup
    other.boot = boot
    origin.value.others[root] = other
  }

  /// What the machine was booted from on which a branch begins.
  package func setup(ofRoot root: Int) -> BootSetup {
    origin.value.others[root] ?? origin.value.setup
  }

  /// Where its calls come from.
  @inlinable public package(set) var source: LaneSource {
    _read { yield origin.value.source }
    _modify { yield &origin.value.source }
  }

  /// What the scenario claimed, to be saved with it.
  package var claims: [Claim] {
    _read { yield origin.value.claims }
    _modify { yield &origin.value.claims }
  }

  /// The machine before the last step.
  @inlinable public package(set) var previous: Machine {
    _read { yield view.value.previous }
    _modify { yield &view.value.previous }
  }

  /// The call under way, else the last one.
  @inlinable public package(set) var trace: CallTrace {
    _read { yield view.value.trace }
    _modify { yield &view.value.trace }
  }

  /// How deep the trace goes into what repeats.
  public private(set) var traceDepth: TraceDepth {
    _read { yield view.value.depth }
    _modify { yield &view.value.depth }
  }

  /// Shows the trace at another depth.
  package mutating func show(_ depth: TraceDepth) {
    guard depth != traceDepth else { return }
    traceDepth = depth
    guard let call = trace.call else { return }
    let place = lastPlace(ofCall: call)
    trace = CallTrace(ofCall: call, around: place, in: &timeline, depth)
  }

  /// The event of a call behind which the lane stands: inside the call the one that happened last, else
  /// the last of all.
  func lastPlace(ofCall call: Int) -> Int {
    let moment = timeline.moment
    return (moment.event > 0 ? moment.event : timeline.eventCount(ofCall: call)) - 1
  }

  /// What the last step changed.
  @inlinable public internal(set) var changes: Changes {
    _read { yield view.value.changes }
    _modify { yield &view.value.changes }
  }

  /// The panels around the selection.
  @inlinable public internal(set) var map: MapPicture {
    _read { yield view.value.map }
    _modify { yield &view.value.map }
  }

  /// What the TLB panel shows.
  @inlinable public package(set) var tlb: TLBReading? {
    _read { yield view.value.tlb }
    _modify { yield &view.value.tlb }
  }

  /// What the call that is shown counts under other rules of zapping, where the panel tells of it.
  package var zapComparison: ZapComparison? {
    _read { yield view.value.zaps }
    _modify { yield &view.value.zaps }
  }

  /// What the colours of the map mean.
  package var overlay: MapOverlay {
    _read { yield view.value.overlay }
    _modify { yield &view.value.overlay }
  }

  /// What calls did to pages, up to where the overlay was read last.
  var pages: PageHistory {
    _read { yield view.value.pages }
    _modify { yield &view.value.pages }
  }

  /// What was counted for the colours of the panels.
  var pageCounts: PageCounts? {
    _read { yield view.value.pageCounts }
    _modify { yield &view.value.pageCounts }
  }

  /// The colours of the panels; `nil` where permissions show.
  package var tints: OverlayPicture? {
    _read { yield view.value.tints }
    _modify { yield &view.value.tints }
  }

  /// The frame that is selected.
  public var selection: PFN { place.selection }

  /// A title, with the name of the lane where several are compared.
  package func titled(_ title: String) -> String { name.isEmpty ? title : "\(name): \(title)" }

  /// The first of these titles that fits into a width with the name of the lane, else the first that fits
  /// without it, else the last.
  package func titled(_ titles: [String], width: Int) -> String {
    (titles.map(titled) + titles).first { TextWidth.columns($0) <= width } ?? titles.last ?? ""
  }
}
