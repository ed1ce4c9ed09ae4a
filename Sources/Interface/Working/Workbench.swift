public import Engine
import Keys
import Lanes
public import Screen

/// The screen and the work that is under way for it. What may take long is handed out as ``Work``, on a
/// copy of the model; meanwhile the old one is shown, and keys that only look act on it. A value: who
/// does the work, and where, is not known here.
///
/// ```swift
/// var bench = Workbench(model)
/// switch bench.answer(message) {
/// case .work(let work): effects = bench.finish(work.run())
/// case .done(let effects), .stopped(let effects, _): ...
/// case .refused: ...
/// }
/// ```
public struct Workbench: Sendable {
  /// What is shown.
  public private(set) var model: Model
  private var job: Job?
  /// What came since the work began, in order, and has yet to be answered on what it leads to.
  private var later: [Later] = []

  /// What is under way.
  private struct Job: Sendable {
    let progress: WorkProgress
    /// What is being answered, if it is a message.
    let message: Message?
    /// The words for it.
    var words: String
    /// What is said when it is stopped.
    var farewell = "Stopped; nothing was changed."
    /// Where on the map the screen stood.
    let place: MapPlace
    /// What lay over the map; it is out of the way while the work is shown.
    var layers: [Layer] = []
    /// Whether a line or a count was typed for it.
    var isTyped = false
    var isShown = false
    /// Whether a key was refused because of it.
    var hasRefused = false
  }

  private struct Later: Sendable {
    let message: Message
    /// Whether it was answered on what is shown already.
    var isSeen: Bool
  }

  /// The most messages that wait for the end of the work.
  static let laterMax = 10_000

  /// A screen for which nothing is under way.
  public init(_ model: Model) { self.model = model }

  /// Work to be done, on any thread.
  public struct Work: Sendable {
    /// How far it is, and whether it is to stop.
    public let progress: WorkProgress
    let model: Model
    let change: @Sendable (inout Model, WorkProgress) -> [Effect]

    /// Does it. What comes of work that was stopped is to be dropped.
    public func run() -> Outcome {
      var model = model
      model.progress = progress
      let effects = change(&model, progress)
      model.progress = nil
      return Outcome(model: model, effects: effects)
    }
  }

  /// What came of work.
  public struct Outcome: Sendable {
    var model: Model
    var effects: [Effect]
  }

  /// What becomes of a message.
  public enum Answer: Sendable {
    /// It is answered; this is to be done outside.
    case done([Effect])
    /// This leads to the answer; ``Workbench/finish(_:)`` takes what comes of it.
    case work(Work)
    /// The work under way is dropped: what comes of it is not wanted any more. The inputs lead to what
    /// is shown from what was shown before the key that began the work.
    case stopped([Effect], [Input])
    /// Nothing: other work is under way.
    case refused
  }

  /// Whether work is under way.
  public var isWorking: Bool { job != nil }

  // MARK: - Messages

  /// Answers a message, or says what leads to the answer.
  public mutating func answer(_ message: Message) -> Answer {
    guard job == nil else { return answerMeanwhile(message) }
    guard model.weight(of: message) == .work else { return .done(model.update(message)) }
    return .work(begin("", message) { model, _ in model.update(message) })
  }

  /// Begins work that no message asks for.
  ///
  /// - Parameters:
  ///   - words: what it is, for the user.
  ///   - farewell: what is said when it is stopped.
  public mutating func begin(
    _ words: String, farewell: String? = nil,
    _ change: @escaping @Sendable (inout Model, WorkProgress) -> [Effect],
  ) -> Work {
    let work = begin(words, nil, change)
    if let farewell { job?.farewell = farewell }
    return work
  }

  private mutating func begin(
    _ words: String, _ message: Message?,
    _ change: @escaping @Sendable (inout Model, WorkProgress) -> [Effect],
  ) -> Work {
    let progress = WorkProgress()
    job = Job(progress: progress, message: message, words: words, place: model.lane.place)
    return Work(progress: progress, model: model, change: change)
  }

  /// Takes what came of the work, and answers on it what was answered on the old model meanwhile.
  ///
  /// - Returns: what is to be done outside.
  public mutating func finish(_ outcome: Outcome) -> [Effect] {
    guard let job else { return [] }
    self.job = nil
    let old = model
    model = outcome.model
    let seen = later.prefix(while: \.isSeen)
    guard job.isShown, !seen.isEmpty else { return outcome.effects }
    later.removeFirst(seen.count)
    let (layers, notice) = (model.layers, model.notice)
    model.layers = []
    model.count = nil
    model.pending = nil
    // A place chosen meanwhile stays.
    if old.lane.place != job.place, old.lane.setup == model.lane.setup {
      model.lane.place = job.place
      model.lane.readMap()
    }
    var effects = outcome.effects
    for later in seen { effects += model.update(later.message).filter(\.isOfClock) }
    model.layers = layers + model.layers
    if let notice { model.notice = notice }
    return effects
  }

  /// Whether messages wait for the end of the work.
  public var hasWaiting: Bool { !later.isEmpty }

  /// The first message that waits, when nothing is under way.
  public mutating func nextWaiting() -> Message? {
    guard job == nil, !later.isEmpty else { return nil }
    return later.removeFirst().message
  }

  /// Changes what is shown from outside, while nothing is under way.
  public mutating func change(_ change: (inout Model) -> Void) { change(&model) }

  // MARK: - While work is under way

  /// Shows that work is under way: from here on keys that only look are answered at once.
  ///
  /// - Returns: what is to be done outside, for keys that were kept.
  public mutating func showWork() -> [Effect] {
    guard var job, !job.isShown else { return [] }
    if let message = job.message {
      var copy = model
      job.words = copy.words(for: message)
    }
    job.isShown = true
    job.layers = model.layers
    job.isTyped = model.count != nil || model.pending != nil || model.isTyping
    self.job = job
    model.layers = []
    model.count = nil
    model.pending = nil
    model.notice = nil
    model.lane.isFlashing = false
    if model.predictions.shown != nil { model.predictions.shown = nil }
    return see()
  }

  /// Takes an input that was there before the work was shown: it waits as if it had not been read.
  public mutating func keep(_ input: Input) -> Answer {
    guard job != nil else { return answer(.input(input)) }
    if isInterrupt(input) { return stop() }
    if takesOver(.input(input)) {
      drop()
      return answer(.input(input))
    }
    guard later.count < Self.laterMax else { return .refused }
    later.append(Later(message: .input(input), isSeen: false))
    return .done([])
  }

  /// Answers what waits and only looks, on what is shown, up to the first message that does more.
  private mutating func see() -> [Effect] {
    var effects: [Effect] = []
    for index in later.indices where !later[index].isSeen {
      guard model.weight(of: later[index].message) == .look else { break }
      later[index].isSeen = true
      effects += model.update(later[index].message).filter { !$0.isOfClock }
    }
    return effects
  }

  private mutating func answerMeanwhile(_ message: Message) -> Answer {
    if case .input(let input) = message {
      if isInterrupt(input) { return stop() }
      let isEscape = input == .key(.escape) || model.keymap[input] == .cancel
      if isEscape, model.layers.isEmpty { return stop() }
    }
    if takesOver(message) {
      drop()
      return answer(message)
    }
    guard model.weight(of: message) == .look, later.count < Self.laterMax else {
      job?.hasRefused = true
      return .refused
    }
    later.append(Later(message: message, isSeen: true))
    return .done(model.update(message).filter { !$0.isOfClock })
  }

  /// Whether a message ends what a player has under way: a key that does more than look does.
  private func takesOver(_ message: Message) -> Bool {
    job?.message == .tick && later.allSatisfy(\.isSeen) && model.weight(of: message) == .work
  }

  private func isInterrupt(_ input: Input) -> Bool {
    input == .control("c") || model.keymap[input] == .interrupt && model.passesLayers(input)
  }

  /// Stops the work: all is as it was before, but for where one has looked since.
  public mutating func stop() -> Answer {
    _ = showWork()
    guard let job else { return .done([]) }
    var inputs: [Input] = job.isTyped ? [.key(.escape)] : []
    for later in later where later.isSeen {
      if case .input(let input) = later.message { inputs.append(input) }
    }
    drop()
    model.playback.stop()
    model.say(job.farewell)
    return .stopped([.noTick], inputs)
  }

  /// Goes on without the work. A line that was typed is gone from the screen and can be called back;
  /// everything else that lay over the map lies there again.
  private mutating func drop() {
    guard let job else { return }
    job.progress.stop()
    self.job = nil
    later = []
    var layers: [Layer] = []
    for layer in job.layers {
      guard case .line(let editor) = layer else {
        layers.append(layer)
        continue
      }
      switch editor.purpose {
      case .command: model.remember(editor.text.trimmed, in: \.commands)
      case .place: model.remember(editor.text.trimmed, in: \.searches)
      case .step, .stop, .operand, .help: break
      }
    }
    model.layers = layers + model.layers
  }

  // MARK: - Showing it

  /// What the screen says of the work, if it is shown.
  ///
  /// - Parameter seconds: since it began.
  public func line(after seconds: Int) -> WorkLine? {
    guard let job, job.isShown else { return nil }
    let escape = model.layers.isEmpty ? Action.cancel : .interrupt
    return WorkLine(
      words: job.words, percentage: job.progress.percentage, seconds: seconds,
      key: model.keymap.key(escape), hasRefused: job.hasRefused)
  }
}

extension Effect {
  /// Whether it is about the time of the next tick.
  fileprivate var isOfClock: Bool {
    switch self {
    case .tick, .noTick: true
    case .quit, .suspend, .redraw, .mouse, .save, .open, .startRecording, .stopRecording, .bell:
      false
    }
  }
}
