import Engine
import History
import Keys
import Language
public import Scenarios
import Screen

/// Performs a script, a history or a lesson on a screen as a presenter would, on a clock of its own:
/// nothing here waits, and the same input gives the same shots.
///
/// ```swift
/// var director = Director(playing: model)
/// while let shot = try director.next() { film(director.model, shot) }
/// ```
public struct Director: Sendable {
  /// The screen as it is.
  public private(set) var model: Model
  private var acts: ArraySlice<Act>
  /// Milliseconds since the beginning.
  private var now = 0
  /// When the next act may begin.
  private var free = 0
  /// When the screen wants its next tick.
  private var tick: Int?
  private var isHidden = false
  private var markers = MarkerFinder()
  /// Notes that were reached and not shown yet.
  private var notes: [String] = []
  /// Where the last key of a script stands.
  private var lastKey: SourceLocation?

  /// A change of the screen.
  public struct Shot: Equatable, Sendable {
    /// When it happens: milliseconds since the beginning.
    public var milliseconds: Int
    /// What happens, a sentence each, where that is worth finding again.
    public var markers: [String]
    /// What the presenter noted for this time.
    public var notes: [String] = []
  }

  /// What a presenter does, one after the other.
  enum Act: Equatable, Sendable {
    /// A line of a script.
    case line(LocatedStatement)
    /// A key; of a script, with the place where it stands.
    case key(Input, SourceLocation?)
    /// Nothing, for this many milliseconds.
    case wait(Int)
    /// Time goes on by itself, up to the end, with waits at pauses.
    case play
    /// Enough time to read the caption.
    case read
  }

  /// How long things last, in milliseconds.
  enum Length {
    static let letter = 60
    static let key = 400
    /// Before the first change, behind the last, and at a pause.
    static let rest = 2000
  }

  /// Plays a history from where the screen stands to its end.
  public init(playing model: Model) {
    self.init(model, [.wait(Length.rest), .play])
  }

  /// Performs a script on a screen where nothing was done yet.
  public init(performing statements: [LocatedStatement], on model: Model) {
    self.init(model, statements.flatMap(Self.acts))
  }

  /// Works through a lesson from its beginning as a learner would who reads every word, plays every call
  /// and lets the lesson do its tasks.
  public init(learning model: Model) {
    let goOn = model.keymap.binding(of: .goOn)?.inputs.first
    let parts = model.lesson?.lesson.parts ?? []
    self.init(
      model,
      parts.flatMap { part -> [Act] in
        let acts: [Act] = [.read, .play, .wait(Length.rest)]
        guard let goOn else { return acts }
        return acts + (part.task == nil ? [] : [.key(goOn, nil), .play, .wait(Length.rest)])
          + [.key(goOn, nil)]
      } + [.read])
  }

  init(_ model: Model, _ acts: [Act]) {
    self.model = model
    self.model.presentation.isUnderWay = true
    self.acts = acts + [.wait(Length.rest)]
  }

  private static func acts(_ located: LocatedStatement) -> [Act] {
    guard case .direction(let direction) = located.statement else { return [.line(located)] }
    switch direction {
    case .key(let inputs):
      return inputs.flatMap { [.key($0, located.location), .wait(Length.key)] }
    case .type(let text):
      return text.compactMap { Input(typed: $0) }
        .flatMap { [.key($0, located.location), .wait(Length.letter)] }
    case .wait(let time): return [.wait(time)]
    case .caption, .presenter, .highlight, .spotlight, .hide, .show: return [.line(located)]
    }
  }

  /// Changes the screen in between, for what the script knows nothing of.
  public mutating func prepare(_ change: (inout Model) -> Void) { change(&model) }

  /// When the last picture ends: milliseconds since the beginning.
  public var end: Int { max(now, free) }

  /// Goes on to the next change of the screen that is seen; `nil` at the end.
  ///
  /// - Throws: `RunError` at a line that cannot be carried out, a claim that does not hold, a key that
  ///   would write a file, or a line that is typed to no end.
  public mutating func next() throws(RunError) -> Shot? {
    while true {
      if let tick, tick <= free || isMoving {
        now = max(now, tick)
        self.tick = nil
        try send(.tick, at: nil)
      } else if let act = acts.popFirst() {
        now = max(now, free)
        try perform(act)
      } else {
        if model.isTyping, let lastKey { throw RunError(.lineOpen, at: lastKey) }
        return nil
      }
      let found = markers.find(in: &model)
      guard !isHidden else { continue }
      defer { notes = [] }
      return Shot(milliseconds: now, markers: found, notes: notes)
    }
  }

  /// Whether time goes by itself, so that the presenter waits.
  private var isMoving: Bool { model.playback.isPlaying || isHidden }

  private mutating func perform(_ act: Act) throws(RunError) {
    // A lesson gives the screen back to its learner after each part.
    model.presentation.isUnderWay = true
    // Only lines that follow each other are paragraphs of one caption.
    if case .line = act {} else { model.presentation.isCaptionOpen = false }
    switch act {
    case .line(let located): try perform(located)
    case .key(let input, let place):
      lastKey = place
      try send(.input(input), at: place)
    case .wait(let time): hold(time)
    case .play:
      guard model.timeline.moment != model.timeline.end else { return }
      try send(.play, at: nil)
      acts = [.wait(Length.rest), .play] + acts
    case .read: hold(Direction.readingTime(model.captionText?.allText ?? []))
    }
  }

  private mutating func perform(_ located: LocatedStatement) throws(RunError) {
    switch located.statement {
    case .direction(.hide): isHidden = true
    case .direction(.show): isHidden = false
    case .direction(.presenter(let text)): notes.append(text)
    default: break
    }
    let calls = model.timeline.steps.count
    try send(.perform(located), at: located.location)
    if let failure = model.presentation.failure { throw failure }
    // A call that was made as a whole stays on the screen as long as the pace says.
    if model.timeline.steps.count != calls, !model.playback.isPlaying {
      hold(model.playback.pace.milliseconds)
    }
    if case .pause = located.statement { hold(Length.rest) }
  }

  /// Lets so much time pass before the next act.
  private mutating func hold(_ milliseconds: Int) {
    free = isHidden ? now : now + milliseconds
  }

  /// Sends a message.
  ///
  /// - Parameter place: where in the script it stands.
  private mutating func send(_ message: Message, at place: SourceLocation?) throws(RunError) {
    for effect in model.update(message) {
      if let place, let file = effect.fileWritten {
        throw RunError(.writesFile(file), at: place)
      }
      carryOut(effect)
    }
  }

  private mutating func carryOut(_ effect: Effect) {
    switch effect {
    case .quit: acts = []
    case .tick(let milliseconds): tick = isHidden ? now : now + milliseconds
    case .noTick: tick = nil
    case .save: _ = model.update(.saved(.failed("a performance saves nothing")))
    case .open: model.refuse("a performance opens no file")
    case .startRecording, .stopRecording: model.refuse("a performance is recorded as a whole")
    case .suspend, .redraw, .mouse, .bell: break
    }
  }
}
