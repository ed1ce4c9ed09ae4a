/// A machine before it is booted: its firmware's memory map, its CPU, and where the kernel lies.
public struct MachineDescription: Equatable, Sendable {
  /// A range of the firmware's memory map (e820).
  public struct E820Entry: Equatable, Sendable {
    /// What the firmware says of a range.
    public enum Kind: Equatable, Sendable {
      /// RAM that the kernel may use.
      case usable
      /// Everything else: it gets no place in the direct map.
      case reserved
      /// ACPI tables or storage: reserved too, but 4K entries over it in a shared table are kept.
      case acpi
    }

    /// The first byte and the byte behind the last.
    public var range: Range<PhysicalAddress>
    /// What it is.
    public var kind: Kind

    /// Creates an entry.
    public init(_ range: Range<PhysicalAddress>, _ kind: Kind) {
      self.range = range
      self.kind = kind
    }
  }

  /// The name by which it is chosen, or the file it came from.
  public var name: String
  /// What its CPUs are.
  public var architecture: Architecture
  /// The firmware's memory map, by rising address.
  public var e820: [E820Entry]
  /// The CPU.
  public var cpu: CPUFeatures
  /// The kernel image, if known.
  public var image: KernelImage?

  /// The NUMA nodes; their ranges may reach beyond the RAM.
  public var nodes: [NUMANode]

  /// Creates a description.
  public init(
    name: String, e820: [E820Entry], cpu: CPUFeatures, image: KernelImage?,
    nodes: [NUMANode] = [.everything], architecture: Architecture = .x86_64,
  ) {
    self.name = name
    self.architecture = architecture
    self.e820 = e820
    self.cpu = cpu
    self.image = image
    self.nodes = nodes
  }
}
