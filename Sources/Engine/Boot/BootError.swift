/// Why a machine cannot be booted.
public enum BootError: Error, Equatable, Sendable {
  /// The memory map has no usable page above the first MiB.
  case noRAM
  /// An entry of the memory map whose end is not above its start, or that passes 2^52 bytes.
  case badEntry(Range<PhysicalAddress>)
  /// RAM above 64 TiB: a direct map with four levels of tables has no room for it, and with five it is
  /// not simulated.
  case tooMuchRAM(end: PhysicalAddress)
  /// The kernel image does not begin at a multiple of 2M, its parts are not in their order, or they
  /// are too long for the image window.
  case badImage(Range<PFN>)
  /// The kernel image does not lie in RAM.
  case imageOutsideRAM(Range<PFN>)
  /// The direct map needs this many MiB of page tables, which is more than the simulation allows.
  case tooManyTables(mebibytes: UInt64)
  /// The KFENCE pool does not lie in RAM.
  case kfenceOutsideRAM(PFN)
  /// The frames belong to two NUMA nodes at once.
  case overlappingNodes(Range<PFN>)
  /// The linear map of arm64 would have more 4K pages than these.
  case tooManySinglePages(limit: PageCount)
  /// The machine is not what the kernel is built for.
  case otherArchitecture(Architecture, kernel: String)
  /// A switch is not as usual and is about another architecture than the kernel's.
  case switchOfOtherArchitecture(CPUFeatures.Switch, kernel: String)
  /// `movable_node` without a kernel image to begin from.
  case movableNodeWithoutImage
  /// The policy is about another architecture than the kernel's.
  case policyOfOtherArchitecture(PolicyName, kernel: String)
}

extension BootError: CustomStringConvertible {
  /// The reason and the way out, in one line.
  public var description: String {
    switch self {
    case .noRAM:
      "the memory map has no RAM above 1 MiB; give it a usable range"
    case .badEntry(let range):
      "the range \(range.lowerBound.hex)-\(range.upperBound.hex) of the memory map is no range of "
        + "physical addresses; they end at 2^52"
    case .tooMuchRAM(let end):
      "RAM ends at \(end.hex), but a direct map with 4-level tables ends at 64 TiB, and no more is "
        + "simulated; cut the memory map there"
    case .badImage(let frames):
      "the kernel image at pfn \(frames.lowerBound.hex) is none; it must begin at a multiple of "
        + "2 MiB, be text, then rodata, then data, and be no longer than 1008 MiB"
    case .imageOutsideRAM(let frames):
      "the kernel image, pfn \(frames.lowerBound.hex) to \(frames.upperBound.hex), is not in one "
        + "range of RAM; place it inside one"
    case .tooManyTables(let mebibytes):
      "the direct map would take \(mebibytes) MiB of page tables; "
        + "allow larger leaves (pse, gbpages, no debug_pagealloc) or give it less RAM"
    case .kfenceOutsideRAM(let pfn):
      "the KFENCE pool, 512 pages from pfn \(pfn.hex), is not RAM; place it elsewhere"
    case .overlappingNodes(let frames):
      "pfn \(frames.lowerBound.hex) to \(frames.upperBound.hex) belongs to two NUMA nodes; "
        + "give each frame to one"
    case .tooManySinglePages(let limit):
      "more than \(limit.rawValue >> 28)T of RAM in 4K pages is more than is simulated; give it less "
        + "RAM, or let it have blocks (rodata_full off)"
    case .otherArchitecture(let architecture, let kernel):
      "a machine for \(architecture.rawValue) does not run \(kernel); choose one of "
        + KernelProfile.all.filter { $0.architecture == architecture }.map(\.name)
        .joined(separator: ", ")
    case .switchOfOtherArchitecture(let name, let kernel):
      "the switch \(name.word) is about another architecture than that of \(kernel); leave it out"
    case .movableNodeWithoutImage:
      "movable_node builds the direct map from the kernel image upwards, and where the image lies "
        + "is not known; read /proc/iomem as root, or leave movable_node out"
    case .policyOfOtherArchitecture(let name, let kernel):
      "the policy \(name.rawValue) is about another architecture than that of \(kernel); "
        + "leave it out"
    }
  }
}
