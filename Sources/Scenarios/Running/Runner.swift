import Engine
import History
import Language
import Narration
import TLB

/// Performs the statements of a scenario on a machine, one after the other.
///
///     var runner = Runner(scenario.statements, on: machine)
///     while let step = try runner.next() { show(step, runner.machine) }
public struct Runner: Sendable {
  /// The machine as it is.
  public private(set) var machine: Machine
  /// All statements.
  public private(set) var statements: [LocatedStatement]
  /// How many statements have run.
  public private(set) var position = 0
  /// How many calls have run.
  public private(set) var callCount = 0
  /// Where the run is to be stopped.
  public private(set) var stops: StopList
  /// What is shown after each call.
  public private(set) var displays = DisplayList()
  /// Where the run reports how far it is.
  public var progress: WorkProgress?
  /// The kernel outside of the simulation that makes the calls; `nil` where the engine makes them.
  public var outside: (any OutsideKernel)?
  /// The calls that were made there.
  private var made: [Call] = []
  /// Behind the last statement that a stop has put in.
  private var endOfInserted = 0
  /// What was done last.
  private var lastDeed: Deed?
  private var walk: StopWalk
  private var returned = ReturnCode.success
  private var growth = Counters()
  private var tlb = TLBAnswers()

  /// Events are kept of calls on no more pages: 1 GiB. A page has up to some ten events.
  public static let loggedPagesLimit: PageCount = 262_144

  /// Creates a runner on a booted machine.
  ///
  /// - Parameter stops: where to stop from the beginning; the statements may say more.
  public init(
    _ statements: [LocatedStatement], on machine: Machine, stops: StopList = StopList(),
  ) {
    self.statements = statements
    self.machine = machine
    self.stops = stops
    walk = StopWalk(stops.enabled, from: machine)
  }

  /// What running one statement came to.
  public struct Step: Sendable {
    /// The rules that are on, for words.
    public var rules: [Rule] = []
    /// The statement.
    public var located: LocatedStatement
    /// The number of the call, from 1; a note, a pause or an expect has that of the call before it.
    public var callNumber: Int
    /// What it came to.
    public var outcome: Outcome
    /// The stops that were hit in the call, by rising moment.
    public var hits: [StopHit] = []
    /// What a call that zaps counted.
    public var zap: ZapCounts?
    /// How the simulation of a call differs from what a kernel outside did; `nil` if it does not.
    public var difference: String?
    /// The functions of a kernel outside that were looked at inside a call.
    public var functions: [SeenFunction] = []
    /// What is displayed after a call, in lines.
    public var displayed: [String] = []
    /// Whether a call equals no recording and no published figure, and no kernel outside made it.
    public var isUnrecorded = false
  }

  /// What a statement comes to.
  public enum Outcome: Sendable {
    /// A call was made: what it returned, how it moved the counters, and its events if they were
    /// wanted and are not too many to keep.
    case called(Call, ReturnCode, growth: Counters, events: EventLog?)
    /// Words for the reader.
    case noted(String)
    /// A place to wait.
    case paused
    /// An answer to a question.
    case answered(SlotAnswer)
    /// What accesses cost.
    case measured(TLBAnswer)
    /// The areas of vmalloc space, by rising address.
    case listed([AreaUse])
    /// A claim that holds.
    case held(Expression)
    /// A claim that does not, and what it looked at.
    case failed(Expression, readings: [String])
  }

  /// What expressions see at this point.
  public var context: Expression.Context {
    Expression.Context(machine: machine, returned: returned, growth: growth, tlb: tlb)
  }

  /// Runs the next statement; `nil` at the end. If the statement cannot be carried out, the machine
  /// and the position stay as they were.
  ///
  /// - Parameter logging: whether the events of a call are kept.
  public mutating func next(logging: Bool = false) throws(RunError) -> Step? {
    guard position < statements.count else { return nil }
    progress?.report(UInt64(position), of: UInt64(statements.count))
    let located = statements[position]
    let outcome: Outcome
    var hits: [StopHit] = []
    switch located.statement {
    case .call(let call):
      (outcome, hits) = try perform(call, at: located.location, logging: logging)
      if position < endOfInserted { hits = [] }
      callCount += 1
    case .note(let text): outcome = .noted(text)
    case .moduleFile(_, let file): throw RunError(.fileNotRead(file), at: located.location)
    case .stop(let stop):
      _ = stops.add(stop)
      walk = StopWalk(stops.enabled, from: machine)
      outcome = .paused
    case .direction(.caption(let text)) where !text.isEmpty: outcome = .noted(text)
    case .lesson(.part(let heading)): outcome = .noted(heading)
    case .pause, .machine, .firmware, .kernel, .cpu, .policy, .rule, .direction, .lesson, .session:
      outcome = .paused
    case .why(let target, let size):
      outcome = .answered(try answer(target, size, at: located.location))
    case .tlb(let question):
      outcome = .measured(try measure(question, at: located.location))
    case .printing(let expression):
      outcome = .noted(try told(expression, at: located.location))
    case .display(let line): outcome = try display(line, at: located.location)
    case .areas: outcome = .listed(machine.areas.named.map { machine.use(of: $0) })
    case .expect(let expression): outcome = try check(expression, at: located.location)
    }
    position += 1
    var step = Step(located: located, callNumber: callCount, outcome: outcome, hits: hits)
    step.rules = machine.rules
    if case .call(let call) = located.statement, outside == nil {
      step.isUnrecorded = !machine.knowledge(of: call).isSure
    }
    if case .call = located.statement { step.displayed = displays.lines(in: context) }
    if case .call = located.statement, let deed = lastDeed {
      step.difference = deed.difference
      step.functions = deed.functions
    }
    if case .call(.process(let call)) = located.statement, call.isZap { step.zap = machine.lastZap }
    return step
  }

  /// Whether a run that makes this many calls and no more still has the next statement to run: notes
  /// and expects behind the last call belong to it.
  public func hasNext(withinCalls limit: Int) -> Bool {
    guard position < statements.count else { return false }
    switch statements[position].statement {
    case .call, .moduleFile: return callCount < limit
    case .machine, .firmware, .kernel, .cpu, .policy, .rule, .note, .pause, .why, .tlb, .areas,
      .printing, .display,
      .stop, .expect, .direction, .lesson, .session:
      return callCount <= limit
    }
  }

  private mutating func perform(
    _ call: Call, at location: SourceLocation, logging: Bool,
  ) throws(RunError) -> (Outcome, [StopHit]) {
    if let outside { return try ask(outside, call, at: location, logging: logging) }
    let before = machine.counters
    lastDeed = .call(call)
    var summary = CallSummary()
    var log: EventLog? = logging && call.pages <= Self.loggedPagesLimit ? EventLog() : nil
    do throws(CallError) {
      if var events = log {
        let code = try machine.perform(call, into: &events)
        summary = CallSummary(events.events, returned: code, reaching: machine)
        log = events
      } else {
        summary = try machine.perform(call, reportingTo: progress)
      }
    } catch {
      throw RunError(.call(call, error), at: location)
    }
    returned = summary.returned
    growth = machine.counters.since(before)
    let hits = walk.hits(of: .call(call), numbered: callCount, summary, reaching: machine)
    return (.called(call, returned, growth: growth, events: log), hits)
  }

  private mutating func display(
    _ line: Display, at location: SourceLocation,
  ) throws(RunError) -> Outcome {
    if let trouble = displays.carryOut(line) { throw RunError(.display(trouble), at: location) }
    guard case .begin = line, let first = displays.lines(in: context).last else { return .paused }
    return .noted(first)
  }

  /// What is displayed at a hit of the last call, which may lie inside the call.
  public func displayed(at hit: StopHit) -> [String] {
    if displays.isEmpty { return [] }
    let isBehind = hit.moment.call >= callCount
    return displays.lines(in: isBehind ? context : Expression.Context(machine: machine(at: hit)))
  }

  /// Has a call made by a kernel outside.
  private mutating func ask(
    _ outside: any OutsideKernel, _ call: Call, at location: SourceLocation, logging: Bool,
  ) throws(RunError) -> (Outcome, [StopHit]) {
    let before = machine.counters
    let deed: Deed
    do throws(CallError) {
      deed = .observed(
        try outside.observe(
          call, on: machine, after: made, watching: stops.watched(on: machine)))
    } catch {
      throw RunError(.call(call, error), at: location)
    }
    let (events, code) = deed.apply(to: &machine)
    let summary = CallSummary(events.events, returned: code, reaching: machine)
    if let call = deed.call { made.append(call) }
    lastDeed = deed
    returned = code
    growth = machine.counters.since(before)
    let hits = walk.hits(of: deed, numbered: callCount, summary, reaching: machine)
    return (.called(call, code, growth: growth, events: logging ? events : nil), hits)
  }

  /// Counts a hit of the last call. Whether the run really stops there.
  public mutating func stops(at hit: StopHit) -> Bool { stops.hit(hit.number) }

  /// The machine at a hit of the last call, which may lie inside the call.
  public func machine(at hit: StopHit) -> Machine {
    guard hit.moment.call < callCount else { return machine }
    guard let before = walk.machineBeforeHit else { return machine }
    guard hit.moment.event > 0, case .call(let call) = statements[position - 1].statement else {
      return before
    }
    return (lastDeed ?? .call(call)).machine(after: hit.moment.event, of: .max, on: before)
  }

  private func answer(
    _ target: Call.Target, _ size: LeafSize?, at location: SourceLocation,
  ) throws(RunError) -> SlotAnswer {
    do throws(CallError) {
      return SlotAnswer(machine, size, at: try machine.address(of: target, 1))
    } catch {
      throw RunError(.question(target, error), at: location)
    }
  }

  private mutating func measure(
    _ question: TLBQuestion, at location: SourceLocation,
  ) throws(RunError) -> TLBAnswer {
    if let file = question.file, question.run.pattern.listedCount == 0 {
      throw RunError(.fileNotRead(file), at: location)
    }
    do throws(TLBError) {
      let answer = try question.answer(on: machine)
      tlb.add(answer)
      return answer
    } catch {
      throw RunError(.tlb(error), at: location)
    }
  }

  private func told(
    _ expression: Expression, at location: SourceLocation,
  ) throws(RunError) -> String {
    do throws(EvaluationError) {
      return try expression.told(in: context)
    } catch {
      throw RunError(.expression(expression, error), at: location)
    }
  }

  /// Makes calls before the next statement, as the lines of a stop want it. They hit no stop themselves:
  /// a stop cannot call itself for ever.
  public mutating func insert(_ calls: [Call]) {
    let place = statements[max(0, position - 1)].location
    let lines = calls.map { LocatedStatement(.call($0), at: place) }
    statements.insert(contentsOf: lines, at: position)
    endOfInserted = position + lines.count
  }

  private func check(
    _ expression: Expression, at location: SourceLocation,
  ) throws(RunError) -> Outcome {
    let context = context
    do throws(EvaluationError) {
      return try expression.value(in: context) != 0
        ? .held(expression) : .failed(expression, readings: expression.readings(in: context))
    } catch {
      throw RunError(.expression(expression, error), at: location)
    }
  }
}

/// Why a statement cannot be carried out. The machine is as it was.
public struct RunError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The reason.
  public var reason: Reason
  /// Where the statement stands.
  public var location: SourceLocation

  /// Creates an error.
  public init(_ reason: Reason, at location: SourceLocation) {
    self.reason = reason
    self.location = location
  }

  /// Which statement cannot be carried out, and why.
  public enum Reason: Equatable, Sendable {
    /// A call that the machine cannot make.
    case call(Call, CallError)
    /// A question about a page that the machine does not have.
    case question(Call.Target, CallError)
    /// A row of accesses that cannot be made.
    case tlb(TLBError)
    /// A claim that has no value.
    case expression(Expression, EvaluationError)
    /// A claim that does not hold, and what it looked at; a run goes on, a performance does not.
    case claimFails(Expression, readings: [String])
    /// A display that cannot begin or end.
    case display(String)
    /// A module whose file nobody read.
    case fileNotRead(String)
    /// A line that a demo or a lesson types, and does not end.
    case lineOpen
    /// A key, or a line that is typed, that writes a file; a demo or a lesson may not.
    case writesFile(String)
  }

  /// The place and the reason, in one line.
  public var description: String { "\(location): \(reason.text)" }
}

extension RunError.Reason {
  /// The reason and the way out, without the place.
  public var text: String {
    switch self {
    case .call(_, let error), .question(_, let error): "\(error)"
    case .tlb(let error): "\(error)"
    case .expression(_, let error): "\(error)"
    case .claimFails(let expression, let readings):
      "expect failed: \(expression.scenarioText) (\(readings.joined(separator: ", ")))"
    case .display(let trouble): trouble
    case .fileNotRead(let file):
      "\(file) was not read; give its contents in the line: sizes such as text=24K, or addresses"
    case .lineOpen: "the line that is typed here never ends; add key \"Enter\" after it"
    case .writesFile(let what):
      "\(what) writes a file, which a demo or a lesson may not; leave it out, and save by hand"
    }
  }
}
