import Engine
import Scenarios

/// What a machine was booted from, so that it can be booted again otherwise.
public struct BootSetup: Equatable, Sendable {
  /// The machine; for a recording, its name only.
  public var description: MachineDescription
  /// The kernel version.
  public var kernel: KernelProfile
  /// The remedies that the kernel was built with.
  public var policies: PolicySet
  /// The file that is played, if one is.
  public var file: String?

  /// Creates what a machine is booted from.
  public init(
    _ description: MachineDescription, kernel: KernelProfile, policies: PolicySet = .none,
    file: String? = nil,
  ) {
    self.description = description
    self.kernel = kernel
    self.policies = policies
    self.file = file
  }

  /// What a session keeps of it.
  public var boot: Session.Boot {
    get { Session.Boot(description, kernel: kernel, policies: policies) }
    set {
      (description, kernel, policies) = (newValue.description, newValue.kernel, newValue.policies)
    }
  }

  /// The kernel and its policies: `linux-6.1 + aaronlu-2022`.
  public var software: String {
    ([kernel.name] + policies.titles).joined(separator: " + ")
  }
}
