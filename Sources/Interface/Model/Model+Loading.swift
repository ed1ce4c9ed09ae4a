public import Engine
import History
import Lanes
import Language
import Narration
import Scenarios
import TLB

extension Model {
  /// A scenario that was carried out, seen from its beginning.
  ///
  /// - Parameters:
  ///   - lane: a machine on which nothing was done yet.
  ///   - others: variants beside it, which make the same calls.
  ///   - progress: where that tells how far it is, and looks whether it is to stop: then the model is of
  ///     no use.
  /// - Throws: `RunError` at the first statement that cannot be carried out.
  public init(
    playing statements: [LocatedStatement], on lane: Lane, beside others: [Lane] = [],
    progress: WorkProgress? = nil,
  ) throws(RunError) {
    self.init(lane, beside: others)
    self.progress = progress
    var notes: [String] = []
    var left = 0
    for (index, located) in statements.enumerated() {
      if let progress {
        progress.report(UInt64(index), of: UInt64(statements.count))
        if progress.isStopped { break }
      }
      switch located.statement {
      case .call where timeline.machine.stopped != nil:
        // A kernel that stopped makes no further call; what was seen so far stays.
        left += 1
      case .call(let call):
        do throws(CallError) {
          try load(call, notes: notes)
        } catch {
          throw RunError(.call(call, error), at: located.location)
        }
        notes = []
      case .areas:
        let areas = timeline.machine.areas.named
        notes += areas.suffix(3).map { timeline.machine.use(of: $0).shortWords }
      case .printing(let expression):
        let context = Expression.Context(machine: timeline.machine)
        notes.append((try? expression.told(in: context)) ?? expression.scenarioText)
      case .note(let text): notes.append(text)
      case .direction(.caption(let text)): if !text.isEmpty { notes.append(text) }
      case .pause: timeline.pauseAtEnd()
      case .moduleFile(_, let file):
        throw RunError(.fileNotRead(file), at: located.location)
      case .why(let target, let size):
        do throws(CallError) {
          let address = try timeline.machine.address(of: target, 1)
          let answer = SlotAnswer(timeline.machine, size, at: address)
          notes += answer.lines(.short).prefix(2).map(\.text)
        } catch {
          throw RunError(.question(target, error), at: located.location)
        }
      case .tlb(let question):
        do throws(TLBError) {
          notes.append(try question.answer(on: timeline.machine).line)
        } catch {
          throw RunError(.tlb(error), at: located.location)
        }
      case .stop(let stop): _ = stops.add(stop)
      case .display(let line):
        if let trouble = displays.carryOut(line) {
          throw RunError(.display(trouble), at: located.location)
        }
      case .expect(let expression):
        self.lane.claims.append(
          Claim(branch: timeline.current, call: timeline.end.call, expression))
      case .machine, .firmware, .kernel, .cpu, .policy, .rule, .direction, .lesson, .session: break
      }
    }
    if left > 0 {
      let calls = left == 1 ? "1 more call is" : "\(left) more calls are"
      notes.append("\(calls) left out: the kernel had stopped.")
    }
    for index in lanes.list.indices { lanes.list[index].timeline.closingNotes = notes }
    begin()
    self.progress = nil
  }

  /// A recording of a real kernel, seen from its beginning: what was observed in each step.
  public init(
    playing observations: [Observation], of kernelName: String, on machine: Machine,
    setup: BootSetup,
  ) {
    self.init(machine, setup: setup)
    lane.source = .recording(
      RecordedRun(kernelName: kernelName, steps: observations.count))
    for observation in observations { timeline.observe(observation) }
    begin()
  }

  /// A map that was read from a real machine, and what was read of it later.
  public init(_ reading: MapReading, _ later: [Observation], on machine: Machine) {
    self.init(Lane(reading, on: machine))
    for observation in later { timeline.observe(observation) }
    begin()
    hasBegun = true
  }

  /// Makes a call at the end of time, on the lanes beside this one too.
  mutating func load(_ call: Call, notes: [String]) throws(CallError) {
    let place = timeline.moment.call
    do throws(CallError) {
      if timeline.outside != nil { timeline.watched = stops.watched(on: machine) }
      try timeline.perform(call, notes: notes)
    } catch {
      // What is asked of a policy concerns only the variant that has it.
      guard lanes.isComparing, case .policyOff = error else { throw error }
    }
    lanes.perform(call, notes: notes, after: place, reaching: timeline.moment.call)
  }

  /// Goes to the beginning, to where the first change will be.
  mutating func begin() {
    for index in lanes.list.indices { lanes.list[index].rewind() }
    for call in timeline.steps.indices.prefix(8) {
      guard let pfn = Changes(timeline.events(ofCall: call)).focus else { continue }
      lane.place.selection = pfn
      break
    }
    lane.readMap()
    hasBegun = !timeline.steps.isEmpty
    lanes.keepTogether()
  }
}
