import ArgumentParser
import Engine
import KernelText
import Lanes
import Language
import Scenarios

/// Options that choose a machine, its CPU and its kernel: for every command that boots one. What
/// they leave open a scenario may say, and after that the defaults.
struct MachineOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A built-in machine; by default teaching-4g.", valueName: "name"),
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
      "The kernel; by default the nearest to that of the log, else linux-7.2, and "
        + "linux-6.12-arm64 on arm64.", valueName: "kernel"),
    completion: .list(KernelProfile.all.map(\.name)))
  var kernel: String?

  @Option(
    help: ArgumentHelp(
      "Words of the kernel's command line, such as \"rodata=off kfence.sample_interval=100 mem=3G\".",
      valueName: "line"))
  var append: String?

  @Option(
    help: ArgumentHelp(
      "arm64: what rodata= says, in the kernel's own words, which differ by version.",
      valueName: "word"))
  var rodata: String?

  @Option(
    help: ArgumentHelp(
      "Switch features of the CPU and the command line: "
        + CPUFeatures.Switch.allCases.map(\.word).joined(separator: ", ")
        + "; with `no` before them, off.", valueName: "feature,..."))
  var cpu: String?

  @Option(
    help: ArgumentHelp(
      "Build the kernel with a remedy that was proposed, instead of the scenario's; may be "
        + "repeated, none is for none: "
        + PolicyName.allCases.map(\.rawValue).joined(separator: ", ") + ".",
      valueName: "name"), completion: .list(["none"] + PolicyName.allCases.map(\.rawValue)))
  var policy: [String] = []

  @Option(
    name: .customLong("rule"),
    help: ArgumentHelp(
      "Build the kernel with the rules of a file, beside its policies; may be repeated: "
        + "docs/rules.md.", valueName: "file"), completion: .file())
  var ruleFiles: [String] = []
}

extension MachineOptions {
  /// The machine, the kernel and the policies that are asked for. What should be known about them is
  /// told on standard error.
  func choose(
    for scenario: Scenario = Scenario(),
  ) throws(UserError) -> BootSetup {
    try read(for: scenario).setup
  }

  /// The same, and how much is not known of the kernel image.
  func read(
    for scenario: Scenario = Scenario(),
  ) throws(UserError) -> (setup: BootSetup, missingImage: MissingImage?) {
    let reading = try chosenMachine(for: scenario)
    var description = scenario.configured(reading.description)
    let choice = try chosenKernel(for: scenario, description, reading)
    let kernel = choice.profile
    let onLine = try readCommandLine(&description, of: kernel)
    if let cpu { try description.cpu.switchFeatures(cpu) }
    let onKernel = Self.note(on: choice, for: reading, isChosen: isKernelChosen(scenario))
    for note in reading.notes.map(\.description) + [onKernel].compactMap(\.self) + onLine {
      CommandLine.tell("\(reading.description.name): note: \(note)")
    }
    let setup = BootSetup(
      description, kernel: kernel, policies: try chosenPolicies(for: scenario))
    return (setup, reading.missingImage)
  }

  /// Reads the words of the kernel's command line that are given.
  ///
  /// - Returns: what should be known about them.
  private func readCommandLine(
    _ machine: inout MachineDescription, of kernel: KernelProfile,
  ) throws(UserError) -> [String] {
    if rodata != nil, machine.architecture != .arm64 {
      throw UserError("--rodata is for arm64; leave it out, or choose a machine for arm64")
    }
    let words = [append, rodata.map { "rodata=\($0)" }].compactMap(\.self)
    guard !words.isEmpty, kernel.architecture == machine.architecture else { return [] }
    return machine.read(commandLine: words.joined(separator: " "), of: kernel)
  }

  /// The machine that is asked for, booted.
  func boot(for scenario: Scenario = Scenario()) throws(UserError) -> Machine {
    try Self.boot(try choose(for: scenario))
  }

  /// Boots a machine.
  static func boot(_ setup: BootSetup) throws(UserError) -> Machine {
    do {
      return try setup.boot.machine()
    } catch {
      throw UserError("\(setup.description.name) cannot boot: \(error)")
    }
  }

  private func chosenPolicies(for scenario: Scenario) throws(UserError) -> PolicySet {
    let chosen = policy.isEmpty ? scenario.policies : try Self.policies(named: policy)
    return try RuleFile.adding(ruleFiles, to: chosen)
  }

  /// The policies that a user names.
  static func policies(named list: [String]) throws(UserError) -> PolicySet {
    do {
      var names: [PolicyName] = []
      for name in list where name != "none" {
        names.append(
          try Choice.named(name, in: PolicyName.allCases, by: \.rawValue, what: "policy"))
      }
      return try PolicySet(names)
    } catch {
      throw UserError("\(error)")
    }
  }

  /// Whether the user or the scenario names a kernel.
  private func isKernelChosen(_ scenario: Scenario) -> Bool {
    kernel != nil || scenario.kernel != nil
  }

  /// The kernel that is asked for; else the nearest to the one that a log is of.
  private func chosenKernel(
    for scenario: Scenario, _ description: MachineDescription, _ reading: MachineReading,
  ) throws(UserError) -> KernelChoice {
    if let kernel { return KernelChoice(profile: try Self.kernel(kernel), reason: .version) }
    if !isKernelChosen(scenario), reading.version != nil {
      return KernelProfile.choice(forRelease: reading.release, on: description.architecture)
    }
    return KernelChoice(profile: scenario.kernel(on: description, .linux7_2), reason: .unknown)
  }

  /// The kernel that a user names.
  static func kernel(_ name: String) throws(UserError) -> KernelProfile {
    if let profile = KernelProfile(version: name) { return profile }
    do {
      return try Choice.named(name, in: KernelProfile.all, by: \.name, what: "kernel")
    } catch {
      throw UserError("\(error)")
    }
  }

  private func chosenMachine(for scenario: Scenario) throws(UserError) -> MachineReading {
    switch (machine, iomem, dmesg) {
    case (nil, nil, nil):
      if let own = scenario.ownMachine { return MachineReading(own) }
      return MachineReading(try Self.builtIn(scenario.machine))
    case (let name?, nil, nil): return MachineReading(try Self.builtIn(name))
    case (nil, let path?, nil): return try Self.reading(ofIomem: path)
    case (nil, nil, let path?): return try Self.reading(ofLog: path)
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
