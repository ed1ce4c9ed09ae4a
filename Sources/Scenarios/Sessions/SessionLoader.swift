public import Engine
public import History
import Language
import Narration
import TLB

/// A claim of a scenario, which stays where it stood.
public struct Claim: Equatable, Sendable {
  /// The branch, as an index.
  public var branch: Int
  /// How many calls lie before it, from the beginning.
  public var call: Int
  /// What it says.
  public var expression: Expression

  /// Creates a claim.
  public init(branch: Int, call: Int, _ expression: Expression) {
    self.branch = branch
    self.call = call
    self.expression = expression
  }
}

/// Makes the calls of a session on a machine, branch by branch. What cannot be done is told, and all
/// that does not depend on it is done.
public struct SessionLoader: Sendable {
  /// The history, with its cursor where the session says.
  public private(set) var timeline: Timeline
  /// Where going through time stops.
  public private(set) var stops = StopList()
  /// What is shown after each call.
  public private(set) var displays = DisplayList()
  /// What the session claims.
  public private(set) var claims: [Claim] = []
  /// What could not be done, by rising line.
  public private(set) var problems: [ParseError] = []
  /// What was booted where branches begin that leave no other one, by these branches.
  public private(set) var boots: [Int: Session.Boot] = [:]
  /// Whether the session says where the cursor stands.
  public private(set) var hasCursor = false

  /// The branches of the history by those of the session; nil for one that is left out.
  private var indices: [Int?] = [0]
  /// What the first machine was booted from.
  private let boot: Session.Boot
  /// Notes for the next call.
  private var notes: [String] = []

  /// Carries out a session.
  ///
  /// - Parameters:
  ///   - machine: the machine, just booted.
  ///   - boot: what it was booted from.
  ///   - progress: where that tells how far it is, and looks whether it is to stop: then the history is
  ///     of no use. It stays with the timeline.
  public init(
    _ scenario: Scenario, on machine: Machine, bootedFrom boot: Session.Boot,
    progress: WorkProgress? = nil,
  ) {
    self.boot = boot
    timeline = Timeline(machine)
    timeline.progress = progress
    let session = scenario.session ?? SessionPart()
    // No other branch has a name that could stand in the way.
    try? timeline.rename(0, to: session.mainName)
    perform(scenario.statements, session.mainName)
    for section in session.branches { begin(section) }
    for placed in session.marks { place(placed) }
    var shown: Int?
    for placed in session.cursors { shown = put(placed, session.names) ?? shown }
    if let shown {
      timeline.switchBranch(to: shown)
    } else {
      timeline.switchBranch(to: 0)
      timeline.go(to: .start)
    }
    hasCursor = shown != nil
    problems.sort { $0.location.line < $1.location.line }
  }

  private mutating func tell(_ trouble: SessionTrouble, at location: SourceLocation) {
    problems.append(ParseError(.session(trouble), at: location))
  }

  // MARK: - Branches

  private mutating func begin(_ section: SessionPart.Section) {
    guard let origin = section.parent else { return begin(section, anewOn: section.boot) }
    guard let parent = indices[origin] else {
      indices.append(nil)
      return
    }
    let other = timeline.branches[parent]
    guard section.fork <= other.end else {
      indices.append(nil)
      return tell(
        .branchBeyond(section.name, of: other.name, asked: section.fork, has: other.end),
        at: section.location)
    }
    timeline.switchBranch(to: parent)
    timeline.go(to: Moment(call: section.fork))
    do throws(Timeline.BranchError) {
      try timeline.beginBranch(named: section.name)
    } catch {
      indices.append(nil)
      return tell(.branchTwice(section.name), at: section.location)
    }
    indices.append(timeline.current)
    perform(section.statements, section.name)
  }

  /// Begins a branch on a machine of its own; what its lines leave open is as in the first one.
  private mutating func begin(_ section: SessionPart.Section, anewOn scenario: Scenario?) {
    let scenario = scenario ?? Scenario()
    let builtIn = scenario.machine.flatMap(MachineDescription.init(builtIn:))
    let description = scenario.ownMachine ?? builtIn ?? boot.description
    let booted = Session.Boot(
      scenario.configured(description), kernel: scenario.kernel(on: description, boot.kernel),
      policies: scenario.policies)
    let machine: Machine
    do throws(BootError) {
      machine = try booted.machine()
    } catch {
      indices.append(nil)
      return tell(.notBooted(section.name, error), at: section.location)
    }
    do throws(Timeline.BranchError) {
      try timeline.beginBranch(named: section.name, on: machine)
    } catch {
      indices.append(nil)
      return tell(.branchTwice(section.name), at: section.location)
    }
    boots[timeline.current] = booted
    indices.append(timeline.current)
    perform(section.statements, section.name)
  }

  /// Carries out the lines of a branch, up to a call that cannot be made.
  private mutating func perform(_ statements: [LocatedStatement], _ name: String) {
    notes = []
    for (place, located) in statements.enumerated() {
      if let progress = timeline.progress {
        progress.report(UInt64(place), of: UInt64(statements.count))
        if progress.isStopped { return }
      }
      switch located.statement {
      case .call(let call):
        do throws(CallError) {
          try timeline.perform(call, notes: notes)
          notes = []
        } catch {
          let left = Self.calls(behind: place, statements)
          tell(.branchEnds(name, error, leftOut: left), at: located.location)
          timeline.closingNotes = notes
          return
        }
      case .moduleFile(_, let file):
        let left = Self.calls(behind: place, statements)
        tell(.branchEndsAtFile(name, file, leftOut: left), at: located.location)
        timeline.closingNotes = notes
        return
      case .areas:
        let areas = timeline.machine.areas.named
        notes += areas.suffix(3).map { timeline.machine.use(of: $0).shortWords }
      case .printing(let expression):
        let context = Expression.Context(machine: timeline.machine)
        notes.append((try? expression.told(in: context)) ?? expression.scenarioText)
      case .note(let text): notes.append(text)
      case .pause: timeline.pauseAtEnd()
      case .why(let target, let size): ask(target, size, at: located.location)
      case .tlb(let question):
        do throws(TLBError) {
          notes.append(try question.answer(on: timeline.machine).line)
        } catch {
          tell(.measurement(error), at: located.location)
        }
      case .stop(let stop):
        if stops.add(stop) == nil {
          tell(.tooManyStops(limit: StopList.countMax), at: located.location)
        }
      case .display(let line):
        if let trouble = displays.carryOut(line) { tell(.display(trouble), at: located.location) }
      case .expect(let expression):
        claims.append(Claim(branch: timeline.current, call: timeline.end.call, expression))
      case .machine, .firmware, .kernel, .cpu, .policy, .rule, .direction, .lesson, .session: break
      }
    }
    timeline.closingNotes = notes
  }

  private static func calls(behind place: Int, _ statements: [LocatedStatement]) -> Int {
    statements[(place + 1)...].count { $0.statement.isCall }
  }

  /// Puts the answer to a question among the notes.
  private mutating func ask(_ target: Call.Target, _ size: LeafSize?, at location: SourceLocation) {
    do throws(CallError) {
      let address = try timeline.machine.address(of: target, 1)
      let answer = SlotAnswer(timeline.machine, size, at: address)
      notes += answer.lines(.short).prefix(2).map(\.text)
    } catch {
      tell(.question(error), at: location)
    }
  }

  // MARK: - Marks and cursors

  private mutating func place(_ placed: SessionPart.PlacedMark) {
    var mark = placed.mark
    do throws(MarkError) {
      guard let branch = indices[mark.branch] else {
        throw .gone(mark.name, known: timeline.marks.map(\.name))
      }
      mark.branch = branch
      try timeline.place(mark)
    } catch {
      tell(.mark(error), at: placed.location)
    }
  }

  /// Puts the cursor of a branch where it was; the branch, if that could be done.
  private mutating func put(_ placed: SessionPart.PlacedCursor, _ names: [String]) -> Int? {
    let name = names[placed.branch]
    guard let branch = indices[placed.branch] else {
      tell(.branchUnknown(name, known: timeline.branches.map(\.name)), at: placed.location)
      return nil
    }
    guard timeline.setCursor(ofBranch: branch, to: placed.moment) else {
      tell(.cursorGone(name, placed.moment), at: placed.location)
      return nil
    }
    return branch
  }
}
