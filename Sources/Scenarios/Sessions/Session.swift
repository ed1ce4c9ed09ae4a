public import Engine
public import History
import Language
import Narration

/// All that is kept of a screen: what was booted, its history with the branches and marks, the stops.
public struct Session: Sendable {
  /// What was booted first.
  public var boot: Boot
  /// What was booted where branches begin that leave no other one, by these branches.
  public var otherBoots: [Int: Boot]
  /// The history.
  public var timeline: Timeline
  /// Where going through time stops.
  public var stops: StopList
  /// What is shown after each call.
  public var displays: DisplayList
  /// What a scenario claimed.
  public var claims: [Claim]

  /// What is booted.
  public struct Boot: Equatable, Sendable {
    /// The machine.
    public var description: MachineDescription
    /// The kernel version.
    public var kernel: KernelProfile
    /// The remedies that the kernel was built with.
    public var policies: PolicySet

    /// Creates what is booted.
    public init(
      _ description: MachineDescription, kernel: KernelProfile, policies: PolicySet = .none,
    ) {
      self.description = description
      self.kernel = kernel
      self.policies = policies
    }

    /// Boots the machine.
    public func machine() throws(BootError) -> Machine {
      try Machine(
        booting: description, kernel: kernel, options: BootOptions(policies: policies))
    }
  }

  /// Creates a session.
  public init(
    _ boot: Boot, otherBoots: [Int: Boot] = [:], timeline: Timeline,
    stops: StopList = StopList(), displays: DisplayList = DisplayList(), claims: [Claim] = [],
  ) {
    self.boot = boot
    self.otherBoots = otherBoots
    self.timeline = timeline
    self.stops = stops
    self.displays = displays
    self.claims = claims
  }

  /// What stands at the beginning of the file.
  static let head = """
    # A session of directmap: calls, branches, marks, stops and cursors.
    # directmap play FILE opens it; directmap run FILE makes the calls of the first branch.

    """

  /// The session as a file: a scenario that `Scenario.opening` reads back.
  public func text() throws(SessionError) -> String {
    Self.head + (try scenario()).scenarioText
  }

  /// The session as a scenario.
  public func scenario() throws(SessionError) -> Scenario {
    var scenario = try boot.scenario()
    let place = SourceLocation(file: "", line: 0, column: 0)
    var part = SessionPart()
    part.isWhole = true
    part.mainName = timeline.branches[0].name
    scenario.statements = stops.items.map { LocatedStatement(.stop($0.stop), at: place) }
    scenario.statements += displays.items.map {
      LocatedStatement(.display(.begin($0.expression)), at: place)
    }
    scenario.statements += statements(ofBranch: 0, place)
    for (index, branch) in timeline.branches.enumerated().dropFirst() {
      part.branches.append(
        SessionPart.Section(
          name: branch.name, parent: branch.parent, fork: branch.fork,
          statements: statements(ofBranch: index, place),
          boot: branch.parent == nil ? try boot(ofRoot: index).scenario() : nil, at: place))
    }
    part.marks = timeline.marks.map { SessionPart.PlacedMark($0, at: place) }
    let others = timeline.branches.indices.filter { $0 != timeline.current }
    part.cursors = (others + [timeline.current]).map { index in
      let isCurrent = index == timeline.current
      return SessionPart.PlacedCursor(
        branch: index, at: isCurrent ? timeline.moment : timeline.branches[index].cursor,
        location: place)
    }
    scenario.session = part
    return scenario
  }

  private func boot(ofRoot root: Int) -> Boot { otherBoots[root] ?? boot }

  /// What is booted for the branch that is shown, without statements.
  public func shownSetup() throws(SessionError) -> Scenario {
    try boot(ofRoot: timeline.root).scenario()
  }

  /// What a branch has of its own, line by line.
  private func statements(ofBranch index: Int, _ place: SourceLocation) -> [LocatedStatement] {
    let branch = timeline.branches[index]
    let steps = timeline.steps(ofBranch: index)
    let own = claims.filter { $0.branch == index }
    var claimed = Dictionary(grouping: own, by: \.call)
    var statements: [Statement] = []
    var pauses = branch.pauses[...]
    for call in branch.fork...branch.end {
      statements += (claimed.removeValue(forKey: call) ?? []).map { .expect($0.expression) }
      while pauses.first == call - branch.fork {
        statements.append(.pause)
        pauses.removeFirst()
      }
      guard call < branch.end else { break }
      let step = steps[call]
      statements += step.notes.map(Statement.note)
      statements.append(step.deed.statement)
    }
    statements += branch.closingNotes.map(Statement.note)
    return statements.map { LocatedStatement($0, at: place) }
  }
}

extension Session.Boot {
  /// What is booted, as a scenario without statements.
  ///
  /// - Throws: `SessionError` where the machine cannot be named in a file.
  public func scenario() throws(SessionError) -> Scenario {
    if description.e820.isEmpty { throw .recording(description.name) }
    var scenario = Scenario(kernel: kernel, policies: policies)
    var cpu = CPUFeatures()
    if var plain = MachineDescription(builtIn: description.name), plain.e820 == description.e820 {
      scenario.machine = plain.name
      cpu = plain.cpu
      plain.cpu = description.cpu
      guard plain == description else { throw .machine(description.name) }
    } else {
      guard let text = FirmwareText(description), let own = try? text.described() else {
        throw .machine(description.name)
      }
      scenario.ownMachine = own
    }
    for name in CPUFeatures.Switch.allCases where cpu[name] != description.cpu[name] {
      scenario.cpu.append(.feature(name, description.cpu[name]))
    }
    if cpu.cpus != description.cpu.cpus { scenario.cpu.append(.count(description.cpu.cpus)) }
    return scenario
  }
}

/// Why a session cannot be saved.
public enum SessionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A recording is played: its machine was never booted here.
  case recording(String)
  /// The machine cannot be named in a file.
  case machine(String)

  /// The reason and the way out, in one line.
  public var description: String {
    switch self {
    case .recording(let name):
      "\(name) is a recording, whose machine no file can boot; play a scenario to save what you do"
    case .machine(let name):
      "the machine of \(name) cannot be written down in a session; boot it with machine NAME"
    }
  }
}

extension Deed {
  /// The line of a file that does it: of what no call stands for, a note that says what was seen.
  var statement: Statement { call.map(Statement.call) ?? .note(title) }
}
