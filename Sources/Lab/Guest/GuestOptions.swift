import Engine

/// What machine QEMU is to be, and which kernel runs on it.
public struct GuestOptions: Sendable {
  /// The bytes of the kernel's image.
  public var kernel: [UInt8]
  /// What it is called in messages.
  public var kernelName: String
  /// RAM in bytes.
  public var ram: UInt64 = 2 << 30
  /// Memory that can be plugged in later, in bytes.
  public var hotplug: UInt64 = 0
  /// How many CPUs.
  public var cpus = 1
  /// How many nodes the kernel makes of the memory (`numa=fake=`).
  public var nodes = 1
  /// QEMU's machine; `nil` for the usual one.
  public var machine: String?
  /// QEMU's CPU; `nil` for the usual one.
  public var cpu: String?
  /// More words for the kernel's command line.
  public var append = ""
  /// Whether the kernel may place itself by chance.
  public var randomises = false
  /// QEMU's program; `nil` for the one of the architecture.
  public var qemu: String?
  /// More arguments for QEMU.
  public var arguments: [String] = []
  /// Files that the guest has in `/lab`.
  public var files: [(name: String, bytes: [UInt8])] = []
  /// A guest that somebody else started; `nil` to start one.
  public var attachment: GuestAttachment?
  /// What executes the guest's instructions.
  public var accelerator = Accelerator.automatic
  /// How long the guest may take to boot, in seconds.
  public var bootSeconds = 180
  /// How long one call may take, in seconds.
  public var callSeconds = 60

  /// What executes the guest's instructions.
  public enum Accelerator: String, Sendable, CaseIterable {
    /// KVM where it works, else TCG.
    case automatic = "auto"
    /// The processor itself.
    case kvm
    /// QEMU's translator.
    case tcg
  }

  /// Whether the kernel is one of arm64.
  public var isArm64: Bool { GuestArchitecture(ofKernel: kernel)?.name == .arm64 }

  /// The usual machine with a kernel.
  public init(kernel: [UInt8], named name: String) {
    self.kernel = kernel
    kernelName = name
  }
}
