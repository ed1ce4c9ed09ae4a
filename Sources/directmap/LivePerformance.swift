import Interface
import Scenarios
import Screen
import TerminalBackend

extension ScreenLoop {
  /// Performs a script in real time, until it ends or a key takes over, and leaves the screen as it then is.
  ///
  /// The key that takes over does nothing else, whatever the script has typed up to there.
  ///
  /// - Returns: the key that took over where it ends or stops the program, which it does all the same.
  static func perform(
    _ start: Director, _ model: inout Model, on terminal: inout Terminal, _ recorder: LiveRecorder,
  ) -> Input? {
    var director = start
    // The screen is the director's, with the keys and looks that the user has chosen.
    director.prepare { [model] in $0 = model }
    let clock = ContinuousClock()
    let begin = clock.now
    while true {
      let canvas = screen(model, size: terminal.size, glyphs: terminal.glyphs)
      terminal.show(canvas, theme: model.options.theme)
      _ = recorder.show(canvas, theme: model.options.theme)
      let shot: Director.Shot
      do throws(RunError) {
        guard let next = try director.next() else {
          model.endPerformance("That was all; every key works now.")
          return nil
        }
        shot = next
      } catch {
        model.endPerformance(error.description, isFailure: true)
        return nil
      }
      let time = begin.advanced(by: .milliseconds(shot.milliseconds))
      while case let left = clock.now.duration(to: time).milliseconds, left > 0 {
        switch terminal.read(timeoutMilliseconds: left) {
        case .timeout, .resumed: break
        case .resize(let size):
          director.prepare { _ = $0.update(.input(.resize(size))) }
          _ = model.update(.input(.resize(size)))
          terminal.show(
            screen(model, size: size, glyphs: terminal.glyphs), theme: model.options.theme)
        case let input:
          model.endPerformance("The screen is yours.")
          return model.passesTakeover(input) ? input : nil
        }
      }
      model = director.model
    }
  }
}
