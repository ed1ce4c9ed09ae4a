public import KernelText
public import Language

extension Scenario {
  /// Reads a scenario: all of it, or the first thing that is wrong.
  ///
  /// - Parameter machines: the machines there are; `nil` lets any name pass.
  public init(
    parsing text: String, file: String, machines: [String]? = nil,
  ) throws(ParseError) {
    let reading = Self.reading(text, file, machines)
    if let error = reading.firstError { throw error }
    self = reading.reader.scenario
  }

  /// Reads a scenario line by line, so that its text is not held: all of it, or the first thing that
  /// is wrong.
  ///
  /// - Throws: ``ParseError``, and what the source of the lines throws.
  public init(streaming lines: LineStream, file: String, machines: [String]? = nil) throws {
    let reading = try Reading(lines, file, machines)
    if let error = reading.firstError { throw error }
    self = reading.reader.scenario
  }

  /// Reads a scenario to be opened: of a session all that can be read, with what is wrong; of a plain
  /// scenario all, or the first thing that is wrong.
  public static func opening(
    _ text: String, file: String, machines: [String]? = nil,
  ) throws(ParseError) -> (scenario: Scenario, problems: [ParseError]) {
    let reading = reading(text, file, machines)
    let readsSession = reading.reader.readsSession
    if !readsSession, let error = reading.firstError { throw error }
    var scenario = reading.reader.scenario
    if readsSession, scenario.session == nil { scenario.session = SessionPart() }
    return (scenario, reading.problems)
  }

  /// Reads a scenario or a session as far as that is possible, with all that is wrong with it, in the
  /// order of the lines.
  public static func checking(
    _ text: String, file: String, machines: [String]? = nil,
  ) -> (scenario: Scenario, problems: [ParseError]) {
    let reading = reading(text, file, machines)
    return (reading.reader.scenario, reading.problems)
  }

  /// The same, line by line, so that the text is not held.
  ///
  /// - Parameter lineLimit: the most lines that are read, without empty ones and comments.
  /// - Throws: what the source of the lines throws.
  public static func checking(
    streaming lines: LineStream, file: String, machines: [String]? = nil,
    lineLimit: Int = Self.lineLimit,
  ) throws -> (scenario: Scenario, problems: [ParseError]) {
    let reading = try Reading(lines, file, machines, lineLimit)
    return (reading.reader.scenario, reading.problems)
  }

  private static func reading(_ text: String, _ file: String, _ machines: [String]?) -> Reading {
    do {
      return try Reading(LineStream(of: text.utf8), file, machines)
    } catch {
      preconditionFailure("A text in memory can be read.")
    }
  }

  /// A scenario that was read as far as that is possible.
  private struct Reading {
    var reader = ScenarioReader()
    private var firstWrongLine: ParseError?

    init(
      _ lines: LineStream, _ file: String, _ machines: [String]?, _ limit: Int = lineLimit,
    ) throws {
      var parser = Parser(file: file, machines: machines)
      var lines = lines
      var (count, wrong) = (0, 0)
      while let line = try parser.next(in: &lines) {
        count += 1
        guard count <= limit else {
          reader.stop(parser.tooManyLines(limit, at: lines.number))
          break
        }
        if line.error != nil {
          wrong += 1
          parser.suggests = wrong < Parser.suggestionsMax
        }
        if firstWrongLine == nil { firstWrongLine = line.error }
        reader.read(line)
      }
      reader.finish()
    }

    /// The first thing that is wrong: a line that cannot be read before one that means nothing.
    var firstError: ParseError? { firstWrongLine ?? reader.problems.first }

    /// All that is wrong, in the order of the lines.
    var problems: [ParseError] { reader.problems.sorted { $0.location.line < $1.location.line } }
  }
}
