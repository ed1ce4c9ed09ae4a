import Casting
@unsafe @preconcurrency import Glibc
import Interface
import Lanes
import Language
import Scenarios
import Screen

/// Records the screen, or the keys, while somebody uses the program.
final class LiveRecorder {
  private let depth: ColorDepth
  private let clock = ContinuousClock()
  private var start: ContinuousClock.Instant?
  private var film: Film?
  /// Keys that were pressed and not written yet: their answer is being worked out.
  private var keys: [Key] = []

  /// A key that was pressed.
  private struct Key {
    var input: Input
    var milliseconds: Int
    var isTyped: Bool
  }

  /// What is recorded, and where to.
  private struct Film {
    let file: FilmFile
    var maker: Maker
  }

  /// What makes the file.
  private enum Maker {
    /// Pictures.
    case pictures(any Recorder)
    /// The keys that are pressed.
    case keys(KeyScript)
  }

  /// A recorder of a terminal that has this many colours.
  init(_ depth: ColorDepth) { self.depth = depth }

  /// Begins to record, to a file or to one whose name is free.
  ///
  /// - Parameter force: what to say to replace any file of the name; nil if it may go.
  func begin(_ path: String?, _ model: Model, force: String?) -> RecordingOutcome {
    do throws(UserError) {
      let maker = try Self.maker(for: path, model, depth)
      let file: FilmFile
      if let path {
        file = try FilmFile(path, force: force)
      } else {
        file = try FilmFile.numbered()
      }
      film = Film(file: file, maker: maker)
      start = clock.now
      if case .keys(let script) = maker { try file.write(script.head, ending: script.ending) }
      return .started(path: file.path)
    } catch {
      film = nil
      return .failed(error.description)
    }
  }

  private static func maker(
    for path: String?, _ model: Model, _ depth: ColorDepth,
  ) throws(UserError) -> Maker {
    if let path, path.lowercased().hasSuffix(".dmap") {
      do throws(SessionError) {
        return .keys(try KeyScript(model))
      } catch {
        throw UserError(error.description)
      }
    }
    guard let format = path.map(FilmFormat.init(endingOf:)) ?? .cast else {
      throw UserError(
        "\(path ?? "") does not end in .html, .svg, .cast, .txt or .dmap; rename it so that it does"
      )
    }
    var options = FilmSettings()
    options.title = model.lane.setup.file ?? "directmap"
    options.depth = depth
    options.timestamp = time(nil)
    return .pictures(format.recorder(options))
  }

  /// Ends recording: what is there is whole.
  func finish() -> RecordingOutcome {
    guard let ended = film else { return .failed("nothing is recorded") }
    defer { film = nil }
    guard case .pictures(let recorder) = ended.maker else { return .stopped(path: ended.file.path) }
    do throws(UserError) {
      try ended.file.write("", ending: recorder.ending(at: milliseconds))
      return .stopped(path: ended.file.path)
    } catch {
      return .failed(error.description)
    }
  }

  /// Takes what is shown; what put an end to recording, if something did.
  func show(_ canvas: Canvas, theme: Theme) -> RecordingOutcome? {
    guard let film, case .pictures(var recorder) = film.maker else { return nil }
    let now = milliseconds
    let piece = recorder.show(canvas, theme: theme, at: now)
    if piece.isEmpty { return nil }
    self.film?.maker = .pictures(recorder)
    return write(piece, ending: recorder.ending(at: now))
  }

  /// Takes a key that was pressed; ``writeKeys()`` writes it.
  func press(_ input: Input, isTyped: Bool) {
    guard let film, case .keys = film.maker, input.isPressed else { return }
    keys.append(Key(input: input, milliseconds: milliseconds, isTyped: isTyped))
  }

  /// Leaves the line that the last key sent off, as it wrote a file, which a script may not: the line is
  /// in the script, and not sent off.
  func leaveLine() {
    guard let last = keys.indices.last else { return }
    keys[last].input = .key(.escape)
  }

  /// Forgets the key that was pressed last.
  func dropKey() { _ = keys.popLast() }

  /// Forgets the keys that are not written, and takes others in their place: those that lead to the same
  /// without what was stopped.
  func replaceKeys(_ inputs: [Input]) {
    keys = []
    for input in inputs { press(input, isTyped: false) }
  }

  /// Writes the keys that were pressed; what put an end to recording, if something did.
  ///
  /// - Parameter isTyping: whether they leave a line open.
  func writeKeys(isTyping: Bool) -> RecordingOutcome? {
    guard !keys.isEmpty else { return nil }
    defer { keys = [] }
    guard let film, case .keys(var script) = film.maker else { return nil }
    var lines = ""
    for key in keys {
      lines += script.press(
        key.input, at: key.milliseconds, isTyped: key.isTyped, leavesLineOpen: isTyping)
    }
    self.film?.maker = .keys(script)
    return write(lines, ending: script.ending)
  }

  private func write(_ piece: String, ending: String) -> RecordingOutcome? {
    do throws(UserError) {
      try film?.file.write(piece, ending: ending)
      return nil
    } catch {
      film = nil
      return .failed(error.description)
    }
  }

  /// Since recording began.
  private var milliseconds: Int {
    guard let start else { return 0 }
    let (seconds, attoseconds) = start.duration(to: clock.now).components
    return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
  }
}
