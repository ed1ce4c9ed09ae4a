public import Engine

extension MachineDescription {
  /// Reads a kernel's command line: switches, and what of the memory is used.
  ///
  /// On arm64 the kernel is taken to be built as the recorded ones: where KFENCE is in it with an interval
  /// of 0, it may be enabled late unless the line says otherwise.
  ///
  /// - Returns: what should be known, such as words that the kernel refuses, a sentence each.
  public mutating func read(commandLine line: String, of kernel: KernelProfile) -> [String] {
    let command = KernelCommandLine(line[...])
    guard architecture == .arm64 else {
      command.change(&e820)
      for (name, isOn) in command.switches(on: architecture, kernel.version) { cpu[name] = isOn }
      return []
    }
    command.limitArm64(&e820)
    let rules = kernel.linearMap
    let switches = command.switches(on: .arm64, kernel.version)
    var notes = command.refusedRodata(rules.rodata).map { word in
      "Invalid option string for rodata: '\(word)'; \(kernel.name) knows "
        + rules.rodata.known.joined(separator: ", ")
    }
    if rules.hasKFENCE, switches[.lateKFENCE] == nil {
      cpu[.lateKFENCE] = true
      notes.append(
        "KFENCE may be enabled late, as its interval is 0 in the recorded builds; "
          + "kfence.sample_interval= gives another")
    }
    for (name, isOn) in switches { cpu[name] = isOn }
    if !rules.hasKFENCE, cpu[.kfence] || cpu[.lateKFENCE] {
      cpu[.kfence] = false
      cpu[.lateKFENCE] = false
      notes.append("KFENCE is not built into \(kernel.name), as into the recorded one")
    }
    return notes
  }
}
