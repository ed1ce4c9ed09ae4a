import Engine
import History
import Keys
import Lanes
import Language
import Narration
public import Scenarios

// A lesson goes its own path, part by part. The learner may leave it at any time, with any key: the path
// stays where it was, and the lesson goes on from there, so that what it shows never depends on what was
// tried in between.

extension Model {
  /// A screen on which a lesson begins.
  ///
  /// - Parameters:
  ///   - part: the part it begins with, from 1 on; those before it are done first, tasks included.
  ///   - work: where that tells how far it is, and looks whether it is to stop.
  /// - Throws: `RunError` where a part cannot be carried out.
  public init(
    teaching progress: LessonProgress, on machine: Machine, setup: BootSetup, part: Int = 1,
    _ work: WorkProgress? = nil,
  ) throws(RunError) {
    self.init(machine, setup: setup)
    self.progress = work
    hasBegun = true
    lesson = progress
    _ = enter(part: 0)
    while presentation.failure == nil, let now = lesson, now.part + 1 < part, !now.isOver {
      _ = leavePart(now)
    }
    self.progress = nil
    if let failure = presentation.failure { throw failure }
  }

  /// Goes on: back to the lesson, through the calls of the part, to the solution, to the next part.
  mutating func goOnInLesson() -> [Effect] {
    guard let progress = lesson else { return sayNoLesson() }
    guard !progress.isOver else { return beginNext(after: progress) }
    switch nextMove(in: progress) {
    case .comeBack: comeBack()
    case .runCalls:
      // Where calls are asked about, it goes on by one.
      if predictions.isOn { return perform(.nextCall) }
      go(to: timeline.end)
    case .showHow: return solve(progress)
    case .leavePart: return leavePart(progress)
    }
    return []
  }

  /// Begins the lesson behind this one.
  private mutating func beginNext(after progress: LessonProgress) -> [Effect] {
    guard let following = progress.following else {
      say("The lesson is over; \(keymap.key(.leave)) leaves, and all other keys still work.")
      return []
    }
    do {
      let next = try following()
      show(next.scene)
      presentation = next.presentation
      options = next.options.withLooks(of: options)
      lesson = next.lesson
      layers = []
      notice = nil
      return []
    } catch {
      say("\(error)", .failed)
      return [.bell]
    }
  }

  /// What going on does at this moment.
  private enum Move {
    /// Back to where the lesson stands.
    case comeBack
    /// To the end of the calls of the part, which are this many.
    case runCalls(Int)
    /// The lesson does the task.
    case showHow
    /// On to the next part.
    case leavePart

    /// The move in a word or two.
    var words: String {
      switch self {
      case .comeBack: "back to the lesson"
      case .runCalls(let count): count == 1 ? "runs the call" : "runs the calls"
      case .showHow: "shows how"
      case .leavePart: "continues"
      }
    }
  }

  private func nextMove(in progress: LessonProgress) -> Move {
    if isAway(from: progress) {
      // Who reached the goal by calls of his own is not called back first.
      return progress.task != nil && progress.isTaskDone ? .leavePart : .comeBack
    }
    if timeline.moment != timeline.end {
      return .runCalls(timeline.end.call - timeline.moment.call)
    }
    return progress.isTaskDone ? .leavePart : .showHow
  }

  /// Goes back: to the beginning of the part, or of the one before.
  mutating func goBackInLesson() -> [Effect] {
    guard let progress = lesson else { return sayNoLesson() }
    let isAtStart =
      !isAway(from: progress) && !progress.isSolved
      && timeline.moment == progress.entered.last?.scene.lanes.inCharge.timeline.moment
    if isAtStart || progress.isOver {
      guard progress.part > 0 else {
        say("This is the first part.", .failed)
        return [.bell]
      }
      lesson?.part -= 1
      if !progress.isOver { lesson?.entered.removeLast() }
    }
    lesson?.isSolved = false
    lesson?.isGoalReached = false
    guard let stand = lesson?.entered.last else { return [] }
    lesson?.path = stand
    restore(stand)
    return []
  }

  /// Whether the learner has done something that the lesson did not.
  func isAway(from progress: LessonProgress) -> Bool {
    guard let path = progress.path?.scene.lanes else { return false }
    return !lanes.haveCalls(of: path)
  }

  /// Looks whether the task of the part is done.
  mutating func checkGoal() {
    guard let progress = lesson, !progress.isGoalReached, let goal = progress.task?.goal,
      let value = try? goal.value(in: expressionContext), value != 0
    else { return }
    lesson?.isGoalReached = true
  }

  /// Says what is missing where a call of the learner's is almost that of the task.
  mutating func hint(about call: Call) {
    checkGoal()
    guard let progress = lesson, !progress.isOver, !progress.isTaskDone else { return }
    let made = call.scenarioText.split(separator: " ")
    let wanted = progress.lesson.parts[progress.part].solution.compactMap { located -> String? in
      if case .call(let call) = located.statement { call.scenarioText } else { nil }
    }
    guard !wanted.contains(call.scenarioText) else { return }
    for line in wanted {
      let words = line.split(separator: " ")
      if words.first == made.first {
        return say("Almost: the task is done by \(line); this was \(call.scenarioText).")
      }
      if words.count > 1, words.dropFirst() == made.dropFirst() {
        return say("Almost: the same pages, but the task is done by \(words[0]).")
      }
    }
  }

  private mutating func sayNoLesson() -> [Effect] {
    say("no lesson is under way; directmap lessons lists them", .failed)
    return [.bell]
  }

  // MARK: - Parts

  /// Carries out a part and stands before its first call. The screen stands where the part before ended.
  private mutating func enter(part index: Int) -> [Effect] {
    lesson?.part = index
    lesson?.isSolved = false
    lesson?.isGoalReached = false
    presentation.caption = []
    presentation.spotlight = nil
    presentation.isCaptionOpen = false
    // What a part asked of a TLB is not the subject of the next one.
    if options.sidePanel == .tlb { options.sidePanel = .trace }
    guard let part = lesson?.lesson.parts[index] else { return [] }
    let effects = carryOut(part.statements)
    let stand = stand
    lesson?.entered.append(stand)
    lesson?.path = stand
    return effects
  }

  /// Does the task, and stands before the first call of it.
  private mutating func solve(_ progress: LessonProgress) -> [Effect] {
    comeBack()
    let effects = carryOut(progress.lesson.parts[progress.part].solution)
    let stand = stand
    lesson?.isSolved = true
    lesson?.path = stand
    return effects
  }

  /// Goes on to the next part, or to where the real story is.
  private mutating func leavePart(_ progress: LessonProgress) -> [Effect] {
    comeBack()
    if progress.task != nil, !progress.isSolved {
      _ = carryOut(progress.lesson.parts[progress.part].solution)
    }
    goToTheEnd()
    notice = nil
    guard progress.part + 1 < progress.lesson.parts.count else {
      lesson?.part += 1
      presentation.caption = []
      presentation.spotlight = nil
      let stand = stand
      lesson?.path = stand
      return []
    }
    return enter(part: progress.part + 1)
  }

  /// Carries out lines and stands before the first call that they made.
  private mutating func carryOut(_ statements: [LocatedStatement]) -> [Effect] {
    goToTheEnd()
    let first = timeline.end
    var effects: [Effect] = []
    for statement in statements where presentation.failure == nil { effects += perform(statement) }
    presentation.isUnderWay = false
    playback.isPlaying = false
    // The keys are the learner's again: no line of the file is left for them to send off.
    closePrompts()
    if timeline.end > first { go(to: first) }
    lane.isFlashing = false
    notice = presentation.failure.map { Notice(text: $0.description, kind: .failed) }
    return effects
  }

  // MARK: - The path

  /// Where the lesson stands.
  private var stand: LessonProgress.Stand {
    LessonProgress.Stand(
      scene: scene, presentation: presentation, options: options, search: preferences.search,
      searchWords: preferences.searchWords)
  }

  /// Comes back to where the lesson stands.
  private mutating func comeBack() {
    guard let progress = lesson, let stand = progress.path, isAway(from: progress) else { return }
    restore(stand)
    say("Back in the lesson.")
  }

  /// Shows what was shown before, in the looks of now.
  mutating func restore(_ stand: LessonProgress.Stand) {
    show(stand.scene)
    presentation = stand.presentation
    options = stand.options.withLooks(of: options)
    preferences.search = stand.search
    preferences.searchWords = stand.searchWords
    layers = []
  }
}

extension Model {
  /// What the caption of a lesson says.
  func lessonCaption(_ progress: LessonProgress) -> CaptionText {
    let lesson = progress.lesson
    var text = CaptionText()
    let on = keymap.key(.goOn)
    text.keys = [
      CaptionText.Key(name: on, help: nextMove(in: progress).words),
      CaptionText.Key(name: keymap.key(.goBack), help: "goes back"),
    ]
    guard !progress.isOver else {
      text.title = "the real story"
      text.heading = lesson.title
      text.paragraphs =
        lesson.stories.map { "\($0.title): \($0.source)" } + ["All keys still work."]
        + (progress.next.map { ["The next lesson is \($0)."] } ?? [])
      text.keys[0].help = progress.following == nil ? "stays here" : "begins the next lesson"
      return text
    }
    let part = lesson.parts[progress.part]
    text.title = "\(progress.name), part \(progress.part + 1) of \(lesson.parts.count)"
    text.heading = part.heading
    text.paragraphs = presentation.caption
    let isDone =
      progress.isGoalReached
      || progress.isSolved && timeline.moment == timeline.end && !isAway(from: progress)
    text.task = part.task.map { CaptionText.Task(text: $0.text, isDone: isDone) }
    if part.task == nil, isAway(from: progress) {
      text.state = "You play freely; \(on) returns to the lesson."
    }
    return text
  }
}
