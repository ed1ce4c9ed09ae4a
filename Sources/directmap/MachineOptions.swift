import ArgumentParser
import Engine
import KernelText

/// Options that choose a machine, its CPU and its kernel: for every command that boots one.
struct MachineOptions: ParsableArguments {
  @Option(help: ArgumentHelp("A built-in machine.", valueName: "name"))
  var machine: String?

  @Option(help: ArgumentHelp("Boot the machine of a saved /proc/iomem.", valueName: "file"))
  var iomem: String?

  @Option(help: ArgumentHelp("Boot the machine of a saved kernel log.", valueName: "file"))
  var dmesg: String?

  @Option(help: ArgumentHelp("The kernel, such as linux-6.12.", valueName: "kernel"))
  var kernel: String

  @Option(
    help: ArgumentHelp(
      "Switch features of the CPU and the command line: "
        + CPUFeatures.Name.allCases.map(\.rawValue).joined(separator: ", ")
        + "; with `no` before them, off.", valueName: "feature,..."))
  var cpu: String?
}

extension MachineOptions {
  /// The kernel that was chosen.
  func chosenKernel() throws(UserError) -> KernelProfile {
    guard let profile = KernelProfile(named: kernel) else {
      let known = KernelProfile.all.map(\.name).joined(separator: ", ")
      throw UserError("unknown kernel \"\(kernel)\"; known are \(known)")
    }
    return profile
  }

  /// The machine that was chosen, not booted yet.
  func chosenMachine() throws(UserError) -> MachineDescription {
    var description: MachineDescription
    switch (machine, iomem, dmesg) {
    case (let name?, nil, nil): description = try builtIn(name)
    case (nil, let path?, nil): description = try read(path, .iomem)
    case (nil, nil, let path?): description = try read(path, .dmesg)
    default:
      throw UserError("give one of --machine, --iomem and --dmesg")
    }
    if let cpu { try description.cpu.switchFeatures(cpu) }
    return description
  }

  /// The machine that was chosen, booted.
  func bootedMachine() throws(UserError) -> Machine {
    let kernel = try chosenKernel()
    let description = try chosenMachine()
    do {
      return try Machine(booting: description, kernel: kernel)
    } catch {
      throw UserError("\(description.name) cannot boot: \(error)")
    }
  }

  private func builtIn(_ name: String) throws(UserError) -> MachineDescription {
    guard let machine = MachineDescription(builtIn: name) else {
      let known = MachineDescription.builtIn.map(\.name).joined(separator: ", ")
      throw UserError("unknown machine \"\(name)\"; known are \(known)")
    }
    return machine
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
