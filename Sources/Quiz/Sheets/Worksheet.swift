import Engine

/// A worksheet: exercises that follow only from a seed, a topic and a number of questions.
public struct Worksheet: Equatable, Sendable {
  /// The format version of sheets.
  public static let version = 1
  /// The maximum number of questions on a sheet.
  public static let countMax = 100

  /// The parameters of a sheet.
  public struct Order: Equatable, Sendable {
    /// The seed of its numbers.
    public var seed: UInt64
    /// Its topic.
    public var topic: Topic
    /// The number of questions: 1 to ``Worksheet/countMax``.
    public var count: Int

    /// Creates an order; a count out of range becomes the nearest in it.
    public init(seed: UInt64, topic: Topic = .mixed, count: Int = 8) {
      self.seed = seed
      self.topic = topic
      self.count = min(max(1, count), Worksheet.countMax)
    }
  }

  /// Its parameters.
  public let order: Order
  /// The exercises, in order.
  public let exercises: [Exercise]

  /// The sheet of an order: the same everywhere.
  public init(_ order: Order) {
    self.order = order
    var random = SeededNumbers(seed: order.seed)
    var maker = ExerciseMaker()
    var exercises: [Exercise] = []
    var left = order.count
    var topics: [Topic] = []
    // Some drafts give no question, or one that exists already; the next draw may give one.
    for _ in 0..<(50 * Self.countMax) where left > 0 {
      if topics.isEmpty { topics = Self.shuffled(order.topic, &random) }
      guard let topic = topics.popLast(),
        let exercise = Self.exercise(topic, atMost: left, &maker, &random),
        !exercises.contains(where: { $0.setup == exercise.setup && $0.call == exercise.call })
      else { continue }
      exercises.append(exercise)
      left -= exercise.questions.count
    }
    self.exercises = exercises
  }

  /// All questions, in order.
  public var questions: [Question] { exercises.flatMap(\.questions) }

  private static func shuffled(_ topic: Topic, _ random: inout SeededNumbers) -> [Topic] {
    guard topic == .mixed else { return [topic] }
    var topics = Topic.single
    for index in topics.indices.dropFirst() {
      topics.swapAt(index, Int(random.next(below: UInt64(index + 1))))
    }
    return topics
  }

  /// Up to two questions about a call that was drawn.
  private static func exercise(
    _ topic: Topic, atMost limit: Int, _ maker: inout ExerciseMaker,
    _ random: inout SeededNumbers,
  ) -> Exercise? {
    let draft = Draft(topic, &random)
    let choice = random.next()
    guard let trial = maker.trial(draft), let call = draft.calls.last, trial.isSure else {
      return nil
    }
    let asked = topic == .explore ? trial.searchQuestions : trial.questions
    let fitting = topic.kinds.compactMap { kind in asked.first { $0.kind == kind } }
    guard !fitting.isEmpty else { return nil }
    let first = Int(choice % UInt64(min(fitting.count, 3)))
    var questions = [fitting[first]]
    let rest = fitting.filter { !$0.restates(fitting[first]) }
    if limit > 1, !rest.isEmpty {
      questions.append(rest[Int((choice >> 32) % UInt64(rest.count))])
    }
    return Exercise(
      topic: topic, setup: draft.boot + draft.calls.dropLast(), call: call, facts: trial.facts,
      questions: questions.map { $0.shuffled(&random) })
  }
}
