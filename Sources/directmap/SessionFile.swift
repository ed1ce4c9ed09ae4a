import ArgumentParser
import Engine
import FoundationEssentials
import Interface

/// Sessions as files. A program that is killed while it saves leaves the old file or the new one, whole.
nonisolated enum SessionFile {
  /// The work of saving or opening a session as the screen asks.
  static func work(for effect: Effect, on bench: inout Workbench) -> Workbench.Work {
    var words = ""
    var farewell: String?
    switch effect {
    case .save(let path, _, _, _):
      words = "save \(path)"
      farewell = "Not waited for any more; \(path) may yet be written."
    case .open(let path): words = "open \(path)"
    case .quit, .suspend, .redraw, .mouse, .bell, .tick, .noTick, .startRecording, .stopRecording:
      break
    }
    return bench.begin(words, farewell: farewell) { model, progress in
      carryOut(effect, for: &model, progress)
      return []
    }
  }

  /// Saves or opens a session as the model asks, and tells the model what came of it.
  static func carryOut(_ effect: Effect, for model: inout Model, _ progress: WorkProgress?) {
    switch effect {
    case .save(let path, let text, let replacing, let command):
      _ = model.update(.saved(save(text, to: path, replacing, "\(command)! \(path)")))
    case .open(let path):
      switch open(path, progress) {
      case .success(let loaded): model.replace(with: loaded.model, problems: loaded.problems)
      case .failure(let error): model.refuse(error.description)
      }
    case .quit, .suspend, .redraw, .mouse, .bell, .tick, .noTick, .startRecording, .stopRecording:
      break
    }
  }

  /// Opens a file as `directmap play` does, without its options.
  private static func open(
    _ path: String, _ progress: WorkProgress?,
  ) -> Result<PlayedModel.Loaded, UserError> {
    do {
      return .success(
        try PlayedModel.load(
          expanded(path), MachineOptions.parse([]), [], from: .file, progress))
    } catch let error as UserError {
      return .failure(error)
    } catch {
      return .failure(UserError("\(error)"))
    }
  }

  /// Saves a text in a file of its own, which then takes the place of the old one.
  ///
  /// - Parameter force: what to say to replace any file.
  private static func save(
    _ text: String, to path: String, _ replacing: Replacing, _ force: String,
  ) -> SaveOutcome {
    let rule: OutputPlace.Rule =
      switch replacing {
      case .nothing: .free
      case .own(let file): .own(file)
      case .anything: .any
      }
    do throws(UserError) {
      let place = try OutputPlace(expanded(path), rule, force: force)
      return .saved(path: path, stamp: try place.write(Array(text.utf8)))
    } catch {
      return .failed(error.description)
    }
  }

  /// A path with the home directory in the place of `~/`.
  private static func expanded(_ path: String) -> String {
    guard path.hasPrefix("~/"), let home = ProcessInfo.processInfo.environment["HOME"] else {
      return path
    }
    return home + path.dropFirst(1)
  }
}
