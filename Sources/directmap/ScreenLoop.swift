import Configuration
import Interface
import Screen
import TerminalBackend

/// Reads input, updates the model, does what it asks for, shows it; nothing else happens here.
enum ScreenLoop {
  /// Runs until the end and returns the exit status.
  ///
  /// - Parameters:
  ///   - film: the file that all is recorded to from the beginning, if one is.
  ///   - director: who performs first, in real time, until a key takes over.
  static func run(
    _ start: Model, _ configuration: Configuration, _ notice: String?, film: String? = nil,
    performing director: Director? = nil,
  ) throws(UserError) -> Int32 {
    var terminal: Terminal
    do throws(TerminalError) {
      terminal = try Terminal(configuration.terminalOptions)
    } catch {
      throw UserError(error.description + "; play --plain needs no terminal")
    }
    var model = start
    model.adopt(
      keymap: configuration.keymap, options: configuration.viewOptions,
      paceIndex: configuration.speed.value - 1, notice: notice)
    if configuration.letters.value == .auto { model.adapt(to: terminal.colorDepth) }
    _ = model.update(.input(.resize(terminal.size)))
    if model.options.usesMouse, !terminal.setMouse(true) { _ = model.update(.noMouse) }
    let recorder = LiveRecorder(terminal.colorDepth)
    if let film { try begin(film, recorder, &model) }
    let clock = ContinuousClock()
    var (due, deadline) = (clock.now, ContinuousClock.Instant?.none)
    var next = director.flatMap { perform($0, &model, on: &terminal, recorder) }
    while true {
      if next == nil { next = waiting(on: terminal, until: due) }
      if next == nil {
        if let outcome = draw(model, on: &terminal, recorder) {
          model.take(outcome)
          continue
        }
        due = clock.now.advanced(by: .milliseconds(40))
      }
      let message: Message
      let wait = deadline.map { max(0, clock.now.duration(to: $0).milliseconds) }
      if let input = next {
        message = .input(input)
        next = nil
      } else if wait == 0 {
        message = .tick
      } else {
        let input = terminal.read(timeoutMilliseconds: wait)
        message = input == .timeout ? .tick : .input(input)
      }
      if message == .tick { deadline = nil }
      let (isTyped, isFilmed) = (model.isTyping, model.isFilmed)
      let effects = model.update(message)
      for effect in effects {
        switch effect {
        case .quit(let status):
          _ = recorder.finish()
          return status
        case .startRecording(let path): model.take(recorder.begin(path, model))
        case .stopRecording: model.take(recorder.finish())
        case .suspend: terminal.suspend()
        case .redraw: terminal.redraw()
        case .mouse(let isOn):
          if !terminal.setMouse(isOn), isOn { _ = model.update(.noMouse) }
        case .save, .open: SessionFile.carryOut(effect, for: &model)
        case .bell: terminal.ringBell()
        case .tick(let milliseconds):
          deadline = clock.now.advanced(by: .milliseconds(milliseconds))
        case .noTick: deadline = nil
        }
      }
      if isFilmed, case .input(let input) = message,
        let outcome = recorder.press(input, effects, isTyped: isTyped, isTyping: model.isTyping)
      {
        model.take(outcome)
      }
    }
  }
}

extension ScreenLoop {
  /// Draws the screen; what put an end to recording it, if something did.
  private static func draw(
    _ model: Model, on terminal: inout Terminal, _ recorder: LiveRecorder,
  ) -> RecordingOutcome? {
    let canvas = screen(model, size: terminal.size, glyphs: terminal.glyphs)
    terminal.show(canvas, theme: model.options.theme)
    return recorder.show(canvas, theme: model.options.theme)
  }

  /// Input that waits already, as where somebody pastes a long line. It is taken before the screen is
  /// drawn again, for a moment at most, so that each character costs its own work and no picture.
  private static func waiting(
    on terminal: borrowing Terminal, until due: ContinuousClock.Instant,
  ) -> Input? {
    guard ContinuousClock.now < due else { return nil }
    let input = terminal.read(timeoutMilliseconds: 0)
    return input == .timeout ? nil : input
  }

  /// Records from the beginning; what cannot be recorded then does not begin.
  private static func begin(
    _ path: String, _ recorder: LiveRecorder, _ model: inout Model,
  ) throws(UserError) {
    let outcome = recorder.begin(path, model)
    if case .failed(let reason) = outcome { throw UserError(reason) }
    model.take(outcome)
  }
}

extension Model {
  /// Takes what became of recording.
  fileprivate mutating func take(_ outcome: RecordingOutcome) { _ = update(.recording(outcome)) }
}

extension Duration {
  /// Whole milliseconds, rounded up.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
  }
}
