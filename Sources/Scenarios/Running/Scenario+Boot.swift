import Engine
import Language

extension Scenario {
  /// A machine with the scenario's `cpu` lines carried out on it.
  public func configured(_ description: MachineDescription) -> MachineDescription {
    var description = description
    for change in cpu { change.apply(to: &description.cpu) }
    return description
  }

  /// Boots the machine that the scenario asks for.
  ///
  /// - Parameters:
  ///   - description: the machine, before the scenario's `cpu` lines.
  ///   - kernel: the version, where the scenario asks for none.
  public func boot(
    _ description: MachineDescription, kernel fallback: KernelProfile,
    options: BootOptions = BootOptions(),
  ) throws(BootError) -> Machine {
    var options = options
    if policies != .none { options.policies = policies }
    return try Machine(
      booting: configured(description), kernel: kernel(on: description, fallback),
      options: options)
  }

  /// The kernel that the scenario asks for, or else a fallback, if the machine can run it.
  public func kernel(
    on description: MachineDescription, _ fallback: KernelProfile,
  ) -> KernelProfile {
    if let kernel { return kernel }
    let architecture = description.architecture
    return fallback.architecture == architecture ? fallback : .standard(for: architecture)
  }
}
