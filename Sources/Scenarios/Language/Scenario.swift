import Engine

/// A scenario: what is booted, and what is then done. A value, whole before anything runs.
public struct Scenario: Equatable, Sendable {
  /// The machine it asks for; `nil` if it leaves the choice to others.
  public var machine: String?
  /// The kernel version it asks for; `nil` if it leaves the choice to others.
  public var kernel: KernelProfile?
  /// Changes to the CPU, in order.
  public var cpu: [CPUSwitch]
  /// Everything else, in order.
  public var statements: [LocatedStatement]

  /// Creates a scenario.
  public init(
    machine: String? = nil, kernel: KernelProfile? = nil, cpu: [CPUSwitch] = [],
    statements: [LocatedStatement] = [],
  ) {
    self.machine = machine
    self.kernel = kernel
    self.cpu = cpu
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
      case .call:
        hasCall = true
        statements.append(located)
      case .note, .pause, .expect: statements.append(located)
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
    case .machine, .kernel, .call, .note, .pause, .expect: commandName
    }
  }
}
