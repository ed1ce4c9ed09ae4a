import Engine

/// A scenario: what is booted, and what is then done. A value, whole before anything runs.
public struct Scenario: Equatable, Sendable {
  /// The machine it asks for; `nil` if it leaves the choice to others.
  public var machine: String?
  /// The kernel version it asks for; `nil` if it leaves the choice to others.
  public var kernel: KernelProfile?
  /// Changes to the CPU, in order.
  public var cpu: [CPUSwitch]
  /// The remedies that its kernel was built with.
  public var policies: PolicySet
  /// Everything else, in order.
  public var statements: [LocatedStatement]

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

  /// Reads a scenario: all of it, or the first thing that is wrong.
  ///
  /// - Parameter machines: the machines there are; `nil` lets any name pass.
  public init(
    parsing text: String, file: String, machines: [String]? = nil,
  ) throws(ParseError) {
    self.init()
    var setup: [String] = []
    var hasCall = false
    var chosen: [(name: PolicyName, location: SourceLocation)] = []
    for located in try Parser(file: file, machines: machines).statements(of: text) {
      let statement = located.statement
      if statement.isSetup {
        if hasCall {
          throw ParseError(.setupAfterCall(statement.commandName), at: located.location)
        }
        let key = statement.setupKey
        if setup.contains(key) { throw ParseError(.setupTwice(key), at: located.location) }
        setup.append(key)
      }
      switch statement {
      case .machine(let name): machine = name
      case .kernel(let name): kernel = KernelProfile(named: name)
      case .cpu(let change): cpu.append(change)
      case .policy(let name): chosen.append((name, located.location))
      case .call, .moduleFile:
        hasCall = true
        statements.append(located)
      case .note, .pause, .why, .stop, .expect: statements.append(located)
      }
    }
    try choose(chosen)
  }

  /// Switches policies on. What is wrong with all of them is told at the first line that brings it
  /// about: some need others, which may come later.
  private mutating func choose(
    _ chosen: [(name: PolicyName, location: SourceLocation)],
  ) throws(ParseError) {
    let names = chosen.map(\.name)
    do throws(PolicyError) {
      policies = try PolicySet(names)
    } catch {
      for (index, policy) in chosen.enumerated()
      where Self.error(of: names.prefix(index + 1)) == error {
        throw ParseError(.policies(error), at: policy.location)
      }
    }
  }

  private static func error(of names: some Collection<PolicyName>) -> PolicyError? {
    do throws(PolicyError) {
      _ = try PolicySet(Array(names))
      return nil
    } catch {
      return error
    }
  }

  /// Puts calls in the place of modules that name a file.
  ///
  /// - Parameter read: the sizes of a module by the name of its file as the scenario writes it; its
  ///   error is what was wrong, in words.
  public mutating func readModules(
    _ read: (String) throws(ModuleFileError) -> ModuleSizes,
  ) throws(ParseError) {
    for index in statements.indices {
      guard case .moduleFile(let name, let file) = statements[index].statement else { continue }
      do throws(ModuleFileError) {
        statements[index].statement = .call(.user(.moduleLoad(name, try read(file))))
      } catch {
        throw ParseError(.moduleFile(error), at: statements[index].location)
      }
    }
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
  fileprivate var setupKey: String {
    switch self {
    case .cpu(.feature(let name, _)): "cpu \(name.rawValue)"
    case .cpu(.count): "cpu count"
    case .policy(let name): "policy \(name.rawValue)"
    case .machine, .kernel, .call, .moduleFile, .note, .pause, .why, .stop, .expect: commandName
    }
  }
}
