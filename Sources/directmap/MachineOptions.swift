import ArgumentParser
import Engine
import Interface
import KernelText
import Scenarios

/// Options that choose a machine, its CPU and its kernel: for every command that boots one. What
/// they leave open a scenario may say, and after that the defaults.
struct MachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A built-in machine; teaching-4g if nothing is said.", valueName: "name"),
    completion: .list(MachineDescription.builtIn.map(\.name)))
  var machine: String?

  @Option(
    help: ArgumentHelp("Boot the machine of a saved /proc/iomem.", valueName: "file"),
    completion: .file())
  var iomem: String?

  @Option(
    help: ArgumentHelp("Boot the machine of a saved kernel log.", valueName: "file"),
    completion: .file())
  var dmesg: String?

  @Option(
    help: ArgumentHelp(
      "The kernel; linux-7.2 if nothing is said, linux-6.12-arm64 on arm64.", valueName: "kernel"),
    completion: .list(KernelProfile.all.map(\.name)))
  var kernel: String?

  @Option(
    help: ArgumentHelp(
      "Switch features of the CPU and the command line: "
        + CPUFeatures.Switch.allCases.map(\.word).joined(separator: ", ")
        + "; with `no` before them, off.", valueName: "feature,..."))
  var cpu: String?

  @Option(
    help: ArgumentHelp(
      "Build the kernel with a remedy that was proposed, in place of the scenario's; may be "
        + "repeated, none is for none: "
        + PolicyName.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "name"), completion: .list(["none"] + PolicyName.allCases.map(\.rawValue)))
  var policy: [String] = []
}

extension MachineOptions {
  /// The machine, the kernel and the policies that are asked for.
  func choose(
    for scenario: Scenario = Scenario(),
  ) throws(UserError) -> BootSetup {
    var description = scenario.configured(try chosenMachine(for: scenario))
    if let cpu { try description.cpu.switchFeatures(cpu) }
    return BootSetup(
      description, kernel: try chosenKernel(for: scenario, description),
      policies: try chosenPolicies(for: scenario))
  }

  /// The machine that is asked for, booted.
  func boot(for scenario: Scenario = Scenario()) throws(UserError) -> Machine {
    try Self.boot(try choose(for: scenario))
  }

  /// Boots a machine.
  static func boot(_ setup: BootSetup) throws(UserError) -> Machine {
    do {
      return try Machine(
        booting: setup.description, kernel: setup.kernel,
        options: BootOptions(policies: setup.policies))
    } catch {
      throw UserError("\(setup.description.name) cannot boot: \(error)")
    }
  }

  private func chosenPolicies(for scenario: Scenario) throws(UserError) -> PolicySet {
    if policy.isEmpty { return scenario.policies }
    do {
      var names: [PolicyName] = []
      for name in policy where name != "none" {
        names.append(
          try Choice.named(name, in: PolicyName.allCases, by: \.rawValue, what: "policy"))
      }
      return try PolicySet(names)
    } catch {
      throw UserError("\(error)")
    }
  }

  private func chosenKernel(
    for scenario: Scenario, _ description: MachineDescription,
  ) throws(UserError) -> KernelProfile {
    guard let kernel else { return scenario.kernel(on: description, .linux7_2) }
    if let profile = KernelProfile(version: kernel) { return profile }
    do {
      return try Choice.named(kernel, in: KernelProfile.all, by: \.name, what: "kernel")
    } catch {
      throw UserError("\(error)")
    }
  }

  private func chosenMachine(for scenario: Scenario) throws(UserError) -> MachineDescription {
    switch (machine, iomem, dmesg) {
    case (nil, nil, nil):
      if let own = scenario.ownMachine { return own }
      return try Self.builtIn(scenario.machine)
    case (let name?, nil, nil): return try Self.builtIn(name)
    case (nil, let path?, nil): return try read(path, .iomem)
    case (nil, nil, let path?): return try read(path, .dmesg)
    default: throw UserError("give only one of --machine, --iomem and --dmesg")
    }
  }

  /// The built-in machine of a name; without one, the usual.
  static func builtIn(_ name: String?) throws(UserError) -> MachineDescription {
    do {
      return try Choice.named(
        name ?? "teaching-4g", in: MachineDescription.builtIn, by: \.name, what: "machine")
    } catch {
      throw UserError("\(error)")
    }
  }

  private func read(_ path: String, _ kind: MachineText) throws(UserError) -> MachineDescription {
    let text = try CommandLine.text(ofFile: path, .fileOrPipe)
    switch (kind, MachineText(recognising: text)) {
    case (.iomem, .dmesg): throw UserError("\(path) is a kernel log; read it with --dmesg")
    case (.dmesg, .iomem): throw UserError("\(path) is /proc/iomem; read it with --iomem")
    default: break
    }
    do {
      switch kind {
      case .iomem: return try IomemText(text).machine(named: path)
      case .dmesg: return try DmesgText(text).machine(named: path)
      }
    } catch {
      throw UserError(inFile: path, error)
    }
  }
}

extension CPUFeatures {
  /// Switches features as a user lists them: `nogbpages,pti`. Of a feature that comes twice, the
  /// last counts.
  nonisolated mutating func switchFeatures(_ list: String) throws(UserError) {
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      if let name = Switch(word: word) {
        self[name] = true
      } else if word.hasPrefix("no"), let name = Switch(word: word.dropFirst(2)) {
        self[name] = false
      } else {
        let known = Switch.allCases.map(\.word).joined(separator: ", ")
        throw UserError(
          "unknown CPU feature \"\(word)\"; known are \(known), each also with `no` before it")
      }
    }
  }
}
