import ArgumentParser
import Engine
import KernelText
import Scenarios

/// Options that choose a machine, its CPU and its kernel: for every command that boots one. What
/// they leave open a scenario may say, and after that the defaults.
struct MachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A built-in machine; teaching-4g if nothing is said.", valueName: "name"))
  var machine: String?

  @Option(help: ArgumentHelp("Boot the machine of a saved /proc/iomem.", valueName: "file"))
  var iomem: String?

  @Option(help: ArgumentHelp("Boot the machine of a saved kernel log.", valueName: "file"))
  var dmesg: String?

  @Option(help: ArgumentHelp("The kernel; linux-7.2 if nothing is said.", valueName: "kernel"))
  var kernel: String?

  @Option(
    help: ArgumentHelp(
      "Switch features of the CPU and the command line: "
        + CPUFeatures.Name.allCases.map(\.rawValue).joined(separator: ", ")
        + "; with `no` before them, off.", valueName: "feature,..."))
  var cpu: String?
}

extension MachineOptions {
  /// The machine and the kernel that are asked for.
  func choose(
    for scenario: Scenario = Scenario(),
  ) throws(UserError) -> (machine: MachineDescription, kernel: KernelProfile) {
    var description = scenario.configured(try chosenMachine(for: scenario))
    if let cpu { try description.cpu.switchFeatures(cpu) }
    return (description, try chosenKernel(for: scenario))
  }

  /// The machine that is asked for, booted.
  func boot(for scenario: Scenario = Scenario()) throws(UserError) -> Machine {
    let (description, kernel) = try choose(for: scenario)
    return try Self.boot(description, kernel)
  }

  /// Boots a machine.
  static func boot(
    _ description: MachineDescription, _ kernel: KernelProfile,
  ) throws(UserError) -> Machine {
    do {
      return try Machine(booting: description, kernel: kernel)
    } catch {
      throw UserError("\(description.name) cannot boot: \(error)")
    }
  }

  private func chosenKernel(for scenario: Scenario) throws(UserError) -> KernelProfile {
    guard let kernel else { return scenario.kernel ?? .linux7_2 }
    if let profile = KernelProfile(version: kernel) { return profile }
    do {
      return try Choice.named(kernel, in: KernelProfile.all, by: \.name, what: "kernel")
    } catch {
      throw UserError("\(error)")
    }
  }

  private func chosenMachine(for scenario: Scenario) throws(UserError) -> MachineDescription {
    switch (machine, iomem, dmesg) {
    case (nil, nil, nil): return try builtIn(scenario.machine ?? "teaching-4g")
    case (let name?, nil, nil): return try builtIn(name)
    case (nil, let path?, nil): return try read(path, .iomem)
    case (nil, nil, let path?): return try read(path, .dmesg)
    default: throw UserError("give only one of --machine, --iomem and --dmesg")
    }
  }

  private func builtIn(_ name: String) throws(UserError) -> MachineDescription {
    do {
      return try Choice.named(name, in: MachineDescription.builtIn, by: \.name, what: "machine")
    } catch {
      throw UserError("\(error)")
    }
  }

  private func read(_ path: String, _ kind: MachineText) throws(UserError) -> MachineDescription {
    let text = try CommandLine.text(ofFile: path)
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
      if let name = Name(rawValue: String(word)) {
        self[name] = true
      } else if word.hasPrefix("no"), let name = Name(rawValue: String(word.dropFirst(2))) {
        self[name] = false
      } else {
        let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
        throw UserError(
          "unknown CPU feature \"\(word)\"; known are \(known), each also with `no` before it")
      }
    }
  }
}
