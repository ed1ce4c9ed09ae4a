import Engine
import KernelText
import Language

/// Puts the lines together that say what is booted. What is wrong is kept, and the rest goes on.
struct SetupReader {
  /// What is booted, without statements.
  var scenario = Scenario()

  private var settled: Set<String> = []
  private var policies: [(name: PolicyName, location: SourceLocation)] = []
  private var rules: [(rule: Rule, location: SourceLocation)] = []
  private var kernelPlace: SourceLocation?
  private var firmware: (text: FirmwareText, locations: [SourceLocation])?
  private var problems: [ParseError] = []

  /// Takes a line; what is wrong with it where it is.
  mutating func take(_ located: LocatedStatement) -> ParseError? {
    if let error = settle(located) { return error }
    switch located.statement {
    case .machine(let name): scenario.machine = name
    case .firmware(_, let line):
      firmware?.text.lines.append(line)
      firmware?.locations.append(located.location)
    case .kernel(let name):
      scenario.kernel = KernelProfile(named: name)
      kernelPlace = located.location
    case .cpu(let change): scenario.cpu.append(change)
    case .policy(let name): policies.append((name, located.location))
    case .rule(let rule): rules.append((rule, located.location))
    case .call, .moduleFile, .note, .pause, .why, .tlb, .areas, .printing, .display, .stop, .expect,
      .direction,
      .lesson, .session:
      break
    }
    return nil
  }

  /// What holds when the last line is read; what is wrong.
  mutating func finish() -> [ParseError] {
    choosePolicies()
    describeMachine()
    checkArchitecture()
    return problems
  }

  /// Settles something that is not settled yet.
  private mutating func settle(_ located: LocatedStatement) -> ParseError? {
    let key = located.statement.setupKey
    if case .firmware(let kind, _) = located.statement {
      // Further lines of the same text go on with it.
      if firmware?.text.kind == kind { return nil }
      if !settled.contains(key) { firmware = (FirmwareText(kind: kind, lines: []), []) }
    }
    return settled.insert(key).inserted
      ? nil : ParseError(.setupTwice(key), at: located.location)
  }

  /// Reads the text of a machine that is not built in.
  private mutating func describeMachine() {
    guard let firmware else { return }
    do throws(KernelTextError) {
      scenario.ownMachine = try firmware.text.described()
    } catch {
      // Each line of the text stands in one of its own.
      let places = firmware.locations
      let index = (error.line ?? 1) - 1
      guard let place = places.indices.contains(index) ? places[index] : places.first else {
        return
      }
      problems.append(ParseError(.firmware(error), at: place))
    }
  }

  /// Whether the machine runs the kernel, and the kernel can have the policies, where the file says what
  /// they are. What it leaves open is checked when the machine boots.
  private mutating func checkArchitecture() {
    let machine = scenario.ownMachine ?? scenario.machine.flatMap(MachineDescription.init(builtIn:))
    if let machine, let kernel = scenario.kernel, let kernelPlace,
      machine.architecture != kernel.architecture
    {
      let error = BootError.otherArchitecture(machine.architecture, kernel: kernel.name)
      problems.append(ParseError(.architecture(error), at: kernelPlace))
      return
    }
    guard let kernel = scenario.kernel ?? machine.map({ .standard(for: $0.architecture) }) else {
      return
    }
    for policy in policies where !policy.name.runs(on: kernel.architecture) {
      let error = BootError.policyOfOtherArchitecture(policy.name, kernel: kernel.name)
      problems.append(ParseError(.architecture(error), at: policy.location))
    }
  }

  /// Switches policies on. An error of the whole set is reported at the first line that causes it: a
  /// prerequisite may come later.
  private mutating func choosePolicies() {
    let names = policies.map(\.name)
    do throws(PolicyError) {
      scenario.policies = try PolicySet(names)
    } catch {
      for (index, policy) in policies.enumerated()
      where Self.error(of: names.prefix(index + 1)) == error {
        problems.append(ParseError(.policies(error), at: policy.location))
        return
      }
    }
    for (rule, location) in rules {
      do throws(PolicyError) {
        if scenario.policies.rules.contains(where: { $0.name == rule.name }) {
          throw .ruleTwice(rule.name)
        }
        scenario.policies = try scenario.policies.adding(rule)
      } catch {
        problems.append(ParseError(.policies(error), at: location))
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
}
