import Engine
import History
import Lanes
import Language
import Narration
import Scenarios
import Screen
import TLB

extension Model {
  /// Carries out a line of a script on the screen as it stands, at the end of time.
  ///
  /// - Returns: what is to be done outside of the model.
  /// - Throws: `RunError` where that cannot be done; the screen then stays as it was.
  mutating func present(_ located: LocatedStatement) throws(RunError) -> [Effect] {
    let place = located.location
    switch located.statement {
    case .direction(.caption), .direction(.presenter): break
    default: presentation.isCaptionOpen = false
    }
    switch located.statement {
    case .call(let call):
      do throws(CallError) {
        try present(call)
      } catch {
        throw RunError(.call(call, error), at: place)
      }
    case .moduleFile(_, let file): throw RunError(.fileNotRead(file), at: place)
    case .note(let text): presentation.notes.append(text)
    case .pause: timeline.pauseAtEnd()
    case .why(let target, let size): ask(target, size)
    case .tlb(let question):
      do throws(TLBError) {
        presentation.answers.add(try question.answer(on: machine))
      } catch {
        throw RunError(.tlb(error), at: place)
      }
      _ = measure(question)
    case .areas:
      say(machine.areas.named.map { machine.use(of: $0) }.sentences.joined(separator: " "))
    case .printing(let expression):
      say((try? expression.told(in: expressionContext)) ?? expression.scenarioText)
    case .stop(let stop): _ = stops.add(stop)
    case .display(let line):
      if let trouble = displays.carryOut(line) { throw RunError(.display(trouble), at: place) }
    case .expect(let expression): try hold(expression, at: place)
    case .direction(let direction): return try present(direction, at: place)
    case .machine, .firmware, .kernel, .cpu, .policy, .rule, .lesson, .session: break
    }
    return []
  }

  /// Makes a call at the end, and shows it: as a whole, or where time goes by events from its start.
  private mutating func present(_ call: Call) throws(CallError) {
    goToTheEnd()
    let before = machine
    let start = timeline.moment
    try load(call, notes: presentation.notes)
    presentation.notes = []
    notice = nil
    arrive(from: before)
    guard !playback.pace.isByCalls else { return }
    go(to: start)
    lane.isFlashing = false
    playback.isPlaying = true
  }

  /// Goes to the end of time without a word.
  mutating func goToTheEnd() {
    guard timeline.moment != timeline.end else { return }
    go(to: timeline.end)
    lane.isFlashing = false
  }

  private mutating func present(
    _ direction: Direction, at place: SourceLocation,
  ) throws(RunError) -> [Effect] {
    switch direction {
    case .key(let inputs): return try press(inputs, at: place)
    case .type(let text): return try press(text.compactMap { Input(typed: $0) }, at: place)
    case .caption(let text): presentation.say(text)
    case .highlight(let target, let pages):
      do throws(CallError) {
        try pointOut(target, pages)
      } catch {
        throw RunError(.question(target, error), at: place)
      }
    case .spotlight(.panel(let panel)): presentation.beam = panel == .off ? nil : .panel(panel)
    case .spotlight(.pages(let target, let pages)):
      do throws(CallError) {
        presentation.beam = try spotlight(on: target, pages).map { .pages($0) }
      } catch {
        throw RunError(.question(target, error), at: place)
      }
    case .wait, .presenter, .hide, .show: break
    }
    return []
  }

  /// Presses keys for a lesson. They change the screen and nothing else: no file, not the program.
  private mutating func press(
    _ inputs: [Input], at place: SourceLocation,
  ) throws(RunError) -> [Effect] {
    var kept: [Effect] = []
    for input in inputs {
      for effect in update(.input(input)) {
        if let file = effect.fileWritten { throw RunError(.writesFile(file), at: place) }
        switch effect {
        case .bell, .tick, .noTick, .mouse, .redraw: kept.append(effect)
        case .quit, .suspend, .save, .open, .startRecording, .stopRecording: break
        }
      }
    }
    return kept
  }

  /// Points pages out.
  private mutating func pointOut(_ target: Call.Target, _ pages: PageCount) throws(CallError) {
    if let spotlight = try spotlight(on: target, pages) { presentation.spotlight = spotlight }
  }

  /// The pages of a target, in the first space of the map that has them.
  private func spotlight(
    on target: Call.Target, _ pages: PageCount,
  ) throws(CallError) -> Spotlight? {
    let address = try machine.address(of: target, pages)
    let spaces = MapSpace.allCases.filter { $0.range(machine).contains(address) }
    guard let space = spaces.first, let first = space.page(of: address, machine) else {
      return nil
    }
    return Spotlight(
      space: space, pages: first.rawValue..<(first.rawValue + pages.rawValue))
  }

  /// Holds a claim against the machine.
  private mutating func hold(
    _ expression: Expression, at place: SourceLocation,
  ) throws(RunError) {
    goToTheEnd()
    let context = expressionContext
    do throws(EvaluationError) {
      guard try expression.value(in: context) == 0 else { return }
    } catch {
      throw RunError(.expression(expression, error), at: place)
    }
    throw RunError(
      .claimFails(expression, readings: expression.readings(in: context)), at: place)
  }
}

extension Model {
  /// Carries out a line of a script; what is wrong with it is kept for the performer of the script.
  mutating func perform(_ statement: LocatedStatement) -> [Effect] {
    presentation.isUnderWay = true
    do throws(RunError) {
      return try present(statement)
    } catch {
      presentation.failure = error
      return []
    }
  }
}
