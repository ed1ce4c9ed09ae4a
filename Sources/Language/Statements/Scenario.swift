import Engine

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
  package var setupKey: String {
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
