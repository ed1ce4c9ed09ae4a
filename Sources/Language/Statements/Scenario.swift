import Engine
public import KernelText

/// A scenario: what is booted, and what is then done. A value, whole before anything runs.
public struct Scenario: Equatable, Sendable {
  /// The machine it asks for; `nil` if it leaves the choice to others.
  public var machine: String?
  /// The machine that its lines describe, which is not built in.
  public var ownMachine: MachineDescription?
  /// The kernel version it asks for; `nil` if it leaves the choice to others.
  public var kernel: KernelProfile?
  /// Changes to the CPU, in order.
  public var cpu: [CPUSwitch]
  /// The remedies that its kernel was built with.
  public var policies: PolicySet
  /// Everything else, in order; of a session, what belongs to its first branch.
  public var statements: [LocatedStatement]
  /// The other branches, marks and cursors of a session; `nil` for a plain scenario.
  public var session: SessionPart?

  /// Creates a scenario.
  public init(
    machine: String? = nil, kernel: KernelProfile? = nil, cpu: [CPUSwitch] = [],
    policies: PolicySet = .none, statements: [LocatedStatement] = [],
  ) {
    self.machine = machine
    self.kernel = kernel
    self.cpu = cpu
    self.policies = policies
    self.statements = statements
  }

  /// The most lines of a scenario, without empty ones and comments: they take some 2 GiB.
  public static let lineLimit = 10_000_000

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

  /// Puts calls in the place of modules that name a file.
  ///
  /// - Parameter read: the sizes of a module by the name of its file as the scenario writes it; its
  ///   error is what was wrong, in words.
  public mutating func readModules(
    _ read: (String) throws(ModuleFileError) -> ModuleSizes,
  ) throws(ParseError) {
    if let error = readAllModules(read).first { throw error }
  }

  /// The same for all modules that can be read; what is wrong with the others.
  public mutating func readAllModules(
    _ read: (String) throws(ModuleFileError) -> ModuleSizes,
  ) -> [ParseError] {
    var errors = Self.readModules(of: &statements, read)
    guard var session else { return errors }
    for index in session.branches.indices {
      errors += Self.readModules(of: &session.branches[index].statements, read)
    }
    self.session = session
    return errors
  }

  private static func readModules(
    of statements: inout [LocatedStatement],
    _ read: (String) throws(ModuleFileError) -> ModuleSizes,
  ) -> [ParseError] {
    var errors: [ParseError] = []
    for index in statements.indices {
      guard case .moduleFile(let name, let file) = statements[index].statement else { continue }
      do throws(ModuleFileError) {
        statements[index].statement = .call(.user(.moduleLoad(name, try read(file))))
      } catch {
        errors.append(ParseError(.moduleFile(error), at: statements[index].location))
      }
    }
    return errors
  }

  /// How many calls there are.
  public var callCount: Int {
    statements.count { if case .call = $0.statement { true } else { false } }
  }

  /// The calls, in order.
  public var calls: [Call] {
    statements.compactMap { located in
      if case .call(let call) = located.statement { call } else { nil }
    }
  }
}

extension Statement {
  /// What a setup statement settles, which is settled once: the machine, the kernel, one feature.
  var setupKey: String {
    switch self {
    case .cpu(.feature(let name, _)): "cpu \(name.word)"
    case .cpu(.count): "cpu count"
    case .policy(let name): "policy \(name.rawValue)"
    case .rule(let rule): "rule \(rule.name)"
    case .firmware: "machine"
    case .machine, .kernel, .call, .moduleFile, .note, .pause, .why, .tlb, .areas, .printing,
      .display, .stop,
      .expect,
      .direction, .lesson, .session:
      commandName
    }
  }
}
