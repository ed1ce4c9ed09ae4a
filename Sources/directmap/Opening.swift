import ArgumentParser
import Configuration
import Engine
import Interface
import Screen
import TerminalBackend
import Views

/// What was loaded for the screen, and the terminal, if that took so long that it was taken over.
struct Opened<Value: Sendable>: ~Copyable {
  let value: Value
  var terminal: OpenedTerminal?

  /// Loads what is to be shown. Where that takes longer than a moment, the terminal is taken over, and
  /// shows how far it is.
  ///
  /// - Parameter name: what is loaded, for the user.
  /// - Throws: what loading throws; `ExitCode` 130 where the user does not wait, 129 where the terminal
  ///   is gone. The terminal is then as it was.
  init(
    _ name: String, _ configuration: Configuration,
    _ load: @escaping @Sendable (WorkProgress) throws -> Value,
  ) throws {
    let worker = Worker()
    let progress = WorkProgress()
    let clock = ContinuousClock()
    let start = clock.now
    let result = worker.start { Swift.Result { try load(progress) } }
    var opened: OpenedTerminal?
    if !worker.wait(for: result, milliseconds: ScreenLoop.patience) {
      // Where there is no terminal, the screen says so when there is something to show.
      if let terminal = try? Terminal(configuration.terminalOptions) {
        opened = try Self.wait(OpenedTerminal(terminal: terminal)) { terminal in
          let line = WorkLine(
            words: "Opening \(name)", percentage: progress.percentage,
            seconds: Int(start.duration(to: clock.now).components.seconds), key: "Esc")
          terminal.show(
            openingScreen(line, size: terminal.size, glyphs: terminal.glyphs),
            theme: configuration.viewOptions.theme)
          let input = terminal.read(
            timeoutMilliseconds: ScreenLoop.frame, orReadable: worker.descriptor)
          return (input, result.hasEnded)
        }
      } else {
        while !worker.wait(for: result, milliseconds: 1000) { continue }
      }
    }
    guard let loaded = result.take() else { throw ExitCode(130) }
    value = try loaded.get()
    terminal = opened
  }

  /// Reads keys until something is there: those that do not end the program are for the screen.
  private static func wait(
    _ start: consuming OpenedTerminal,
    _ next: (inout Terminal) -> (input: Input?, hasEnded: Bool),
  ) throws(ExitCode) -> OpenedTerminal {
    var opened = start
    while true {
      let (input, hasEnded) = next(&opened.terminal)
      switch input {
      case .key(.escape), .control("c"): throw ExitCode(130)
      case .end: throw ExitCode(129)
      case .control("z"): opened.terminal.suspend()
      case .control("l"): opened.terminal.redraw()
      case nil, .timeout, .resize, .resumed: break
      case .character, .key, .control, .mouse: if let input { opened.typed.append(input) }
      }
      if hasEnded { return opened }
    }
  }
}
