public import Engine

// The same calls on another machine: a branch that leaves no other one but begins with its own machine.
// The calls so far stay on the branch that was left.

extension Timeline {
  /// The branch on which the path to the current one begins; its machine is the one that booted.
  public var root: Int { path[0] }

  /// The branch on which the path to another one begins.
  public func root(ofBranch index: Int) -> Int { path(to: index)[0] }

  /// A call that another machine cannot make.
  public struct LeftOut: Sendable {
    /// The call, or the observation that no call stands for.
    public var deed: Deed
    /// Why it cannot be made.
    public var reason: Reason
  }

  /// Why a call cannot be made again.
  public enum Reason: Sendable {
    /// The machine refuses it.
    case refused(CallError)
    /// The kernel has no such function.
    case missing
    /// It is an observation that no call stands for.
    case observed
  }

  /// Begins a branch without calls on a new machine.
  ///
  /// - Parameter start: the machine, just booted.
  public mutating func beginBranch(
    named name: String, on start: Machine,
  ) throws(BranchError) {
    guard Self.isName(name) else { throw .nameUnfit(name) }
    if branches.contains(where: { $0.name == name }) { throw .nameTaken(name) }
    begin(name, on: start)
  }

  private mutating func begin(_ name: String, on start: Machine) {
    branches[current].cursor = moment
    branches.append(Branch(name: name, parent: nil, fork: 0, start: start))
    current = branches.count - 1
    path = [current]
    ladder = Ladder()
    opened = nil
    stand(start, after: 0)
  }

  /// Makes all calls of the current branch on another machine, on a new branch, and goes to the same
  /// place there. Calls that the machine cannot make are left out; their notes stay.
  ///
  /// - Parameters:
  ///   - start: the machine, just booted.
  ///   - name: the name of the branch; a number is added if the name is taken.
  /// - Returns: what was left out, in order.
  public mutating func makeAgain(on start: Machine, named name: String) -> [LeftOut] {
    let (old, left, place) = (steps, current, moment)
    let pauses = (0...old.count).filter(pauses(after:))
    let closing = closingNotes
    passagesBack = []
    begin(free(name), on: start)
    var leftOut: [LeftOut] = []
    var notes: [String] = []
    var arrival = Moment.start
    for index in 0..<old.count {
      if let progress {
        progress.report(UInt64(index), of: UInt64(old.count))
        if progress.isStopped { return leftOut }
      }
      if pauses.contains(index) { pauseAtEnd() }
      if index == place.call { arrival = Moment(call: moment.call) }
      let step = old[index]
      notes += step.notes
      guard let call = step.call else {
        leftOut.append(LeftOut(deed: step.deed, reason: .observed))
        continue
      }
      do throws(CallError) {
        let hadIt = step.returned != .notImplemented
        if try perform(call, notes: notes, leavingOutMissing: hadIt) == .notImplemented,
          hadIt
        {
          leftOut.append(LeftOut(deed: step.deed, reason: .missing))
          continue
        }
        notes = []
        if index == place.call, place.event > 0 { arrival.event = place.event }
      } catch {
        leftOut.append(LeftOut(deed: step.deed, reason: .refused(error)))
      }
    }
    if pauses.contains(old.count) { pauseAtEnd() }
    closingNotes = notes + closing
    if place.call >= old.count { arrival = end }
    goInsideAsFarAsPossible(arrival)
    branches[current].origin = Branch.Origin(branch: left, calls: old.count, made: end.call)
    passages.append(Passage(from: Place(branch: left, moment: place), to: here))
    return leftOut
  }

  /// A place on a branch.
  struct Place: Equatable, Sendable {
    var branch: Int
    var moment: Moment
  }

  /// A change from one machine to another.
  struct Passage: Sendable {
    var from: Place
    var to: Place
  }

  private var here: Place { Place(branch: current, moment: moment) }

  /// Whether the path to the current place leads over a place, without a call between them.
  private func stands(at place: Place) -> Bool {
    guard place.moment == moment, let index = path.firstIndex(of: place.branch) else {
      return false
    }
    let calls = moment.call + (moment.event > 0 ? 1 : 0)
    return index == path.count - 1 || branches[path[index + 1]].fork >= calls
  }

  /// Goes back to the machine from which the cursor came here. Returns whether there was one.
  public mutating func goBackToOtherMachine() -> Bool {
    guard let last = passages.last, stands(at: last.to) else { return false }
    passages.removeLast()
    passagesBack.append(last)
    stand(at: last.from)
    return true
  }

  /// Returns to the machine that ``goBackToOtherMachine()`` left. Returns whether there was one.
  public mutating func goAgainToOtherMachine() -> Bool {
    guard let last = passagesBack.last, stands(at: last.from) else { return false }
    passagesBack.removeLast()
    passages.append(last)
    stand(at: last.to)
    return true
  }

  private mutating func stand(at place: Place) {
    switchBranch(to: place.branch)
    if moment != place.moment { go(to: place.moment) }
  }

  /// The branches on other machines that have exactly the calls of the current one: the one whose calls
  /// it makes again, and those that make its calls again.
  public var twins: [Int] {
    branches.indices.filter { index in
      index != current && (repeats(index, current) || repeats(current, index))
    }
  }

  /// Whether a branch makes all calls of another one again, and neither has had calls since.
  private func repeats(_ index: Int, _ other: Int) -> Bool {
    guard let origin = branches[index].origin, origin.branch == other else { return false }
    return origin.made == origin.calls && branches[index].end == origin.made
      && branches[other].end == origin.calls
  }

  /// Goes to the same place on a branch that has the same calls on another machine.
  ///
  /// - Parameter index: one of ``twins``.
  public mutating func pass(to index: Int) {
    let start = here
    passagesBack = []
    switchBranch(to: index)
    goInsideAsFarAsPossible(start.moment)
    passages.append(Passage(from: start, to: here))
  }

  /// Goes to a moment, or inside a shorter call to its last event but one.
  private mutating func goInsideAsFarAsPossible(_ target: Moment) {
    go(to: Moment(call: target.call))
    let events = eventCount(ofCall: moment.call)
    go(to: Moment(call: moment.call, event: min(target.event, max(0, events - 1))))
  }

  /// The name if it is free, else with the first number behind it that makes it so.
  private func free(_ name: String) -> String {
    var (text, number) = (name, 1)
    while branches.contains(where: { $0.name == text }) {
      number += 1
      text = "\(name)-\(number)"
    }
    return text
  }
}
