import Configuration
import Interface
import Screen
import TerminalBackend
import Views

/// Reads input, has it answered, does what that asks for, shows it; nothing else happens here.
///
/// What may take long is worked out by the ``Worker``: for the first tenth of a second the loop waits for
/// it, as if it did the work itself, and then goes on to show and to read.
struct ScreenLoop: ~Copyable {
  var terminal: Terminal
  var bench: Workbench
  let recorder: LiveRecorder
  let worker = Worker()
  let clock = ContinuousClock()
  private var deadline: ContinuousClock.Instant?
  /// Files to save and to open, which wait for their turn.
  private var errands: [Effect] = []
  private var running: Running?
  /// What is seen of a running kernel meanwhile.
  private var feed: WatchFeed?
  private var sightings: ArraySlice<Sighting> = []
  /// When the screen is drawn again though more input waits.
  private var due: ContinuousClock.Instant
  private var status: Int32?

  /// What the worker does.
  private struct Running {
    let result: Worker.Result<Workbench.Outcome>
    let start: ContinuousClock.Instant
  }

  /// How long the loop waits for work before it shows that work is under way, in milliseconds.
  static let patience = 100
  /// How long the line that says so stays as it is, in milliseconds.
  static let frame = 250

  init(_ terminal: consuming Terminal, _ model: Model) {
    recorder = LiveRecorder(terminal.colorDepth)
    self.terminal = terminal
    bench = Workbench(model)
    due = clock.now
  }

  /// Runs until the end and returns the exit status.
  ///
  /// - Parameters:
  ///   - film: what is recorded from the beginning, if anything is.
  ///   - director: who performs first, in real time, until a key takes over.
  ///   - opened: the terminal, if it was taken over already, and what was typed on it.
  ///   - feed: what is seen of a running kernel meanwhile.
  ///   - leaving: is told what was shown last, with the terminal put back.
  static func run(
    _ start: Model, _ configuration: Configuration, _ notice: String?, film: FilmOptions? = nil,
    performing director: Director? = nil, on opened: consuming OpenedTerminal? = nil,
    watching feed: WatchFeed? = nil,
    leaving: ((Model) -> Void)? = nil,
  ) throws(UserError) -> Int32 {
    var typed: [Input] = []
    let terminal: Terminal
    if let opened {
      typed = opened.typed
      terminal = opened.terminal
    } else {
      terminal = try .opened(configuration)
    }
    var model = start
    model.adopt(
      keymap: configuration.keymap, options: configuration.viewOptions,
      paceIndex: configuration.speed.value - 1, notice: notice)
    if configuration.letters.value == .auto { model.adapt(to: terminal.colorDepth) }
    _ = model.update(.input(.resize(terminal.size)))
    if model.options.usesMouse, !terminal.setMouse(true) { _ = model.update(.noMouse) }
    var loop = ScreenLoop(terminal, model)
    loop.feed = feed
    if let film { try loop.record(to: film) }
    // What was typed takes over, and does nothing else.
    if let director { typed = loop.perform(director, typed.first).map { [$0] } ?? [] }
    let status = loop.run(typed)
    let last = loop.bench.model
    // The terminal is put back before anything is printed.
    _ = consume loop
    leaving?(last)
    return status
  }

  private mutating func run(_ typed: [Input]) -> Int32 {
    var typed = typed[...]
    while true {
      if typed.isEmpty, let input = waiting() {
        take(.input(input))
      } else if !show() {
        continue
      } else if running != nil {
        workOn()
      } else if let errand = errands.first {
        errands.removeFirst()
        begin(SessionFile.work(for: errand, on: &bench))
      } else if let message = bench.nextWaiting() {
        take(message)
      } else if let input = typed.popFirst() {
        take(.input(input))
      } else {
        take(next())
      }
      if let status {
        _ = recorder.finish()
        return status
      }
    }
  }

  /// Input that waits already, as where somebody pastes a long line. It is taken before the screen is
  /// drawn again, for a moment at most, so that each character costs its own work and no picture.
  private mutating func waiting() -> Input? {
    guard running == nil, errands.isEmpty, !bench.hasWaiting, clock.now < due else { return nil }
    prepareToRead()
    let input = terminal.read(timeoutMilliseconds: 0)
    return input == .timeout ? nil : input
  }

  /// Shows the screen; false where that put an end to recording, so that there is another one to show.
  private mutating func show() -> Bool {
    due = clock.now.advanced(by: .milliseconds(40))
    let line = running.flatMap {
      bench.line(after: Int($0.start.duration(to: clock.now).components.seconds))
    }
    return show(line)
  }

  /// Shows the screen, with a line about work under way. What is shown is what is recorded.
  mutating func show(_ line: WorkLine?) -> Bool {
    let model = bench.model
    let canvas = screen(model, size: terminal.size, glyphs: terminal.glyphs, work: line)
    terminal.show(canvas, theme: model.options.theme)
    guard let outcome = recorder.show(canvas, theme: model.options.theme) else { return true }
    _ = bench.answer(.recording(outcome))
    return false
  }

  /// Waits for an input, or for the time of a tick.
  private mutating func next() -> Message {
    let wait = deadline.map { max(0, clock.now.duration(to: $0).milliseconds) }
    if wait == 0 { return .tick }
    prepareToRead()
    guard let feed else {
      let input = terminal.read(timeoutMilliseconds: wait)
      return input == .timeout ? .tick : .input(input)
    }
    if let sighting = sightings.popFirst() { return .seen(sighting) }
    // A watch that has ended, as after a signal, makes no news: it is looked at now and then.
    let second = 1000
    guard
      let input = terminal.read(
        timeoutMilliseconds: min(wait ?? second, second), orReadable: feed.descriptor)
    else {
      sightings += feed.take()
      return sightings.popFirst().map { .seen($0) } ?? .input(.timeout)
    }
    if input == .timeout, feed.hasEnded { return .input(.end) }
    return input == .timeout && wait.map { $0 <= second } == true ? .tick : .input(input)
  }

  /// Pasted text goes into an open line, or nowhere.
  private mutating func prepareToRead() { terminal.takesPaste = bench.model.isTyping }

  // MARK: - Messages

  private mutating func take(_ message: Message) {
    if message == .tick { deadline = nil }
    note(message)
    act(on: bench.answer(message))
  }

  private mutating func act(on answer: Workbench.Answer) {
    switch answer {
    case .done(let effects):
      if effects.contains(where: { if case .save = $0 { true } else { false } }) {
        recorder.leaveLine()
      }
      carryOut(effects)
    case .work(let work): return begin(work)
    case .stopped(let effects, let inputs):
      running = nil
      recorder.replaceKeys(inputs)
      carryOut(effects)
    case .refused:
      recorder.dropKey()
      terminal.ringBell()
    }
    // The key that leaves is not part of what was done.
    guard status == nil, !bench.isWorking,
      let outcome = recorder.writeKeys(isTyping: bench.model.isTyping)
    else { return }
    carryOut(tell(outcome))
  }

  /// Keeps a key for the recorder, where keys are recorded.
  private func note(_ message: Message) {
    guard case .input(let input) = message, bench.model.isFilmed else { return }
    recorder.press(input, isTyped: bench.model.isTyping)
  }

  private mutating func carryOut(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .quit(let status): self.status = status
      case .startRecording(let path, let replaces):
        let force = replaces ? nil : "record! \(path ?? "")"
        carryOut(tell(recorder.begin(path, bench.model, force: force)))
      case .stopRecording: carryOut(tell(recorder.finish()))
      case .suspend: terminal.suspend()
      case .redraw: terminal.redraw()
      case .mouse(let isOn): if !terminal.setMouse(isOn), isOn { _ = bench.answer(.noMouse) }
      case .save, .open: errands.append(effect)
      case .bell: terminal.ringBell()
      case .tick(let milliseconds):
        deadline = clock.now.advanced(by: .milliseconds(milliseconds))
      case .noTick: deadline = nil
      }
    }
  }

  /// Tells what became of recording.
  private mutating func tell(_ outcome: RecordingOutcome) -> [Effect] {
    if case .done(let effects) = bench.answer(.recording(outcome)) { effects } else { [] }
  }

  /// Records from the beginning; what cannot be recorded then does not begin.
  private mutating func record(to film: FilmOptions) throws(UserError) {
    guard let path = film.film else { return }
    let outcome = recorder.begin(path, bench.model, force: film.force ? nil : "--force")
    if case .failed(let reason) = outcome { throw UserError(reason) }
    _ = tell(outcome)
  }

  // MARK: - Work

  /// Has work done, and waits a moment for it. What was typed by then was typed ahead: it waits.
  private mutating func begin(_ work: Workbench.Work) {
    let result = worker.start { work.run() }
    running = Running(result: result, start: clock.now)
    if worker.wait(for: result, milliseconds: Self.patience) { return finish() }
    while running?.result === result {
      prepareToRead()
      let input = terminal.read(timeoutMilliseconds: 0)
      if input == .timeout { break }
      note(.input(input))
      act(on: bench.keep(input))
      if status != nil { return }
    }
    if running?.result === result { act(on: .done(bench.showWork())) }
  }

  /// Reads while work is under way, up to its end.
  private mutating func workOn() {
    if running?.result.hasEnded == true { return finish() }
    prepareToRead()
    guard
      let input = terminal.read(
        timeoutMilliseconds: Self.frame, orReadable: worker.descriptor)
    else {
      // Something has ended: this work, or some that was stopped.
      _ = worker.wait(forAny: [], milliseconds: 0)
      return
    }
    if input != .timeout { take(.input(input)) }
  }

  private mutating func finish() {
    guard let outcome = running?.result.take() else { return }
    running = nil
    act(on: .done(bench.finish(outcome)))
  }
}

/// A terminal that was taken over before there was a screen to show, and what was typed on it.
struct OpenedTerminal: ~Copyable {
  var terminal: Terminal
  var typed: [Input] = []
}

extension Terminal {
  /// The terminal as a configuration wants it.
  static func opened(_ configuration: Configuration) throws(UserError) -> Terminal {
    do throws(TerminalError) {
      return try Terminal(configuration.terminalOptions)
    } catch {
      throw UserError(error.description + "; play --plain needs no terminal")
    }
  }
}

nonisolated extension Duration {
  /// Whole milliseconds, rounded up.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
