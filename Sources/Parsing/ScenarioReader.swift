import History
import Language
import Narration

/// Puts the lines of a scenario together. What is wrong is kept and the rest goes on: who reads a plain
/// scenario takes the first of it as an error, who opens a session tells all of it.
struct ScenarioReader {
  private(set) var scenario = Scenario()
  /// What is wrong, as it was found.
  private(set) var problems: [ParseError] = []

  /// What is booted: for the first branch, and for those that leave no other one, by their numbers.
  private var setups = [0: SetupReader()]
  private var session = SessionPart()
  private var isSession = false
  private var hasCall = false
  /// All call lines, those of branches that are left out too.
  private var callLines = 0
  private var wrongLines = 0
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
    finishSetups()
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
    switch statement {
    case .machine, .firmware, .kernel, .cpu, .policy, .rule: settle(located)
    case .call, .moduleFile:
      hasCall = true
      callLines += 1
      append(located)
      if let current { counts[current].calls += 1 }
    case .note, .pause, .why, .tlb, .areas, .printing, .display, .stop, .expect, .direction,
      .lesson:
      append(located)
    case .session(let line): take(line, at: located.location)
    }
  }

  /// Takes a line that says what is booted, if it may stand here.
  private mutating func settle(_ located: LocatedStatement) {
    guard !hasCall else {
      problems.append(
        ParseError(.setupAfterCall(located.statement.commandName), at: located.location))
      return
    }
    guard let current else { return }
    if let error = setups[current, default: SetupReader()].take(located) { problems.append(error) }
  }

  private mutating func finishSetups() {
    for index in setups.keys.sorted() {
      guard var setup = setups[index] else { continue }
      problems += setup.finish()
      if index > 0 {
        session.branches[index - 1].boot = setup.scenario
      } else {
        setup.scenario.statements = scenario.statements
        scenario = setup.scenario
      }
    }
  }

  private mutating func append(_ located: LocatedStatement) {
    guard let current else { return }
    if current == 0 {
      scenario.statements.append(located)
    } else {
      session.branches[current - 1].statements.append(located)
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
    case .anew(let name): begin(anew: name, at: location)
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

  private mutating func begin(anew name: String, at location: SourceLocation) {
    // What follows says what is booted, up to the first call.
    hasCall = false
    current = nil
    if session.names.contains(name) { return tell(.branchTwice(name), at: location) }
    session.branches.append(.init(name: name, parent: nil, fork: 0, boot: Scenario(), at: location))
    counts.append(SectionCount())
    current = counts.count - 1
    setups[counts.count - 1] = SetupReader()
  }

  private mutating func mark(_ name: String, _ event: Int, at location: SourceLocation) {
    guard let current else { return }
    if session.marks.contains(where: { $0.mark.name == name }) {
      return tell(.markTwice(name), at: location)
    }
    let place = Moment(call: made(counts[current].end, on: current), event: event)
    session.marks.append(.init(Mark(name, branch: current, at: place), at: location))
  }

  /// How many calls are there where the file counts this many on a branch.
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
    if word == "branch" || (commands == nil && (line.contains(" from ") || line.hasSuffix(" anew")))
    {
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
