import Engine
import History
import KernelText

/// Puts the lines of a scenario together. What is wrong is kept and the rest goes on: who reads a plain
/// scenario takes the first of it as an error, who opens a session tells all of it.
struct ScenarioReader {
  private(set) var scenario = Scenario()
  /// What is wrong, as it was found.
  private(set) var problems: [ParseError] = []

  private var settled: Set<String> = []
  private var policies: [(name: PolicyName, location: SourceLocation)] = []
  private var kernelPlace: SourceLocation?
  private var session = SessionPart()
  private var isSession = false
  private var hasCall = false
  /// All call lines, those of branches that are left out too.
  private var callLines = 0
  private var wrongLines = 0
  private var firmware: (text: FirmwareText, locations: [SourceLocation])?
  private var saidCalls: (count: Int, location: SourceLocation)?
  private var last = SourceLocation(file: "", line: 1, column: 1)

  /// The branches by the numbers that the file has for their calls: the first one first.
  private var counts = [SectionCount()]
  /// The branch that lines belong to; nil for one that is left out.
  private var current: Int? = 0

  /// How the file counts the calls of a branch. Lines that could not be read may have been calls, and
  /// count there.
  private struct SectionCount {
    var parent: Int?
    var fork = 0
    var calls = 0
    /// The numbers of calls that could not be read.
    var holes: [Int] = []

    var end: Int { fork + calls }
  }

  /// Reads the next line.
  mutating func read(_ line: Parser.Line) {
    switch line {
    case .statement(let located):
      last = located.location
      take(located)
    case .wrong(let error, let text):
      last = error.location
      problems.append(error)
      pass(over: text)
    }
  }

  /// Reads no further, for a reason.
  mutating func stop(_ error: ParseError) {
    last = error.location
    problems.append(error)
  }

  /// What holds when the last line is read.
  mutating func finish() {
    choosePolicies()
    describeMachine()
    checkArchitecture()
    if let said = saidCalls {
      if !(callLines...callLines + wrongLines).contains(said.count) {
        tell(.callsMissing(says: said.count, found: callLines), at: said.location)
      }
    } else if session.isWhole {
      tell(.cut, at: SourceLocation(file: last.file, line: last.line + 1, column: 1))
    }
    if isSession { scenario.session = session }
  }

  private mutating func tell(_ trouble: SessionTrouble, at location: SourceLocation) {
    problems.append(ParseError(.session(trouble), at: location))
  }

  // MARK: - Statements

  private mutating func take(_ located: LocatedStatement) {
    let statement = located.statement
    if saidCalls != nil { return tell(.behindEnd, at: located.location) }
    if statement.isSetup, !settle(located) { return }
    switch statement {
    case .machine(let name): scenario.machine = name
    case .firmware(_, let line):
      firmware?.text.lines.append(line)
      firmware?.locations.append(located.location)
    case .kernel(let name):
      scenario.kernel = KernelProfile(named: name)
      kernelPlace = located.location
    case .cpu(let change): scenario.cpu.append(change)
    case .policy(let name): policies.append((name, located.location))
    case .call, .moduleFile:
      hasCall = true
      callLines += 1
      append(located)
      if let current { counts[current].calls += 1 }
    case .note, .pause, .why, .tlb, .areas, .stop, .expect, .direction, .lesson: append(located)
    case .session(let line): take(line, at: located.location)
    }
  }

  /// Whether a setup statement may stand here, and settles something that is not settled yet.
  private mutating func settle(_ located: LocatedStatement) -> Bool {
    if hasCall {
      problems.append(
        ParseError(.setupAfterCall(located.statement.commandName), at: located.location))
      return false
    }
    let key = located.statement.setupKey
    if case .firmware(let kind, _) = located.statement {
      // Further lines of the same text go on with it.
      if firmware?.text.kind == kind { return true }
      if !settled.contains(key) {
        firmware = (FirmwareText(kind: kind, lines: []), [])
      }
    }
    guard settled.insert(key).inserted else {
      problems.append(ParseError(.setupTwice(key), at: located.location))
      return false
    }
    return true
  }

  private mutating func append(_ located: LocatedStatement) {
    guard let current else { return }
    if current == 0 {
      scenario.statements.append(located)
    } else {
      session.branches[current - 1].statements.append(located)
    }
  }

  /// Reads the text of a machine that is not built in.
  private mutating func describeMachine() {
    guard let firmware else { return }
    do throws(KernelTextError) {
      scenario.ownMachine = try firmware.text.described()
    } catch {
      // Each line of the text stands in one of its own.
      let places = firmware.locations
      let index = (error.line ?? 1) - 1
      guard let place = places.indices.contains(index) ? places[index] : places.first else {
        return
      }
      problems.append(ParseError(.firmware(error), at: place))
    }
  }

  /// Whether the machine runs the kernel, and the kernel can have the policies, where the file says what
  /// they are. What it leaves open is checked when the machine boots.
  private mutating func checkArchitecture() {
    let machine = scenario.ownMachine ?? scenario.machine.flatMap(MachineDescription.init(builtIn:))
    if let machine, let kernel = scenario.kernel, let kernelPlace,
      machine.architecture != kernel.architecture
    {
      let error = BootError.otherArchitecture(machine.architecture, kernel: kernel.name)
      problems.append(ParseError(.architecture(error), at: kernelPlace))
      return
    }
    guard let kernel = scenario.kernel ?? machine.map({ .standard(for: $0.architecture) }) else {
      return
    }
    for policy in policies where !policy.name.runs(on: kernel.architecture) {
      let error = BootError.policyOfOtherArchitecture(policy.name, kernel: kernel.name)
      problems.append(ParseError(.architecture(error), at: policy.location))
    }
  }

  /// Switches policies on. What is wrong with all of them is told at the first line that brings it
  /// about: some need others, which may come later.
  private mutating func choosePolicies() {
    let names = policies.map(\.name)
    do throws(PolicyError) {
      scenario.policies = try PolicySet(names)
    } catch {
      for (index, policy) in policies.enumerated()
      where Self.error(of: names.prefix(index + 1)) == error {
        problems.append(ParseError(.policies(error), at: policy.location))
        return
      }
    }
  }

  private static func error(of names: some Collection<PolicyName>) -> PolicyError? {
    do throws(PolicyError) {
      _ = try PolicySet(Array(names))
      return nil
    } catch {
      return error
    }
  }
}

// MARK: - Lines of a session

extension ScenarioReader {
  private mutating func take(_ line: SessionLine, at location: SourceLocation) {
    isSession = true
    switch line {
    case .begin(let format):
      session.isWhole = true
      if format != SessionLine.format { tell(.newerFormat(format), at: location) }
    case .branch(let name, let origin): begin(name, origin, at: location)
    case .mark(let name, let event): mark(name, event, at: location)
    case .cursor(let name, let moment):
      guard let branch = session.names.firstIndex(of: name) else {
        return tell(.branchUnknown(name, known: session.names), at: location)
      }
      let place = Moment(call: made(moment.call, on: branch), event: moment.event)
      session.cursors.append(.init(branch: branch, at: place, location: location))
    case .end(let calls): saidCalls = (calls, location)
    }
  }

  private mutating func begin(
    _ name: String, _ origin: SessionLine.Origin?, at location: SourceLocation,
  ) {
    guard let origin else {
      let isFirst = !hasCall && session.branches.isEmpty && current == 0
      if isFirst { session.mainName = name } else { tell(.mainNamedLate(name), at: location) }
      if !isFirst { current = nil }
      return
    }
    hasCall = true
    current = nil
    if session.names.contains(name) { return tell(.branchTwice(name), at: location) }
    guard let parent = session.names.firstIndex(of: origin.branch) else {
      return tell(.branchUnknown(origin.branch, known: session.names), at: location)
    }
    guard origin.calls <= counts[parent].end else {
      return tell(
        .branchBeyond(name, of: origin.branch, asked: origin.calls, has: counts[parent].end),
        at: location)
    }
    session.branches.append(
      .init(name: name, parent: parent, fork: made(origin.calls, on: parent), at: location))
    counts.append(SectionCount(parent: parent, fork: origin.calls))
    current = counts.count - 1
  }

  private mutating func mark(_ name: String, _ event: Int, at location: SourceLocation) {
    guard let current else { return }
    if session.marks.contains(where: { $0.mark.name == name }) {
      return tell(.markTwice(name), at: location)
    }
    let place = Moment(call: made(counts[current].end, on: current), event: event)
    session.marks.append(.init(Mark(name, branch: current, at: place), at: location))
  }

  /// How many calls are there where the file counts so many on a branch.
  private func made(_ count: Int, on branch: Int) -> Int {
    var holes = 0
    var limit = count
    var index: Int? = branch
    while let section = index {
      holes += counts[section].holes.count { $0 < limit }
      limit = min(limit, counts[section].fork)
      index = counts[section].parent
    }
    return count - holes
  }

  /// Goes on behind a line that could not be read. If it may have been a call, those behind it keep
  /// their numbers; if it may have begun a branch, what follows belongs to no other.
  private mutating func pass(over line: String) {
    wrongLines += 1
    let word = line.split { $0 == " " || $0 == "\t" }.first.map(String.init) ?? ""
    let commands = Command.byFirstWord[word]
    if let only = commands?.first, only.group == .sessions { isSession = true }
    if word == "branch" || (commands == nil && line.contains(" from ")) {
      hasCall = true
      current = nil
      return
    }
    guard commands?.contains(where: \.isCall) ?? true, let current else { return }
    counts[current].holes.append(counts[current].end)
    counts[current].calls += 1
  }

  /// Whether the lines so far are those of a session.
  var readsSession: Bool { isSession }
}
