/// What the kernel's command line changes about the direct map, other than through the CPU.
public struct BootOptions: Equatable, Sendable {
  /// Whether and where there is a KFENCE pool (`kfence.sample_interval`).
  public enum KFENCE: Equatable, Sendable {
    /// `kfence.sample_interval=0`, or a kernel without KFENCE.
    case off
    /// A pool at the highest 2M block below the page descriptors of its range of RAM. Real pools
    /// lie a few MiB off, depending on what else was allocated before them.
    case on
    /// A pool from this frame on.
    case at(PFN)
  }

  /// The KFENCE pool.
  public var kfence: KFENCE
  /// `movable_node`: the direct map is built from the kernel upwards, not from the top down.
  public var isBottomUp: Bool

  /// Remedies that the kernel was built with.
  public var policies: PolicySet
  /// arm64: whether boot stops when `map_mem()` has returned. The machine can be looked at, and does not run.
  public var stopsAtLinearMap = false

  /// Creates options; without arguments, those of an empty command line.
  public init(
    kfence: KFENCE = .off, isBottomUp: Bool = false, policies: PolicySet = .none,
  ) {
    self.policies = policies
    self.kfence = kfence
    self.isBottomUp = isBottomUp
  }
}
