import Engine
import Interface
import Scenarios
import Screen
import TerminalBackend

extension ScreenLoop {
  /// A step of a performance, as the worker makes it.
  private struct Step: Sendable {
    var director: Director
    /// What it shows, or why it could not be made; `nil` at the end.
    var shot: Swift.Result<Director.Shot, RunError>?
  }

  /// Performs a script in real time, until it ends or a key takes over, and leaves the screen as it then
  /// is. A key takes over at once: a step under way is stopped, and what comes of it is dropped.
  ///
  /// The key that takes over does nothing else, whatever the script has typed up to there.
  ///
  /// - Parameter typed: a key that was pressed already.
  /// - Returns: the key that took over where it ends or stops the program, which it does all the same.
  mutating func perform(_ start: Director, _ typed: Input?) -> Input? {
    if let typed { return takeOver(typed) }
    var director = start
    // The screen is the director's, with the keys and looks that the user has chosen.
    director.prepare { [model = bench.model] in $0 = model }
    let begin = clock.now
    while true {
      _ = show(nil)
      let step: Step
      switch makeStep(director) {
      case .success(let made): step = made
      case .failure(let key): return takeOver(key.input)
      }
      director = step.director
      let shot: Director.Shot
      switch step.shot {
      case .success(let next): shot = next
      case .failure(let error):
        bench.change { $0.endPerformance(error.description, isFailure: true) }
        return nil
      case nil:
        bench.change { $0.endPerformance("That was all; every key works now.") }
        return nil
      }
      let time = begin.advanced(by: .milliseconds(shot.milliseconds))
      while case let left = clock.now.duration(to: time).milliseconds, left > 0 {
        let input = terminal.read(timeoutMilliseconds: left)
        guard let size = passesBy(input) else { return takeOver(input) }
        if let size {
          director.prepare { _ = $0.update(.input(.resize(size))) }
          _ = show(nil)
        }
      }
      bench.change { $0 = director.model }
    }
  }

  /// A key that takes over.
  private struct TakenOver: Error {
    let input: Input
  }

  /// Has a step made, and shows that it is, if it takes long.
  private mutating func makeStep(_ director: Director) -> Swift.Result<Step, TakenOver> {
    let progress = WorkProgress()
    let result = worker.start { Self.step(director, progress) }
    let start = clock.now
    var sizes: [Size] = []
    var isReady = worker.wait(for: result, milliseconds: Self.patience)
    while !isReady {
      let line = WorkLine(
        words: "the demo", percentage: progress.percentage,
        seconds: Int(start.duration(to: clock.now).components.seconds), key: "any key")
      _ = show(line)
      if let input = terminal.read(
        timeoutMilliseconds: Self.frame, orReadable: worker.descriptor)
      {
        guard let size = passesBy(input) else {
          progress.stop()
          return .failure(TakenOver(input: input))
        }
        if let size { sizes.append(size) }
      } else {
        isReady = worker.wait(for: result, milliseconds: 0)
      }
    }
    guard var step = result.take() else { return .success(Step(director: director)) }
    for size in sizes { step.director.prepare { _ = $0.update(.input(.resize(size))) } }
    return .success(step)
  }

  private nonisolated static func step(_ start: Director, _ progress: WorkProgress) -> Step {
    var director = start
    director.prepare { $0.progress = progress }
    do throws(RunError) {
      let shot = try director.next()
      director.prepare { $0.progress = nil }
      return Step(director: director, shot: shot.map { .success($0) })
    } catch {
      director.prepare { $0.progress = nil }
      return Step(director: director, shot: .failure(error))
    }
  }

  /// Whether an input does not take over, and the size if it is one; the screen that is shown has it then.
  private mutating func passesBy(_ input: Input) -> Size?? {
    switch input {
    case .timeout, .resumed: return .some(nil)
    case .resize(let size):
      bench.change { _ = $0.update(.input(.resize(size))) }
      return size
    case .character, .key, .control, .mouse, .end: return nil
    }
  }

  private mutating func takeOver(_ input: Input) -> Input? {
    let words = "The demo stops here: the screen is yours. That key did nothing else."
    bench.change { $0.endPerformance(words) }
    return bench.model.passesTakeover(input) ? input : nil
  }
}
