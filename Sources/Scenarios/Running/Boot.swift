import Engine

extension Scenario {
  /// Boots the machine that the scenario asks for.
  ///
  /// - Parameters:
  ///   - description: the machine, before the scenario's `cpu` lines.
  ///   - kernel: the version, where the scenario asks for none.
  public func boot(
    _ description: MachineDescription, kernel fallback: KernelProfile,
    options: BootOptions = BootOptions(),
  ) throws(BootError) -> Machine {
    var description = description
    for change in cpu { change.apply(to: &description.cpu) }
    return try Machine(booting: description, kernel: kernel ?? fallback, options: options)
  }
}
