import Engine
import History
import Lanes
public import Scenarios

// Sessions: all that is kept of a screen, saved to a file and opened again.

extension Model {
  /// A session that was opened.
  ///
  /// - Parameter file: its file, which `save` writes to again.
  public init(opening loader: SessionLoader, setup: BootSetup, file: KeptFile) {
    self.init(loader.timeline, setup: setup)
    stops = loader.stops
    displays = loader.displays
    lane.claims = loader.claims
    for (root, boot) in loader.boots { lane.setBoot(boot, ofRoot: root) }
    scene.file = file
    if loader.hasCursor {
      settle()
      hasBegun = !timeline.steps.isEmpty || timeline.branches.count > 1
    } else {
      begin()
    }
    progress = nil
  }

  /// All that is kept.
  var session: Session {
    let roots = timeline.branches.indices.filter { timeline.branches[$0].parent == nil }
    let boots = roots.map { ($0, lane.setup(ofRoot: $0).boot) }
    return Session(
      lane.setup(ofRoot: 0).boot, otherBoots: Dictionary(boots) { first, _ in first },
      timeline: timeline, stops: stops, displays: displays, claims: lane.claims)
  }

  /// Asks for the session to be saved.
  ///
  /// - Parameters:
  ///   - path: the file; empty for the one it was saved to or opened from.
  ///   - replaces: whether any file of the name may be replaced.
  func save(_ path: String, replaces: Bool) -> ScreenCommand.Answer {
    guard let path = path.isEmpty ? sessionPath : path else {
      return .failed("say where to: save FILE, such as save try.dmap")
    }
    do throws(SessionError) {
      let text = try session.text()
      let own = scene.file.map(Replacing.own) ?? .nothing
      return ScreenCommand.Answer(effects: [
        .save(path: path, text: text, replacing: replaces ? .anything : own, command: "save")
      ])
    } catch {
      return .failed(error.description)
    }
  }

  /// Asks for the branch that is shown to be saved as a script.
  ///
  /// - Parameter replacing: which file that is there may go.
  mutating func saveScript(
    _ path: String, replacing: Replacing = .nothing,
  ) -> ScreenCommand.Answer {
    guard !path.isEmpty else {
      return .failed("say where to: script FILE, such as script demo.dmap")
    }
    do throws(SessionError) {
      let text = try session.script(selecting: selection)
      files.writing = Writing(path: path, what: "script")
      return ScreenCommand.Answer(effects: [
        .save(path: path, text: text, replacing: replacing, command: "script")
      ])
    } catch {
      return .failed(error.description)
    }
  }

  /// Tells what became of saving.
  mutating func hear(_ outcome: SaveOutcome) {
    switch outcome {
    case .saved(let path, _) where path == files.writing?.path:
      say("The \(files.writing?.what ?? "file") is in \(path).")
      files.writing = nil
    case .saved(let path, let stamp):
      scene.file = KeptFile(path: path, stamp: stamp)
      let own = timeline.branches.map { $0.end - $0.fork }
      var parts = [counted(own.reduce(0, +), "call")]
      parts.append(counted(own.count, "branch", "branches"))
      parts.append(counted(timeline.marks.count, "mark"))
      let beside =
        !lanes.isComparing || lanes.areBranches ? "" : " Variants beside it are not saved."
      say("Saved \(parts.joined(separator: ", ")) to \(path).\(beside)")
    case .failed(let reason):
      files.writing = nil
      say(reason, .failed)
    }
  }

  /// Goes on with another history: what was opened. Keys, looks and what was typed stay.
  ///
  /// - Parameter problems: what could not be read or done.
  public mutating func replace(with opened: Model, problems: [String]) {
    let name = opened.lane.setup.file ?? opened.lane.setup.description.name
    open(opened.scene)
    if let text = Self.notice(of: problems) { return say(text, .failed) }
    say("Opened \(name): \(counted(timeline.end.call, "call")) on this branch.")
  }

  /// What a screen says of problems with a file: the first, and how many more there are.
  public static func notice(of problems: [String]) -> String? {
    guard let first = problems.first else { return nil }
    let more = problems.count - 1
    return more == 0 ? first : "\(first) (and \(counted(more, "problem")) more)"
  }

  /// Tells that a file could not be opened.
  public mutating func refuse(_ reason: String) { say(reason, .failed) }

  /// Goes on with another scene, of which no call was asked about yet.
  mutating func open(_ scene: Scene) {
    show(scene)
    predictions.known = []
  }
}

/// What became of saving a session.
public enum SaveOutcome: Equatable, Sendable {
  /// It is in this file, whose state is told if it can be.
  case saved(path: String, stamp: FileStamp? = nil)
  /// It is not saved; the reason and the way out.
  case failed(String)
}
